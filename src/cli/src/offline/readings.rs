//! Reads the Secrets that TenantCredentials name. A Secret is read once for each type and selection of keys, because
//! opening a keystore is slow by design.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::manifests::ManifestObjects;
use crate::manifests::secrets::{Decoded, ManifestSecret};
use crate::source::{ManifestProblem, ObjectKind};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::status::{KeyMatch, KeySelection};
use lapsewatch_core::api::{CredentialFacts, CredentialType, Key, TenantCredentialSpec};
use lapsewatch_core::assessment::Reading;
use lapsewatch_core::sanitize::sanitize_line;

/// A cache of the Secrets that were read, by Secret, credential type and selected keys.
#[derive(Default)]
pub struct Readings {
    read: HashMap<(Key, CredentialType, KeySelection), Result<Reading, String>>,
    /// For each name of a Secret in the input, a namespace that contains this Secret. The message about a missing
    /// Secret mentions this namespace. Computed when the first Secret is missing.
    elsewhere: OnceCell<HashMap<Arc<str>, Arc<str>>>,
}

impl Readings {
    /// Reads the Secret of a TenantCredential, or returns the reason why the Secret can't be checked.
    pub fn reading_for(
        &mut self,
        key: &Key,
        spec: &TenantCredentialSpec,
        objects: &mut ManifestObjects,
    ) -> Result<Reading, String> {
        let name = spec.secret_ref.as_ref().map(|secret| secret.name.clone()).unwrap_or_default();
        let wanted = Key { namespace: key.namespace.clone(), name: name.as_str().into() };
        if !objects.secrets.contains_key(&wanted) {
            return Err(self.absent(&wanted, objects));
        }
        let selection = spec.selection();
        let asked = (wanted, spec.type_, selection);
        if let Some(known) = self.read.get(&asked) {
            return known.clone();
        }
        let reading = read(&asked.0, spec.type_, &asked.2, objects);
        self.read.insert(asked, reading.clone());
        reading
    }

    /// Explains a missing Secret.
    fn absent(&self, wanted: &Key, objects: &ManifestObjects) -> String {
        let name = &wanted.name;
        if let Some(maker) = made_elsewhere(wanted, objects) {
            return maker;
        }
        let all = objects.secrets.keys().rev().map(|other| (Arc::clone(&other.name), Arc::clone(&other.namespace)));
        let but = match self.elsewhere.get_or_init(|| all.collect()).get(name).map(|namespace| &**namespace) {
            None => String::new(),
            Some("") => " (one of that name without a namespace is)".to_owned(),
            Some(other) => format!(" (one of that name in namespace {other} is)"),
        };
        format!("Secret {name} is not among what was given{but}")
    }
}

/// Returns the message that another tool creates or fills this Secret, whose values are therefore not in the input.
/// None if the input contains no object for such a tool.
fn made_elsewhere(wanted: &Key, objects: &ManifestObjects) -> Option<String> {
    let made = objects.made.get(wanted)?;
    let (kind, maker, place) = (made.kind, sanitize_line(&made.name), &made.place);
    Some(format!("Secret {} is made by {kind} {maker} ({place}), whose content is not here", wanted.name))
}

fn read(
    key: &Key,
    type_: CredentialType,
    selection: &KeySelection,
    objects: &mut ManifestObjects,
) -> Result<Reading, String> {
    let name = &key.name;
    let maker = made_elsewhere(key, objects);
    let Some(secret) = objects.secrets.get_mut(key) else { return Err(String::new()) };
    for again in secret.again.drain(..) {
        let what = format!("it stands at {} already", secret.place);
        objects.problems.push(ManifestProblem::about(again, ObjectKind::Secret, key, what));
    }
    let decoded = secret.decode().map_err(|why| {
        let problem = of_secret(secret, key, why);
        if !objects.problems.contains(&problem) {
            objects.problems.push(problem);
        }
        format!("Secret {name} can't be decoded")
    })?;
    // An empty Secret may be a placeholder that another tool fills.
    if decoded.encrypted.is_empty()
        && decoded.data.values.is_empty()
        && let Some(maker) = maker
    {
        return Err(maker);
    }
    if decoded.encrypted.is_empty() {
        return Ok(lapsewatch_core::read(type_, &decoded.data, selection).into());
    }
    let reading = of_the_plain(&decoded, type_, selection).ok_or_else(|| match decoded.data.values.is_empty() {
        true => format!("Secret {name} is encrypted with sops: give it decrypted"),
        false => format!("what is needed of Secret {name} is encrypted with sops: give it decrypted"),
    })?;
    let keys: Vec<&str> = decoded.encrypted.iter().map(String::as_str).collect();
    let what = format!("encrypted with sops, it is judged without: {}", sanitize_line(&keys.join(", ")));
    let passed_over = of_secret(secret, key, what);
    if !objects.passed_over.contains(&passed_over) {
        objects.passed_over.push(passed_over);
    }
    Ok(reading)
}

fn of_secret(secret: &ManifestSecret, key: &Key, what: String) -> ManifestProblem {
    ManifestProblem::about(secret.place.clone(), ObjectKind::Secret, key, what)
}

/// Reads the credential of a partly encrypted Secret from the unencrypted values. None if an encrypted value might
/// change the result.
fn of_the_plain(decoded: &Decoded, type_: CredentialType, selection: &KeySelection) -> Option<Reading> {
    let is_plain = |key: &String| !decoded.encrypted.contains(key);
    if !selection.key.as_ref().is_none_or(is_plain) {
        return None;
    }
    // A certificate can be read without its private key or password, so encrypted keys are removed from the selection.
    let readable = KeySelection {
        key: selection.key.clone(),
        private_key_key: selection.private_key_key.clone().filter(is_plain),
        password_key: selection.password_key.clone().filter(is_plain),
    };
    match lapsewatch_core::read(type_, &decoded.data, &readable) {
        Ok(facts) => Some(Reading::Facts(with_hidden_key(facts, selection, &decoded.encrypted))),
        // The spec names the Secret key of the credential, and the value under this key is wrong. The encrypted values
        // can't change this result.
        Err(failure) if selection.key.is_some() && is_of_the_value(failure.reason) => Some(Reading::Failed(failure)),
        Err(_) => None,
    }
}

fn is_of_the_value(reason: FailureReason) -> bool {
    matches!(reason, FailureReason::WrongFile | FailureReason::Malformed)
}

/// Marks the private key as unreadable if an encrypted value may contain the private key.
fn with_hidden_key(
    mut facts: CredentialFacts,
    selection: &KeySelection,
    encrypted: &BTreeSet<String>,
) -> CredentialFacts {
    let named = selection.private_key_key.as_ref();
    let may_be_hidden = named.is_none_or(|key| encrypted.contains(key));
    if may_be_hidden && matches!(facts.key_match, KeyMatch::NoKey | KeyMatch::Mismatch) {
        facts.key_match = KeyMatch::KeyUnreadable;
        let only = encrypted.first().filter(|_| encrypted.len() == 1);
        if let Some(keys) = &mut facts.keys {
            keys.private_key = named.or(only).cloned();
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::source::SourceLocation;

    fn secret(text: &str) -> ManifestSecret {
        let place = SourceLocation { file: "a.yaml".into(), line: None, item: None };
        ManifestSecret::take(place, &mut json!({"stringData": {"a": text}}), false)
    }

    #[test]
    fn a_secret_is_read_once_for_each_type_and_selection() {
        let key = Key::new("acme", "s");
        let mut objects = ManifestObjects::default();
        let mut readings = Readings::default();
        let mut read = |text: &str, type_, chosen: Option<&str>| {
            objects.secrets.insert(key.clone(), secret(text));
            let spec =
                serde_json::from_value(json!({"type": type_, "secretRef": {"name": "s", "key": chosen}})).unwrap();
            match readings.reading_for(&Key::new("acme", "c"), &spec, &mut objects).unwrap() {
                Reading::Failed(failure) => failure.message,
                Reading::Facts(facts) => format!("{facts:?}"),
            }
        };
        let first = read("hello", CredentialType::VPPToken, None);
        assert!(first.contains("plain text"), "{first}");
        // The Secret was changed after the first reading. The cached result shows that the Secret is not read again.
        assert_eq!(read("<html>", CredentialType::VPPToken, None), first);
        assert!(read("<html>", CredentialType::VPPToken, Some("a")).contains("HTML"));
        assert!(read("<html>", CredentialType::DEPToken, None).contains("HTML"));
    }
}
