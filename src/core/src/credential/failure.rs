//! Builds failures: messages with the found content, the expected credential and its source.
//!
//! A message names keys of the Secret and kinds of file. If one value contains several certificates, the message also
//! names their serial numbers and dates. No other content of a value is quoted, not even the name of a certificate.

use std::fmt::Write as _;

use super::closed;
use super::expected::{ReadRequest, noun};
use super::file_kind::{Breakage, FileKind, Limit, ReadProblem};
use super::name;
use super::token::is_token;
use crate::api::credential::CredentialType;
use crate::api::limits;
use crate::api::reasons::FailureReason;
use crate::api::status::Failure;

/// The maximum number of names in one message.
pub(super) const MAX_NAMES: usize = 10;

/// Returns a failure, with its message cut to the limit of the API.
pub(super) fn failure(reason: FailureReason, mut message: String) -> Failure {
    limits::cut(&mut message, limits::TEXT);
    Failure { reason, message }
}

/// Reports that the Secret lacks the key that `field` of the selection names.
pub(super) fn key_not_found<'a>(field: &str, key: &str, keys: impl Iterator<Item = &'a str>) -> Failure {
    let there = match list(keys) {
        keys if keys.is_empty() => "it has none at all".to_owned(),
        keys => format!("its keys are {keys}"),
    };
    let message = format!("the Secret has no key {}, which spec.secretRef.{field} names; {there}", shown(key));
    failure(FailureReason::KeyNotFound, message)
}

/// Reports that several credentials fit.
pub(super) fn ambiguous<'a>(
    type_: CredentialType,
    asked: ReadRequest,
    keys: impl Iterator<Item = &'a str> + Clone,
) -> Failure {
    let (what, place) = (noun(type_), asked.place());
    let message = match keys.clone().count() {
        1 => format!(
            "{place} {} holds several different {what}s, and nothing tells which is meant; leave only the one that is to be watched",
            list(keys)
        ),
        _ => format!(
            "{place}s {} hold different {what}s, and nothing tells which is meant; {}",
            list(keys),
            asked.words("name one in spec.secretRef.key", "give one of them")
        ),
    };
    failure(FailureReason::Ambiguous, message)
}

/// Reports that the values contain more entries than the readers accept.
pub(super) fn too_many(asked: ReadRequest, entries: usize) -> Failure {
    let (holds, remedy) = asked.words(
        (
            "the Secret holds",
            "keep the credential in a Secret of its own, or name its keys in spec.secretRef.key and privateKeyKey",
        ),
        ("the files hold", "give the credential's own files alone"),
    );
    failure(
        FailureReason::LimitExceeded,
        format!("{holds} more than the {entries} certificates, private keys and tokens that are read of one; {remedy}"),
    )
}

/// Reports that the files contain credentials of several types.
pub(super) fn several_types(types: impl Iterator<Item = CredentialType>) -> Failure {
    let what: Vec<&str> = types.map(noun).collect();
    let message = format!(
        "the files hold credentials of several types: {}; give one of them, with what belongs to it",
        what.join(", ")
    );
    failure(FailureReason::Ambiguous, message)
}

/// Reports that there are no values.
pub(super) fn no_values(asked: ReadRequest) -> Failure {
    let empty = asked.words("the Secret is empty", "there is no file");
    failure(FailureReason::WrongFile, format!("{empty}; expected is {}", asked.expected()))
}

/// Reports that the value of `key` does not contain the expected credential.
pub(super) fn problem(asked: ReadRequest, key: &str, problem: ReadProblem) -> Failure {
    let quoted = format!("{} \"{}\"", asked.place(), shown(key));
    let key = format!("{} {}", asked.place(), shown(key));
    let expected = asked.expected();
    match problem {
        ReadProblem::Malformed(breakage @ Breakage::Date(_)) => failure(
            FailureReason::Malformed,
            format!(
                "{quoted} contains {}. Other programs refuse this certificate too. Have it issued again",
                breakage.words()
            ),
        ),
        ReadProblem::Malformed(breakage) => failure(
            FailureReason::Malformed,
            format!(
                "{key} holds {}; {}, whole and unchanged; expected is {expected}",
                breakage.words(),
                asked.words("copy the file into the Secret again", "get the file again")
            ),
        ),
        ReadProblem::Wrong(FileKind::Empty) => {
            failure(FailureReason::WrongFile, format!("{key} is empty; expected is {expected}"))
        }
        ReadProblem::Wrong(kind @ (FileKind::PrivateKey | FileKind::EncryptedPrivateKey))
            if asked.type_.is_some_and(is_token) =>
        {
            let kind = if kind == FileKind::PrivateKey { "a private key" } else { "an encrypted private key" };
            let beside = if asked.type_ == Some(CredentialType::DEPToken) { "expected beside it" } else { "expected" };
            failure(FailureReason::WrongFile, format!("{key} holds {kind}; {beside} is {expected}"))
        }
        ReadProblem::Wrong(kind @ (FileKind::PrivateKey | FileKind::EncryptedPrivateKey)) => {
            let beside = match asked.type_ {
                Some(_) => expected,
                None => "the certificate that it belongs to, or the DEP server token that it opens",
            };
            failure(FailureReason::WrongFile, format!("{key} holds {}; expected beside it is {beside}", kind.words()))
        }
        ReadProblem::Wrong(kind) => {
            let message = match kind.remedy() {
                Some(remedy) => format!("{quoted} contains {}. {remedy}", kind.name()),
                None => format!("{key} holds {}; expected is {expected}", kind.words()),
            };
            failure(FailureReason::WrongFile, message)
        }
        ReadProblem::Locked(sealed, why) => closed::closed(asked, &key, sealed, why),
        ReadProblem::Limit(limit) => failure(FailureReason::LimitExceeded, format!("{key} {}", over(limit))),
    }
}

/// Describes the content of a value, as the object of "contains".
pub(super) fn contained(problem: ReadProblem) -> String {
    match problem {
        ReadProblem::Malformed(breakage) => breakage.words(),
        ReadProblem::Wrong(kind) => kind.name().to_owned(),
        ReadProblem::Limit(limit) => over(limit).trim_start_matches("holds ").to_owned(),
        ReadProblem::Locked(..) => "what a password or a private key opens".to_owned(),
    }
}

/// Reports that the value of `key` does not contain the expected credential and that the only readable certificate
/// belongs to a CA.
pub(super) fn hidden(asked: ReadRequest, key: &str, found: ReadProblem, ca: &str) -> Failure {
    let Failure { reason, message } = problem(asked, key, found);
    let ca = shown(ca);
    let way_out = asked.words(format!("name {ca} in spec.secretRef.key"), format!("give {ca} alone"));
    let message = format!("{message}; only a CA's certificate stands beside it: {way_out} where that is meant");
    failure(reason, message)
}

/// Describes the exceeded limit, as the predicate of a sentence about a key.
fn over(limit: Limit) -> &'static str {
    match limit {
        Limit::Value => "holds more than the 256 KiB that are read of one value",
        Limit::Blocks => "holds more than the 64 PEM blocks that are read of one value",
        Limit::RsaKey => "holds a certificate whose RSA key has more than the 16384 bits that are read",
        Limit::Layers => {
            "holds what is wrapped in more layers than are read, such as text inside JSON inside an e-mail"
        }
        Limit::Nesting => "holds what nests deeper than the 32 levels that are read",
    }
}

/// Joins at most [`MAX_NAMES`] names in sorted order, followed by the number of the remaining names.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    let more = names.len().saturating_sub(MAX_NAMES);
    names.truncate(MAX_NAMES);
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        let last = at + 1 == names.len() && more == 0;
        let joint = match (at, last) {
            (0, _) => "",
            (_, true) => " and ",
            (_, false) => ", ",
        };
        text.push_str(joint);
        text.push_str(&shown(name));
    }
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

/// Returns the key of a Secret or the name of a file for display, cut to 150 characters. Characters that can't be seen,
/// move the cursor or reverse the text direction become question marks.
pub(super) fn shown(key: &str) -> String {
    let mut key: String =
        key.chars().take(limits::KEY + 1).map(|letter| if name::is_unseen(letter) { '?' } else { letter }).collect();
    // Ten names of this length leave room for the sentence around them.
    limits::cut(&mut key, 150);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_ten_names_are_listed_sorted() {
        assert_eq!(list(["b", "a"].into_iter()), "a and b");
        assert_eq!(list(["c", "b", "a"].into_iter()), "a, b and c");
        let many: Vec<String> = (10..22).map(|number| format!("k{number}")).collect();
        let text = list(many.iter().map(String::as_str));
        assert_eq!(text, "k10, k11, k12, k13, k14, k15, k16, k17, k18, k19 and 2 more");
    }

    #[test]
    fn names_are_cleaned_and_cut() {
        assert_eq!(shown("a\nb\u{202e}c"), "a?b?c");
        let long = "x".repeat(253);
        let keys = [long.as_str(); 12];
        let message = key_not_found("key", &long, keys.into_iter()).message;
        assert!(message.chars().count() <= limits::TEXT && message.ends_with("and 2 more"), "{message}");
    }
}
