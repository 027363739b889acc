//! Selects the token of the Secret: the only token, even if several values contain this token.

use std::collections::BTreeMap;

use super::found_key::FoundPrivateKey;
use super::pbe::OpenError;
use super::public_key::PublicKey;
use super::read_failure::{FailureCause, ReadFailure};
use super::read_problem::{Container, ReadProblem};
use super::search::{Search, key_name};
use super::token;
use crate::api::status::{CredentialFacts, Format, KeysUsed};

/// The maximum number of attempts to open messages with private keys.
const MAX_ATTEMPTS: usize = 64;

/// A token, the Secret key that contains the token, and the Secret key of the private key that opened the token.
struct FoundToken<'a> {
    key: &'a str,
    private_key: Option<&'a str>,
    with_password: bool,
    facts: CredentialFacts,
}

/// Selects the token and returns its facts.
pub(super) fn facts(mut search: Search<'_>) -> Result<CredentialFacts, ReadFailure> {
    let mut found = unencrypted_tokens(&search);
    let has_messages = search.in_scope().any(|(_, value)| !value.messages.is_empty());
    if has_messages {
        let mut opened = open(&mut search);
        if opened.is_empty() && found.is_empty() {
            // Opening private keys with a password is costly and therefore done last.
            let before = search.readable_keys().len();
            let closed = search.open_private_keys();
            search.open_keystores()?;
            // Trying the same private keys again would only spend the budget.
            if search.readable_keys().len() > before {
                opened = open(&mut search);
            }
            if let Some(why) = closed.filter(|_| opened.is_empty()) {
                let problem = ReadProblem::Locked(Container::MessageKey, why);
                search
                    .values
                    .values_mut()
                    .filter(|value| !value.messages.is_empty())
                    .for_each(|value| value.note(problem));
            }
        }
        found.extend(opened);
    }
    one(&search, found)
}

/// Returns the tokens that are not encrypted.
fn unencrypted_tokens<'a>(search: &Search<'a>) -> Vec<FoundToken<'a>> {
    let all = search.in_scope().flat_map(|(key, value)| value.tokens.iter().map(move |facts| (key, facts.clone())));
    all.map(|(key, facts)| FoundToken { key, private_key: None, with_password: false, facts }).collect()
}

/// Selects the only token. Of several tokens with one fingerprint, the first is selected.
fn one(search: &Search<'_>, found: Vec<FoundToken<'_>>) -> Result<CredentialFacts, ReadFailure> {
    let mut by_fingerprint: BTreeMap<Option<String>, FoundToken<'_>> = BTreeMap::new();
    for found in found {
        by_fingerprint.entry(found.facts.fingerprint.clone()).or_insert(found);
    }
    let mut found: Vec<FoundToken<'_>> = by_fingerprint.into_values().collect();
    match (found.pop(), found.is_empty()) {
        (None, _) => Err(search.most_telling()),
        (Some(only), true) => Ok(CredentialFacts {
            keys: Some(KeysUsed {
                credential: Some(key_name(only.key)),
                private_key: only.private_key.map(key_name),
                password: search.password_key.filter(|_| only.with_password).map(key_name),
            }),
            ..only.facts
        }),
        (Some(last), false) => {
            found.push(last);
            let mut keys: Vec<&str> = found.iter().map(|found| found.key).collect();
            keys.sort_unstable();
            keys.dedup();
            let keys = keys.into_iter().collect();
            Err(search.failure(FailureCause::SeveralValues { type_: search.type_, keys }))
        }
    }
}

/// Opens the encrypted messages with the readable private keys. A message that can't be opened becomes the problem of
/// its value.
fn open<'a>(search: &mut Search<'a>) -> Vec<FoundToken<'a>> {
    let named = search.private_key_key;
    let readable = || {
        let all = search.values.iter().filter(|(key, _)| named.is_none_or(|named| named == **key));
        let all = all.flat_map(|(key, value)| value.private_keys.iter().map(|private| (*key, private)));
        all.filter_map(|(key, private)| Some((key, private, private.der()?)))
    };
    let has_keys = readable().next().is_some();
    let unread = unread(search);
    // Only RSA keys open a message.
    let is_rsa = |private: &FoundPrivateKey| matches!(private.public_key(), Some(PublicKey::Rsa { .. }));
    let (keys, ders): (Vec<(&'a str, &FoundPrivateKey)>, Vec<&[u8]>) =
        readable().filter(|(_, private, _)| is_rsa(private)).map(|(key, private, der)| ((key, private), der)).unzip();
    let scope = search.key;
    let (mut found, mut problems, mut left) = (Vec::new(), Vec::new(), MAX_ATTEMPTS);
    for (key, value) in search.values.iter().filter(|(key, _)| scope.is_none_or(|named| named == **key)) {
        for message in &value.messages {
            let sealed = if has_keys || unread.is_some() { Container::Message } else { Container::LoneMessage };
            let tried = ders.get(..left.min(ders.len())).unwrap_or_default();
            left -= tried.len();
            let untried = if tried.len() < ders.len() { Some(OpenError::ManyKeys) } else { unread };
            let why = match search.opener.message(message, tried) {
                Ok((at, text)) => match (token::opened(&text), keys.get(at)) {
                    (Ok(facts), Some((key_of_key, private))) => {
                        let facts = CredentialFacts { format: Some(Format::SMIME), ..facts };
                        let (private_key, with_password) = (Some(*key_of_key), private.is_opened());
                        found.push(FoundToken { key, private_key, with_password, facts });
                        continue;
                    }
                    (Err(inside), _) => inside,
                    (Ok(_), None) => continue,
                },
                // Without a private key, only damage to the message itself can be detected.
                Err(OpenError::Malformed) if !has_keys => ReadProblem::Locked(Container::Message, OpenError::Malformed),
                Err(_) if !has_keys => ReadProblem::Locked(sealed, unread.unwrap_or(OpenError::NoMatchingKey)),
                // A private key that was not tried may be the right one.
                Err(OpenError::NoMatchingKey) => {
                    ReadProblem::Locked(sealed, untried.unwrap_or(OpenError::NoMatchingKey))
                }
                Err(why) => ReadProblem::Locked(sealed, why),
            };
            problems.push((*key, why.seen_for(search.type_)));
        }
    }
    for (key, problem) in problems {
        if let Some(value) = search.values.get_mut(key) {
            value.note(problem);
        }
    }
    found
}

/// Returns the reason why a private key of the Secret could not be tried. None if all private keys can be tried.
fn unread(search: &Search<'_>) -> Option<OpenError> {
    let named = search.private_key_key;
    let all = search.values.iter().filter(|(key, _)| named.is_none_or(|named| named == **key));
    let private_keys = || all.clone().flat_map(|(_, value)| &value.private_keys);
    if private_keys().any(|private| matches!(private, FoundPrivateKey::Unread)) {
        return Some(OpenError::ManyKeys);
    }
    private_keys()
        .any(|private| matches!(private, FoundPrivateKey::Unreadable | FoundPrivateKey::Damaged(_)))
        .then_some(OpenError::KeyUnreadable)
}
