//! Reads the values of a Secret: all values, or the values of the selected Secret keys.

use std::collections::BTreeMap;

use super::container::Opener;
use super::file_kind::FileKind;
use super::found_key::FoundPrivateKey;
use super::password_file;
use super::pbe::OpenError;
use super::read_failure::{
    ContentProblem, FailureCause, MAX_NAMES, ReadFailure, ReadRequest, UnknownContent, UnknownValue,
};
use super::read_problem::{Container, ReadProblem};
use super::token::is_token;
use super::value::{self, Value};
use super::x509::{self, Tail};
use crate::api::credential::CredentialType;
use crate::api::limits;
use crate::api::status::{Format, KeySelection};
use crate::secret::{SecretBytes, SecretData, ValueSource};

/// The maximum number of public keys that are computed from the private keys of one Secret. One computation takes at
/// most about 0.5 ms.
const MAX_PRIVATE_KEYS: usize = 32;
/// The maximum number of certificates, private keys, tokens and containers of one Secret. Each takes memory beyond its
/// own bytes.
const MAX_ENTRIES: usize = 2048;
const TLS_TYPE: &str = "kubernetes.io/tls";
/// The key of a `kubernetes.io/tls` Secret that contains the certificate.
pub(super) const TLS_CERTIFICATE: &str = "tls.crt";

/// The requested type, the selected Secret keys and the values that were read.
pub(super) struct Search<'a> {
    pub type_: CredentialType,
    /// The request, which each failure contains.
    pub asked: ReadRequest,
    /// True for a Secret of type `kubernetes.io/tls`, in which the names of the keys have a meaning.
    pub is_tls: bool,
    pub key: Option<&'a str>,
    pub private_key_key: Option<&'a str>,
    pub password_key: Option<&'a str>,
    pub values: BTreeMap<&'a str, Value>,
    pub opener: Opener<'a>,
    keys_left: usize,
    entries_left: usize,
}

impl<'a> Search<'a> {
    /// Reads the values.
    ///
    /// # Errors
    /// Fails if the Secret lacks a key that the selection names, or contains more than [`MAX_ENTRIES`] entries.
    pub(super) fn new(
        type_: CredentialType,
        secret: &'a SecretData,
        selection: &'a KeySelection,
    ) -> Result<Self, ReadFailure> {
        let (key, private_key_key) = (selection.key.as_deref(), selection.private_key_key.as_deref());
        let password_key = selection.password_key.as_deref();
        let password = password_key.and_then(|key| secret.values.get(key)).map(SecretBytes::expose);
        let dress = password.and_then(password_file::dress);
        let asked = ReadRequest { type_: Some(type_), source: secret.source, password: dress };
        let failed = |cause| Err(ReadFailure { request: asked, cause });
        for (field, key) in [("key", key), ("privateKeyKey", private_key_key), ("passwordKey", password_key)] {
            if let Some(key) = key.filter(|key| !secret.values.contains_key(*key)) {
                let present = secret.values.keys().map(String::as_str).collect();
                return failed(FailureCause::KeyNotFound { field, key: key.to_owned(), present });
            }
        }
        let named = [key, private_key_key];
        let is_read = |name: &str| match named {
            [Some(_), Some(_)] => named.contains(&Some(name)),
            _ => password_key != Some(name) || named.contains(&Some(name)),
        };
        let mut keys_left = MAX_PRIVATE_KEYS;
        let mut values: BTreeMap<&str, Value> = BTreeMap::new();
        let (mut entries, mut problems) = (0, Vec::new());
        // A person gives each file by name, so the files are few, and messages name each of them.
        let most_alike = match secret.source {
            ValueSource::Secret => MAX_NAMES,
            ValueSource::Files => usize::MAX,
        };
        for (name, bytes) in secret.values.iter().filter(|(name, _)| is_read(name)) {
            let value = value::read(type_, bytes.expose(), &mut keys_left);
            entries += value.entries();
            if entries > MAX_ENTRIES {
                return failed(FailureCause::ManyEntries { most: MAX_ENTRIES });
            }
            // Many values may have no entries. Of the values with the same problem, only as many are kept as a message
            // names.
            let is_special = name == TLS_CERTIFICATE || named.contains(&Some(name));
            if value.entries() == 0 && !is_special {
                if problems.iter().filter(|problem| **problem == value.problem).count() >= most_alike {
                    continue;
                }
                problems.push(value.problem);
            }
            values.insert(name, value);
        }
        let is_tls = secret.type_.as_deref() == Some(TLS_TYPE);
        let opener = Opener::new(password);
        let entries_left = MAX_ENTRIES - entries;
        Ok(Self { type_, asked, is_tls, key, private_key_key, password_key, values, opener, keys_left, entries_left })
    }

    /// Returns the values that may contain the credential.
    pub(super) fn in_scope(&self) -> impl Iterator<Item = (&'a str, &Value)> {
        self.values
            .iter()
            .map(|(key, value)| (*key, value))
            .filter(|(key, _)| self.key.is_none_or(|named| named == *key))
    }

    /// Returns the failure to report if nothing fits: the problem with the highest priority. If this problem is a sound
    /// private key without a certificate, the message first names the values that no reader understands.
    pub(super) fn most_telling(&self) -> ReadFailure {
        let problems = self.in_scope().filter_map(|(key, value)| {
            let unfit = value.certificates.iter().filter_map(|certificate| certificate.misfit(self.type_));
            let problem = unfit.map(ReadProblem::Wrong).chain(value.problem).min_by_key(|problem| problem.rank())?;
            Some((key, problem))
        });
        let Some((key, problem)) = problems.min_by_key(|(_, problem)| problem.rank()) else {
            return self.failure(FailureCause::NoValues);
        };
        let unknown = match problem {
            ReadProblem::Wrong(FileKind::PrivateKey | FileKind::EncryptedPrivateKey) => match self.not_understood() {
                unknown if unknown.is_empty() => unknown,
                unknown => {
                    let cause = FailureCause::NoCredential { key: key.to_owned(), private_key: problem, unknown };
                    return self.failure(cause);
                }
            },
            ReadProblem::Locked(_, OpenError::NoMatchingKey) => self.not_understood(),
            _ => Vec::new(),
        };
        self.failure(FailureCause::Problem { key: key.to_owned(), problem, unknown })
    }

    /// Returns a failure of this request.
    pub(super) fn failure(&self, cause: FailureCause) -> ReadFailure {
        ReadFailure { request: self.asked, cause }
    }

    /// Returns the values that no reader understands, each with its content, and the damaged private keys.
    fn not_understood(&self) -> Vec<UnknownValue> {
        let others = self.values.iter().filter(|(key, _)| self.password_key != Some(**key));
        let unknown = others.filter_map(|(key, value)| {
            let damage = value.private_keys.iter().find_map(FoundPrivateKey::damage).map(ContentProblem::PrivateKey);
            let problem = value.problem.filter(|problem| value.entries() == 0 && problem.is_not_understood());
            let content = UnknownContent(damage.or(problem.map(ContentProblem::Value))?);
            Some(UnknownValue { key: (*key).to_owned(), content })
        });
        unknown.collect()
    }

    /// Opens the keystores that may contain the credential or its private key. A keystore that can't be opened becomes
    /// the problem of its value.
    ///
    /// # Errors
    /// Fails only if the keystores contain too many entries.
    pub(super) fn open_keystores(&mut self) -> Result<(), ReadFailure> {
        let request = self.asked;
        let many = || ReadFailure { request, cause: FailureCause::ManyEntries { most: MAX_ENTRIES } };
        let key = if is_token(self.type_) { self.private_key_key } else { self.key };
        for (name, value) in &mut self.values {
            if ![None, Some(*name)].contains(&key) && self.private_key_key != Some(*name) {
                continue;
            }
            for keystore in std::mem::take(&mut value.keystores) {
                match self.opener.keystore(&keystore) {
                    Ok(content) => {
                        let entries = content.certificates.len() + content.private_keys.len();
                        let left = self.entries_left.checked_sub(entries);
                        self.entries_left = left.ok_or_else(many)?;
                        for der in &content.certificates {
                            match x509::read(der, Format::PKCS12, Tail::Lines) {
                                Ok(certificate) => value.certificates.push(certificate),
                                Err(problem) => value.note(problem.seen_for(self.type_)),
                            }
                        }
                        for der in &content.private_keys {
                            let key = FoundPrivateKey::read(der, &mut self.keys_left);
                            value.private_keys.push(FoundPrivateKey::Opened(Box::new(key)));
                        }
                        if content.key_failure.is_some() {
                            value.private_keys.push(FoundPrivateKey::Unreadable);
                        }
                    }
                    Err(why) => value.note(ReadProblem::Locked(Container::Keystore, why)),
                }
            }
        }
        Ok(())
    }

    /// Opens the encrypted private keys of the selected Secret key, or of all Secret keys. A private key that can't be
    /// opened stays encrypted, and the reason of the first failure is returned.
    pub(super) fn open_private_keys(&mut self) -> Option<OpenError> {
        let mut closed = None;
        for (name, value) in &mut self.values {
            if ![None, Some(*name)].contains(&self.private_key_key) {
                continue;
            }
            for key in &mut value.private_keys {
                if let FoundPrivateKey::Encrypted(encrypted) = key {
                    match self.opener.private_key(encrypted) {
                        Ok(der) => {
                            *key = FoundPrivateKey::Opened(Box::new(FoundPrivateKey::read(&der, &mut self.keys_left)))
                        }
                        Err(why) => closed = closed.or(Some(why)),
                    }
                }
            }
        }
        closed
    }

    /// Returns the private keys that can be compared with a certificate. Computing this list once is cheaper than
    /// searching all values for each certificate.
    pub(super) fn readable_keys(&self) -> Vec<&FoundPrivateKey> {
        let all = self.values.values().flat_map(|value| &value.private_keys);
        all.filter(|private| private.public_key().is_some()).collect()
    }
}

/// Returns the name of a Secret key for the status, cut to the limit of the API.
pub(super) fn key_name(key: &str) -> String {
    let mut key = key.to_owned();
    limits::cut(&mut key, limits::KEY);
    key
}

/// Keeps only the candidates for which `holds` returns true. Keeps all candidates if `holds` returns true for none.
pub(super) fn prefer<T>(candidates: &mut Vec<T>, holds: impl Fn(&T) -> bool) {
    if candidates.iter().any(&holds) {
        candidates.retain(holds);
    }
}
