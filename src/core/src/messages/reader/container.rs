//! Writes the messages about containers that neither a password nor a private key opens.

use crate::credential::{Container, OpenError, ReadRequest};

/// A relative clause about a container.
enum Clause {
    /// A clause that distinguishes the container from others and follows without a comma.
    Restrictive(&'static str),
    /// A clause that adds a remark and follows after a comma.
    Descriptive(&'static str),
}

/// Returns the message for a container in the value of `key`, and the reason why the container can't be opened.
pub(super) fn closed(asked: ReadRequest, key: &str, sealed: Container, why: OpenError) -> String {
    let whole = asked.whole();
    let what = match sealed {
        Container::Keystore => "a PKCS#12 keystore".to_owned(),
        Container::Message | Container::LoneMessage => "an encrypted DEP server token (.p7m)".to_owned(),
        Container::MessageKey => format!("an encrypted DEP server token (.p7m), and {whole} an encrypted private key"),
    };
    let clause = match why {
        OpenError::PasswordRequired => Clause::Restrictive(asked.words(
            "that needs a password; put it into a key of the Secret and name that in spec.secretRef.passwordKey",
            "that needs a password; give it with --password-file",
        )),
        OpenError::PasswordWrong => Clause::Restrictive(asked.words(
            "that the password named in spec.secretRef.passwordKey does not open",
            "that the given password does not open",
        )),
        OpenError::NoMatchingKey => {
            let none_opens = match sealed {
                Container::LoneMessage => {
                    let holds = asked.words("holds", "hold");
                    format!("and {whole} {holds} no private key to open it; needed beside it is the private key")
                }
                _ => format!("that no private key of {whole} opens; needed beside it is the one"),
            };
            let what = format!(
                "{key} holds {what} {none_opens} whose public part was uploaded to Apple before the token was downloaded"
            );
            let hint = match (sealed, asked.type_) {
                (Container::LoneMessage, None) => {
                    ". If you expected a content token (.vpptoken), download it from the page for Apps and Books"
                }
                _ => "",
            };
            return what + hint;
        }
        OpenError::Malformed => Clause::Restrictive("that is damaged or cut off"),
        OpenError::NotSupported => Clause::Descriptive("which this version does not read"),
        OpenError::ManyKeys => {
            let contain = asked.words("the Secret contains", "the files contain");
            let rest = asked.words(
                "Name the private key that belongs to the token in spec.secretRef.privateKeyKey",
                "Give only the private key that belongs to the token",
            );
            return format!(
                "{key} holds {what}, and {contain} more private keys than lapsewatch tries. None of the tried keys opens the token. {rest}"
            );
        }
        OpenError::KeyUnreadable => {
            return format!(
                "{key} contains {what}. No readable private key of {whole} opens it, and one private key can't be read. Replace the unreadable private key with the RSA private key that belongs to the token, in PEM format"
            );
        }
        OpenError::TooCostly => Clause::Restrictive(
            "whose password takes more rounds of key derivation than the 1000000, and 2000000 in all, that are computed, or scrypt with more than 5 MiB of memory",
        ),
        OpenError::TooDeep => Clause::Restrictive("that nests deeper than the 32 levels that are read"),
        OpenError::ManyRecipients => {
            Clause::Restrictive("that is encrypted for more than the 16 recipients that are tried")
        }
    };
    let clause = match clause {
        Clause::Restrictive(clause) => format!(" {clause}"),
        Clause::Descriptive(clause) => format!(", {clause}"),
    };
    let end = match why {
        OpenError::PasswordWrong | OpenError::TooCostly => asked.password_hint(),
        OpenError::NotSupported | OpenError::Malformed => format!("; expected is {}", asked.expected()),
        _ => String::new(),
    };
    format!("{key} holds {what}{clause}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::credential::CredentialType;
    use crate::api::reasons::FailureReason;
    use crate::credential::{FailureCause, ReadFailure, ReadProblem};
    use crate::messages::reader::failure;
    use crate::secret::ValueSource;

    #[test]
    fn what_stays_closed_says_what_is_needed() {
        for (sealed, why, reason, words) in [
            (
                Container::Keystore,
                OpenError::PasswordRequired,
                FailureReason::PasswordRequired,
                "keystore that needs a password; put",
            ),
            (Container::Keystore, OpenError::PasswordWrong, FailureReason::PasswordWrong, "does not open"),
            (
                Container::Keystore,
                OpenError::NotSupported,
                FailureReason::NotSupported,
                "keystore, which this version does not read; expected",
            ),
            (Container::Keystore, OpenError::Malformed, FailureReason::Malformed, "damaged or cut off; expected"),
            (
                Container::Message,
                OpenError::ManyKeys,
                FailureReason::LimitExceeded,
                "more private keys than lapsewatch tries",
            ),
            (Container::Keystore, OpenError::TooCostly, FailureReason::LimitExceeded, "rounds of key derivation"),
            (
                Container::Message,
                OpenError::NoMatchingKey,
                FailureReason::NoMatchingKey,
                "(.p7m) that no private key of the Secret opens; needed",
            ),
            (
                Container::MessageKey,
                OpenError::PasswordRequired,
                FailureReason::PasswordRequired,
                "and the Secret an encrypted private key that needs a password",
            ),
            (
                Container::LoneMessage,
                OpenError::NoMatchingKey,
                FailureReason::NoMatchingKey,
                "(.p7m) and the Secret holds no private key",
            ),
        ] {
            let asked =
                ReadRequest { type_: Some(CredentialType::DEPToken), source: ValueSource::Secret, password: None };
            let problem = ReadProblem::Locked(sealed, why);
            let cause = FailureCause::Problem { key: "token".to_owned(), problem, unknown: Vec::new() };
            let failure = failure(&ReadFailure { request: asked, cause });
            assert!(failure.reason == reason && failure.message.contains(words), "{failure:?}");
        }
    }
}
