//! Writes the messages about values that no reader understands.

use super::names::shown;
use crate::credential::{ContentProblem, FileKind, ReadProblem, ReadRequest, UnknownContent, UnknownValue};

/// Describes the content of a value that no reader understands. The text follows the word "contains".
pub fn content(content: UnknownContent) -> String {
    match content.0 {
        ContentProblem::PrivateKey(damage) => damage.words().to_owned(),
        ContentProblem::Value(ReadProblem::Malformed(breakage)) => breakage.words(),
        ContentProblem::Value(ReadProblem::Wrong(kind)) => kind.name().to_owned(),
        ContentProblem::Value(ReadProblem::Limit(limit)) => limit.words().to_owned(),
        ContentProblem::Value(ReadProblem::Locked(..)) => "what a password or a private key opens".to_owned(),
    }
}

/// Returns the message for a Secret without a credential. `key` is the Secret key or file of the private key.
pub(super) fn no_credential(
    asked: ReadRequest,
    unknown: &[UnknownValue],
    key: &str,
    private_key: ReadProblem,
) -> String {
    let state = match private_key {
        ReadProblem::Wrong(FileKind::EncryptedPrivateKey) => "is encrypted",
        _ => "can be read",
    };
    let place = asked.place();
    format!(
        "{}. Expected {}. The private key in {place} \"{}\" {state}",
        not_understood(asked, unknown),
        asked.expected(),
        shown(key),
    )
}

/// Appends to `message` the values that no reader understands, because one of them may be the missing credential.
pub(super) fn with_unknown(message: String, asked: ReadRequest, unknown: &[UnknownValue]) -> String {
    if unknown.is_empty() {
        return message;
    }
    format!("{message}. Not understood: {}", not_understood(asked, unknown))
}

/// Lists at most three values with their content, followed by the number of the remaining values.
fn not_understood(asked: ReadRequest, unknown: &[UnknownValue]) -> String {
    const MOST: usize = 3;
    let place = asked.place();
    let one = |value: &UnknownValue| format!("{place} \"{}\" contains {}", shown(&value.key), content(value.content));
    let values: Vec<String> = unknown.iter().take(MOST).map(one).collect();
    let more = unknown.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(". {more} more {place}s are not understood") } else { String::new() };
    format!("{}{rest}", values.join(", "))
}
