//! Builds failures that name the values that no reader understands.

use super::expected::ReadRequest;
use super::failure::{failure, shown};
use super::file_kind::{FileKind, ReadProblem};
use crate::api::reasons::FailureReason;
use crate::api::status::Failure;

/// Reports that no value contains a credential: no reader understands the values in `unknown`, and `key` contains a
/// private key, which is not at fault.
pub(super) fn no_credential(
    asked: ReadRequest,
    unknown: &[(&str, String)],
    key: &str,
    private_key: ReadProblem,
) -> Failure {
    let state = match private_key {
        ReadProblem::Wrong(FileKind::EncryptedPrivateKey) => "is encrypted",
        _ => "can be read",
    };
    let place = asked.place();
    let message = format!(
        "{}. Expected {}. The private key in {place} \"{}\" {state}",
        not_understood(asked, unknown),
        asked.expected(),
        shown(key),
    );
    failure(FailureReason::WrongFile, message)
}

/// Appends the values that no reader understands to the failure, since such a value may be the missing part.
pub(super) fn with_unknown(known: Failure, asked: ReadRequest, unknown: &[(&str, String)]) -> Failure {
    if unknown.is_empty() {
        return known;
    }
    failure(known.reason, format!("{}. Not understood: {}", known.message, not_understood(asked, unknown)))
}

/// Lists at most three values with their content, followed by the number of the remaining values.
fn not_understood(asked: ReadRequest, unknown: &[(&str, String)]) -> String {
    const MOST: usize = 3;
    let place = asked.place();
    let values: Vec<String> =
        unknown.iter().take(MOST).map(|(key, what)| format!("{place} \"{}\" contains {what}", shown(key))).collect();
    let more = unknown.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(". {more} more {place}s are not understood") } else { String::new() };
    format!("{}{rest}", values.join(", "))
}
