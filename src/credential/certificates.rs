//! Which key of the Secret: the named one, else by content.

use std::collections::BTreeMap;

use super::failure;
use super::kind::Problem;
use super::validity;
use super::value::{self, PrivateKey, Value};
use super::x509::Certificate;
use crate::api::credential::CredentialType;
use crate::api::limits;
use crate::api::status::{CredentialFacts, Failure, KeyMatch, KeysUsed, Selection};
use crate::secret::SecretData;

/// The most private keys of one Secret that are computed with.
const MAX_PRIVATE_KEYS: usize = 64;
const TLS_TYPE: &str = "kubernetes.io/tls";
const TLS_CERTIFICATE: &str = "tls.crt";

/// Finds the certificate and its private key, and gives the facts.
pub(super) fn certificate(
    type_: CredentialType,
    secret: &SecretData,
    selection: &Selection,
) -> Result<CredentialFacts, Failure> {
    let names = || secret.values.keys().map(String::as_str);
    for (field, key) in [("key", &selection.key), ("privateKeyKey", &selection.private_key_key)] {
        if let Some(key) = key.as_deref().filter(|key| !secret.values.contains_key(*key)) {
            return Err(failure::key_not_found(field, key, names()));
        }
    }
    let search = Search::new(type_, secret, selection);
    let found = search.certificate()?;
    let (key_match, private_key) = search.private_key(found);
    let is_push = type_ == CredentialType::APNsCertificate;
    Ok(CredentialFacts {
        identity: if is_push { found.certificate.topic.clone().ok() } else { None },
        grace_end_time: if is_push { found.certificate.not_after().and_then(validity::grace_end) } else { None },
        key_match,
        keys: Some(KeysUsed {
            credential: Some(key_name(found.key)),
            private_key: private_key.map(key_name),
            password: None,
        }),
        ..found.certificate.facts.clone()
    })
}

fn key_name(key: &str) -> String {
    let mut key = key.to_owned();
    limits::cut(&mut key, limits::KEY);
    key
}

/// A certificate, and the Secret's key that it stands in.
#[derive(Clone, Copy)]
struct Found<'a> {
    key: &'a str,
    certificate: &'a Certificate,
}

/// The values of a Secret, read, and what is looked for in them.
struct Search<'a> {
    type_: CredentialType,
    is_tls: bool,
    key: Option<&'a str>,
    private_key_key: Option<&'a str>,
    values: BTreeMap<&'a str, Value>,
}

impl<'a> Search<'a> {
    fn new(type_: CredentialType, secret: &'a SecretData, selection: &'a Selection) -> Self {
        let (key, private_key_key) = (selection.key.as_deref(), selection.private_key_key.as_deref());
        let named = [key, private_key_key];
        let is_read = |name: &str| match named {
            [Some(_), Some(_)] => named.contains(&Some(name)),
            _ => selection.password_key.as_deref() != Some(name) || named.contains(&Some(name)),
        };
        let mut keys_left = MAX_PRIVATE_KEYS;
        let mut values: BTreeMap<&str, Value> = BTreeMap::new();
        for (name, bytes) in secret.values.iter().filter(|(name, _)| is_read(name)) {
            values.insert(name, value::read(bytes.expose(), &mut keys_left));
        }
        Self { type_, is_tls: secret.type_.as_deref() == Some(TLS_TYPE), key, private_key_key, values }
    }

    /// The values that the certificate may stand in.
    fn in_scope(&self) -> impl Iterator<Item = (&'a str, &Value)> {
        self.values
            .iter()
            .map(|(key, value)| (*key, value))
            .filter(|(key, _)| self.key.is_none_or(|named| named == *key))
    }

    /// The one certificate that is meant.
    fn certificate(&self) -> Result<Found<'_>, Failure> {
        let mut fits: Vec<Found<'_>> = Vec::new();
        let mut by_fingerprint = BTreeMap::new();
        for (key, value) in self.in_scope() {
            for certificate in value.certificates.iter().filter(|certificate| self.fits(certificate)) {
                match by_fingerprint.get(&certificate.fingerprint).and_then(|at: &usize| fits.get_mut(*at)) {
                    Some(known) if self.is_tls && key == TLS_CERTIFICATE => known.key = key,
                    Some(_) => {}
                    None => {
                        by_fingerprint.insert(certificate.fingerprint, fits.len());
                        fits.push(Found { key, certificate });
                    }
                }
            }
        }
        if fits.is_empty() {
            return Err(self.most_telling());
        }
        if fits.iter().all(|found| found.certificate.is_ca)
            && let Some(failure) = self.hidden_by_a_ca(&fits)
        {
            return Err(failure);
        }
        let all = fits.clone();
        prefer(&mut fits, |found| !found.certificate.is_ca);
        prefer(&mut fits, |found| self.is_tls && found.key == TLS_CERTIFICATE);
        prefer(&mut fits, |found| !all.iter().any(|other| other.certificate.names_as_issuer(found.certificate)));
        prefer(&mut fits, |found| self.has_own_key(found.certificate));
        match fits.as_slice() {
            [only] => Ok(*only),
            several => {
                let mut keys: Vec<&str> = several.iter().map(|found| found.key).collect();
                keys.dedup();
                Err(failure::ambiguous(self.type_, keys.into_iter()))
            }
        }
    }

    /// Whether a certificate is of the type that is looked for.
    fn fits(&self, certificate: &Certificate) -> bool {
        self.type_ != CredentialType::APNsCertificate || certificate.topic.is_ok()
    }

    /// A CA's certificate that is left alone because its leaf can't be read must not pass for the leaf.
    fn hidden_by_a_ca(&self, fits: &[Found<'_>]) -> Option<Failure> {
        let tls = self
            .values
            .get(TLS_CERTIFICATE)
            .and_then(|value| value.problem)
            .filter(|_| self.is_tls && self.key.is_none());
        let tls = tls.filter(|_| fits.iter().all(|found| found.key != TLS_CERTIFICATE));
        let broken = || self.in_scope().find(|(_, value)| matches!(value.problem, Some(Problem::Malformed(_))));
        match tls {
            Some(problem) => Some(failure::problem(self.type_, TLS_CERTIFICATE, problem)),
            None => broken().and_then(|(key, value)| Some(failure::problem(self.type_, key, value.problem?))),
        }
    }

    /// What stands there instead, where nothing fits.
    fn most_telling(&self) -> Failure {
        let problems = self.in_scope().filter_map(|(key, value)| {
            let unfit = value.certificates.iter().filter_map(|certificate| certificate.topic.as_ref().err());
            let problem =
                unfit.map(|kind| Problem::Wrong(*kind)).chain(value.problem).min_by_key(|problem| problem.rank())?;
            Some((key, problem))
        });
        match problems.min_by_key(|(_, problem)| problem.rank()) {
            Some((key, problem)) => failure::problem(self.type_, key, problem),
            None => failure::no_values(self.type_),
        }
    }

    /// Whether a private key of the Secret belongs to the certificate, and where it stands.
    fn private_key(&self, found: Found<'_>) -> (KeyMatch, Option<&'a str>) {
        let mut keys: Vec<(&'a str, &PrivateKey)> = self
            .values
            .iter()
            .filter(|(key, _)| self.private_key_key.is_none_or(|named| named == **key))
            .flat_map(|(key, value)| value.private_keys.iter().map(|private| (*key, private)))
            .collect();
        if let (Some(named), true) = (self.private_key_key, keys.is_empty()) {
            return (KeyMatch::KeyUnreadable, Some(named));
        }
        keys.sort_by_key(|(key, _)| *key != found.key);
        if let Some((key, _)) = keys.iter().find(|(_, private)| is_own(private, found.certificate)) {
            return (KeyMatch::Matches, Some(key));
        }
        if self.private_key_key.is_none() {
            keys.retain(|(_, private)| !self.belongs_to_another(private));
        }
        let unreadable =
            |private: &PrivateKey| *private == PrivateKey::Unreadable || found.certificate.public_key.is_none();
        match keys.iter().find(|(_, private)| unreadable(private)).or(keys.first()) {
            Some((key, private)) if unreadable(private) => (KeyMatch::KeyUnreadable, Some(key)),
            Some((key, _)) => (KeyMatch::Mismatch, Some(key)),
            None => (KeyMatch::NoKey, None),
        }
    }

    /// Whether any value holds the certificate's own private key.
    fn has_own_key(&self, certificate: &Certificate) -> bool {
        self.values.values().flat_map(|value| &value.private_keys).any(|private| is_own(private, certificate))
    }

    /// Whether a private key is that of some certificate of the Secret.
    fn belongs_to_another(&self, private: &PrivateKey) -> bool {
        let PrivateKey::Readable(key) = private else {
            return false;
        };
        let mut certificates = self.values.values().flat_map(|value| &value.certificates);
        certificates.any(|certificate| certificate.public_key.as_ref() == Some(key))
    }
}

/// Whether the private key belongs to the certificate.
fn is_own(private: &PrivateKey, certificate: &Certificate) -> bool {
    matches!((private, &certificate.public_key), (PrivateKey::Readable(key), Some(public)) if key == public)
}

/// Leaves only those of which it holds, where there are any.
fn prefer<T>(candidates: &mut Vec<T>, holds: impl Fn(&T) -> bool) {
    if candidates.iter().any(&holds) {
        candidates.retain(holds);
    }
}
