//! Failures in plain sentences: what was found, what was expected and where to get it.
//!
//! A message names keys of the Secret and kinds of file; no content of any value, not even a certificate's name.

use std::fmt::Write as _;

use super::expected::{expected, noun};
use super::kind::{Kind, Limit, Problem, Sealed};
use super::sealed::Locked;
use super::token::is_token;
use crate::api::credential::CredentialType;
use crate::api::limits;
use crate::api::reasons::FailureReason;
use crate::api::status::Failure;

/// The most names that one message lists.
const MAX_NAMES: usize = 10;

/// A failure, its message cut to its limit.
pub(super) fn failure(reason: FailureReason, mut message: String) -> Failure {
    limits::cut(&mut message, limits::TEXT);
    Failure { reason, message }
}

/// The Secret lacks the key that `field` of the selection names.
pub(super) fn key_not_found<'a>(field: &str, key: &str, keys: impl Iterator<Item = &'a str>) -> Failure {
    let there = match list(keys) {
        keys if keys.is_empty() => "it has none at all".to_owned(),
        keys => format!("its keys are {keys}"),
    };
    let message = format!("the Secret has no key {}, which spec.secretRef.{field} names; {there}", shown(key));
    failure(FailureReason::KeyNotFound, message)
}

/// Several credentials fit.
pub(super) fn ambiguous<'a>(type_: CredentialType, keys: impl Iterator<Item = &'a str> + Clone) -> Failure {
    let what = noun(type_);
    let message = match keys.clone().count() {
        1 => format!(
            "key {} holds several different {what}s, and nothing tells which is meant; leave only the one that is to be watched",
            list(keys)
        ),
        _ => format!(
            "keys {} hold different {what}s, and nothing tells which is meant; name one in spec.secretRef.key",
            list(keys)
        ),
    };
    failure(FailureReason::Ambiguous, message)
}

/// The Secret holds more than is read.
pub(super) fn too_many(entries: usize) -> Failure {
    failure(
        FailureReason::LimitExceeded,
        format!(
            "the Secret holds more than the {entries} certificates, private keys and tokens that are read of one; keep the credential in a Secret of its own, or name its keys in spec.secretRef.key and privateKeyKey"
        ),
    )
}

/// The Secret has no values.
pub(super) fn no_values(type_: CredentialType) -> Failure {
    failure(FailureReason::WrongFile, format!("the Secret is empty; expected is {}", expected(type_)))
}

/// The value of `key` does not give what was expected.
pub(super) fn problem(type_: CredentialType, key: &str, problem: Problem) -> Failure {
    let key = shown(key);
    let expected = expected(type_);
    match problem {
        Problem::Malformed(breakage) => failure(
            FailureReason::Malformed,
            format!(
                "key {key} holds {}; copy the file into the Secret again, whole and unchanged; expected is {expected}",
                breakage.words()
            ),
        ),
        Problem::Wrong(Kind::Empty) => {
            failure(FailureReason::WrongFile, format!("key {key} is empty; expected is {expected}"))
        }
        Problem::Wrong(Kind::SigningRequest) if type_ == CredentialType::APNsCertificate => failure(
            FailureReason::WrongFile,
            format!(
                "key {key} holds a certificate signing request; expected is the MDM push certificate that Apple's push portal (identity.apple.com/pushcert) returned for it"
            ),
        ),
        Problem::Wrong(kind @ (Kind::PrivateKey | Kind::EncryptedPrivateKey)) if is_token(type_) => {
            let kind = if kind == Kind::PrivateKey { "a private key" } else { "an encrypted private key" };
            let beside = if type_ == CredentialType::DEPToken { "expected beside it" } else { "expected" };
            failure(FailureReason::WrongFile, format!("key {key} holds {kind}; {beside} is {expected}"))
        }
        Problem::Wrong(kind @ (Kind::PrivateKey | Kind::EncryptedPrivateKey)) => failure(
            FailureReason::WrongFile,
            format!("key {key} holds {}; expected beside it is {expected}", kind.words()),
        ),
        Problem::Wrong(kind) => {
            failure(FailureReason::WrongFile, format!("key {key} holds {}; expected is {expected}", kind.words()))
        }
        Problem::Locked(sealed, why) => locked(&key, sealed, why, expected),
        Problem::Limit(limit) => failure(FailureReason::LimitExceeded, format!("key {key} {}", over(limit))),
    }
}

/// A container that stays closed.
fn locked(key: &str, sealed: Sealed, why: Locked, expected: &str) -> Failure {
    let what = match sealed {
        Sealed::Keystore => "a PKCS#12 keystore",
        Sealed::Message | Sealed::LoneMessage => "an encrypted DEP server token (.p7m)",
        Sealed::MessageKey => "an encrypted DEP server token (.p7m), and the Secret an encrypted private key",
    };
    let (reason, rest) = match why {
        Locked::PasswordRequired => (
            FailureReason::PasswordRequired,
            "that needs a password; put it into a key of the Secret and name that in spec.secretRef.passwordKey",
        ),
        Locked::PasswordWrong => {
            (FailureReason::PasswordWrong, "that the password named in spec.secretRef.passwordKey does not open")
        }
        Locked::NoMatchingKey if sealed == Sealed::LoneMessage => (
            FailureReason::NoMatchingKey,
            "and the Secret holds no private key to open it; needed beside it is the private key whose public part was uploaded to Apple before the token was downloaded",
        ),
        Locked::NoMatchingKey => (
            FailureReason::NoMatchingKey,
            "that no private key of the Secret opens; needed beside it is the one whose public part was uploaded to Apple before the token was downloaded",
        ),
        Locked::Malformed => (FailureReason::Malformed, "that is damaged or cut off"),
        Locked::NotSupported => (FailureReason::NotSupported, "which this version does not read"),
        Locked::TooCostly if sealed == Sealed::Message => (
            FailureReason::LimitExceeded,
            "with more recipients than the 16, or nested deeper than the 32 levels, that are read",
        ),
        Locked::TooCostly => (
            FailureReason::LimitExceeded,
            "whose password takes more rounds of key derivation than the 1000000, and 2000000 for one Secret, that are computed, or scrypt with more than 5 MiB of memory",
        ),
        Locked::TooDeep => (FailureReason::LimitExceeded, "that nests deeper than the 32 levels that are read"),
        Locked::ManyRecipients => {
            (FailureReason::LimitExceeded, "that is encrypted for more than the 16 recipients that are tried")
        }
    };
    let joint = if rest.starts_with("which") { "," } else { "" };
    let end = match why {
        Locked::NotSupported | Locked::Malformed => format!("; expected is {expected}"),
        _ => String::new(),
    };
    failure(reason, format!("key {key} holds {what}{joint} {rest}{end}"))
}

/// The value of `key` does not give what was expected, and only a CA's certificate is there besides.
pub(super) fn hidden(type_: CredentialType, key: &str, found: Problem, ca: &str) -> Failure {
    let Failure { reason, message } = problem(type_, key, found);
    let way_out = "only a CA's certificate stands beside it: name";
    failure(reason, format!("{message}; {way_out} {} in spec.secretRef.key where that is meant", shown(ca)))
}

/// What is over a limit, as the rest of a sentence about a key.
fn over(limit: Limit) -> &'static str {
    match limit {
        Limit::Value => "holds more than the 256 KiB that are read of one value",
        Limit::Blocks => "holds more than the 64 PEM blocks that are read of one value",
        Limit::RsaKey => "holds a certificate whose RSA key has more than the 16384 bits that are read",
        Limit::Nesting => "holds what nests deeper than the 32 levels that are read",
    }
}

/// Some names, sorted, and how many more there are.
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

/// A Secret's key as it may be shown. The API server has checked its letters; other sources have not.
fn shown(key: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let mut key: String =
        key.chars().take(limits::KEY + 1).map(|letter| if allowed(letter) { letter } else { '?' }).collect();
    // Ten of the longest names leave room for the sentence.
    limits::cut(&mut key, 150);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_closed_says_what_is_needed() {
        for (sealed, why, reason, words) in [
            (
                Sealed::Keystore,
                Locked::PasswordRequired,
                FailureReason::PasswordRequired,
                "keystore that needs a password; put",
            ),
            (Sealed::Keystore, Locked::PasswordWrong, FailureReason::PasswordWrong, "does not open"),
            (
                Sealed::Keystore,
                Locked::NotSupported,
                FailureReason::NotSupported,
                "keystore, which this version does not read; expected",
            ),
            (Sealed::Keystore, Locked::Malformed, FailureReason::Malformed, "damaged or cut off; expected"),
            (Sealed::Message, Locked::TooCostly, FailureReason::LimitExceeded, "more recipients than the 16"),
            (Sealed::Keystore, Locked::TooCostly, FailureReason::LimitExceeded, "rounds of key derivation"),
            (
                Sealed::Message,
                Locked::NoMatchingKey,
                FailureReason::NoMatchingKey,
                "(.p7m) that no private key of the Secret opens; needed",
            ),
            (
                Sealed::MessageKey,
                Locked::PasswordRequired,
                FailureReason::PasswordRequired,
                "and the Secret an encrypted private key that needs a password",
            ),
            (
                Sealed::LoneMessage,
                Locked::NoMatchingKey,
                FailureReason::NoMatchingKey,
                "(.p7m) and the Secret holds no private key",
            ),
        ] {
            let failure = problem(CredentialType::DEPToken, "token", Problem::Locked(sealed, why));
            assert!(failure.reason == reason && failure.message.contains(words), "{failure:?}");
        }
    }

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
