//! Selects the certificate of a Secret and its private key: from the Secret keys that the user selected, or otherwise
//! by the content of all values.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::file_kind::FileKind;
use super::found_key::FoundPrivateKey;
use super::read_failure::{CertificateList, FailureCause, MAX_NAMES, ReadFailure};
use super::read_problem::ReadProblem;
use super::search::{Search, TLS_CERTIFICATE, key_name, prefer};
use super::tokens;
use super::x509::Certificate;
use crate::api::limits;
use crate::api::status::{CredentialFacts, Format, IssuerExpiry, KeyMatch, KeysUsed};

/// The certificate that was read, or the token that was read in its place. Only `identify` uses the fields other than
/// `facts`.
pub(super) struct ReadCertificate {
    pub facts: CredentialFacts,
    /// The kind of certificate, regardless of the requested type. None for a token.
    pub kind: Option<FileKind>,
    /// True if encrypted private keys remain that a password could open.
    pub has_closed_keys: bool,
}

/// Selects the certificate and its private key, and returns the facts. If the type also accepts tokens, a token is read
/// only if no certificate fits, because the token contains no date.
pub(super) fn read(mut search: Search<'_>) -> Result<ReadCertificate, ReadFailure> {
    if !search.has_plain() {
        search.open_keystores()?;
    }
    if search.password_key.is_some() && !search.has_fitting_pair() {
        search.open_private_keys();
    }
    let has_tokens = search.in_scope().any(|(_, value)| !value.tokens.is_empty());
    if has_tokens && search.fitting().next().is_none() {
        return Ok(ReadCertificate { facts: tokens::facts(search)?, kind: None, has_closed_keys: false });
    }
    let Chosen { found, others } = search.certificate()?;
    let (key_match, private_key) = search.private_key(found);
    let certificate = found.certificate;
    let in_keystore = certificate.facts.format == Some(Format::PKCS12);
    let with_password = in_keystore || private_key.is_some_and(|(_, is_opened)| is_opened);
    let facts = CredentialFacts {
        identity: certificate.identity(search.type_).map(str::to_owned),
        key_match,
        keys: Some(KeysUsed {
            credential: Some(key_name(found.key)),
            private_key: private_key.map(|(key, _)| key_name(key)),
            password: search.password_key.filter(|_| with_password).map(key_name),
        }),
        first_issuer_to_expire: search.first_issuer_to_expire(certificate),
        other_certificates: others.iter().map(|other| other.certificate.brief()).collect(),
        ..certificate.facts.clone()
    };
    let mut private_keys = search.values.values().flat_map(|value| &value.private_keys);
    let has_closed_keys = private_keys.any(|private| matches!(private, FoundPrivateKey::Encrypted(_)));
    Ok(ReadCertificate { facts, kind: Some(certificate.kind()), has_closed_keys })
}

/// A certificate, and the Secret key that contains the certificate.
#[derive(Clone, Copy)]
struct FoundCertificate<'a> {
    key: &'a str,
    certificate: &'a Certificate,
}

fn is_same(one: &FoundCertificate<'_>, other: &FoundCertificate<'_>) -> bool {
    one.certificate.fingerprint == other.certificate.fingerprint
}

/// The selected certificate, and the other certificates of the same identity in the same value, the latest first.
struct Chosen<'a> {
    found: FoundCertificate<'a>,
    others: Vec<FoundCertificate<'a>>,
}

impl<'a> Search<'a> {
    /// Returns all certificates that fit the requested type, each with the Secret key that contains the certificate.
    fn fitting(&self) -> impl Iterator<Item = (&'a str, &Certificate)> {
        let certificates = self.in_scope().flat_map(|(key, value)| value.certificates.iter().map(move |it| (key, it)));
        certificates.filter(|(_, certificate)| certificate.misfit(self.type_).is_none())
    }

    /// True if the private key of a fitting certificate is present.
    fn has_fitting_pair(&self) -> bool {
        let own_keys = self.readable_keys();
        self.fitting().any(|(_, certificate)| own_keys.iter().any(|private| private.belongs_to(certificate)))
    }

    /// True if a fitting certificate can be read without opening a keystore. The certificate of a CA counts only if
    /// `tls.crt` of a TLS Secret contains this certificate, or if its private key is present.
    fn has_plain(&self) -> bool {
        let own_keys = self.readable_keys();
        self.fitting().any(|(key, certificate)| {
            !certificate.is_ca
                || self.is_tls && key == TLS_CERTIFICATE
                || own_keys.iter().any(|private| private.belongs_to(certificate))
        })
    }

    /// Selects the certificate. Of several certificates with one identity in one value, the latest is selected.
    ///
    /// # Errors
    /// Fails if no certificate fits, or if several fit and the content does not decide between them.
    fn certificate(&self) -> Result<Chosen<'_>, ReadFailure> {
        let mut fits: Vec<FoundCertificate<'_>> = Vec::new();
        let mut by_fingerprint = BTreeMap::new();
        for (key, certificate) in self.fitting() {
            match by_fingerprint.get(&certificate.fingerprint).and_then(|at: &usize| fits.get_mut(*at)) {
                Some(known) if self.is_tls && key == TLS_CERTIFICATE => known.key = key,
                Some(_) => {}
                None => {
                    by_fingerprint.insert(certificate.fingerprint, fits.len());
                    fits.push(FoundCertificate { key, certificate });
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
        let issuers: BTreeSet<[u8; 32]> = fits.iter().filter_map(|found| found.certificate.other_issuer()).collect();
        let own_keys = self.readable_keys();
        prefer(&mut fits, |found| !found.certificate.is_ca);
        prefer(&mut fits, |found| self.is_tls && found.key == TLS_CERTIFICATE);
        prefer(&mut fits, |found| !issuers.contains(&found.certificate.subject));
        let mut beside = fits.clone();
        prefer(&mut fits, |found| own_keys.iter().any(|private| private.belongs_to(found.certificate)));
        let is_alike = |one: &FoundCertificate<'_>, other: &FoundCertificate<'_>| {
            one.key == other.key && one.certificate.is_same_identity(other.certificate, self.type_)
        };
        let latest = fits.iter().max_by_key(|found| found.certificate.age()).copied();
        match latest {
            Some(found) if fits.iter().all(|other| is_same(&found, other) || is_alike(&found, other)) => {
                beside.retain(|other| !is_same(&found, other) && is_alike(&found, other));
                if beside.len() > limits::CERTIFICATES {
                    return Err(self.ambiguous(&fits));
                }
                beside.sort_by_key(|other| Reverse(other.certificate.age()));
                Ok(Chosen { found, others: beside })
            }
            _ => Err(self.ambiguous(&fits)),
        }
    }

    /// Reports several certificates between which the content does not decide.
    fn ambiguous(&self, several: &[FoundCertificate<'_>]) -> ReadFailure {
        let mut keys: Vec<&str> = several.iter().map(|found| found.key).collect();
        keys.dedup();
        let type_ = self.type_;
        self.failure(match keys.as_slice() {
            [key] => {
                let is_of_keystore =
                    |found: &FoundCertificate<'_>| found.certificate.facts.format == Some(Format::PKCS12);
                let certificates = CertificateList {
                    first: several.iter().take(MAX_NAMES).map(|found| found.certificate.brief()).collect(),
                    more: several.len().saturating_sub(MAX_NAMES),
                    is_in_keystore: several.iter().any(is_of_keystore),
                };
                FailureCause::SeveralCertificates { type_, key: (*key).to_owned(), certificates }
            }
            _ => FailureCause::SeveralValues { type_, keys: keys.into_iter().collect() },
        })
    }

    /// Returns the issuer in the chain that expires first, if this issuer expires before the certificate. Of several
    /// certificates of one issuer the latest counts, because the latest keeps the chain valid.
    fn first_issuer_to_expire(&self, certificate: &Certificate) -> Option<IssuerExpiry> {
        /// The maximum number of certificates in a chain. Chains in use are shorter.
        const MAX_CHAIN: usize = 16;
        let mut by_subject: BTreeMap<[u8; 32], &Certificate> = BTreeMap::new();
        for issuer in self.values.values().flat_map(|value| &value.certificates) {
            let known = by_subject.entry(issuer.subject).or_insert(issuer);
            if issuer.age() > known.age() {
                *known = issuer;
            }
        }
        let ends_first = |issuer: &&Certificate| match (issuer.facts.not_after, certificate.facts.not_after) {
            (Some(end), Some(own)) => end < own,
            (end, _) => end.is_some(),
        };
        let next = |certificate: &&Certificate| by_subject.get(&certificate.other_issuer()?).copied();
        let chain = std::iter::successors(Some(certificate), next).skip(1).take(MAX_CHAIN);
        let first = chain.filter(ends_first).min_by_key(|issuer| issuer.facts.not_after)?;
        Some(IssuerExpiry { subject: first.facts.subject.clone(), not_after: first.facts.not_after })
    }

    /// Returns a failure if only certificates of CAs fit and another value may contain the leaf certificate in
    /// unreadable form. Otherwise the CA's certificate would be watched in place of the leaf certificate.
    fn hidden_by_a_ca(&self, fits: &[FoundCertificate<'_>]) -> Option<ReadFailure> {
        let tls = self
            .values
            .get(TLS_CERTIFICATE)
            .and_then(|value| value.problem)
            .filter(|_| self.is_tls && self.key.is_none());
        let tls = tls.filter(|_| fits.iter().all(|found| found.key != TLS_CERTIFICATE));
        let own_keys = self.readable_keys();
        let has_own_key =
            |found: &FoundCertificate<'_>| own_keys.iter().any(|private| private.belongs_to(found.certificate));
        let is_meant = fits.iter().any(|found| self.is_tls && found.key == TLS_CERTIFICATE || has_own_key(found));
        let hides = |problem: ReadProblem| match problem {
            ReadProblem::Malformed(_) => true,
            problem => !is_meant && problem.may_hide_a_certificate(),
        };
        let hiding = self.in_scope().filter_map(|(key, value)| Some((key, value.problem.filter(|p| hides(*p))?)));
        let (key, problem) = match tls {
            Some(problem) => (TLS_CERTIFICATE, problem),
            None => hiding.min_by_key(|(_, problem)| problem.rank())?,
        };
        let (key, ca) = (key.to_owned(), fits.first()?.key.to_owned());
        Some(self.failure(FailureCause::HiddenByCa { key, problem, ca }))
    }

    /// Compares the certificate with the private keys of the Secret. Also returns the Secret key that contains the
    /// compared private key, and true if a password opened this private key.
    fn private_key(&self, found: FoundCertificate<'_>) -> (KeyMatch, Option<(&'a str, bool)>) {
        let mut keys: Vec<(&'a str, &FoundPrivateKey)> = self
            .values
            .iter()
            .filter(|(key, _)| self.private_key_key.is_none_or(|named| named == **key))
            .flat_map(|(key, value)| value.private_keys.iter().map(|private| (*key, private)))
            .collect();
        if let (Some(named), true) = (self.private_key_key, keys.is_empty()) {
            return (KeyMatch::KeyUnreadable, Some((named, false)));
        }
        keys.sort_by_key(|(key, _)| *key != found.key);
        if let Some((key, private)) = keys.iter().find(|(_, private)| private.belongs_to(found.certificate)) {
            return (KeyMatch::Matches, Some((key, private.is_opened())));
        }
        if self.private_key_key.is_none() {
            keys.retain(|(_, private)| !self.belongs_to_another(private));
        }
        let unreadable =
            |private: &FoundPrivateKey| private.public_key().is_none() || found.certificate.public_key.is_none();
        match keys.iter().find(|(_, private)| unreadable(private)).or(keys.first()) {
            Some((key, private)) if unreadable(private) => (KeyMatch::KeyUnreadable, Some((key, false))),
            Some((key, private)) => (KeyMatch::Mismatch, Some((key, private.is_opened()))),
            None => (KeyMatch::NoKey, None),
        }
    }

    /// True if a private key belongs to any certificate of the Secret.
    fn belongs_to_another(&self, private: &FoundPrivateKey) -> bool {
        let Some(key) = private.public_key() else {
            return false;
        };
        let mut certificates = self.values.values().flat_map(|value| &value.certificates);
        certificates.any(|certificate| certificate.public_key.as_ref() == Some(key))
    }
}
