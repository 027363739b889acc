//! Writes the messages about one value that does not contain the expected credential.

use super::container::closed;
use super::names::shown;
use super::within_limit;
use crate::api::credential::CredentialType;
use crate::credential::{Breakage, FileKind, Limit, ReadProblem, ReadRequest, is_token};

/// Returns the message for the value of `key`, which contains no usable credential because of `problem`.
pub(super) fn problem(asked: ReadRequest, key: &str, problem: ReadProblem) -> String {
    let quoted = format!("{} \"{}\"", asked.place(), shown(key));
    let key = format!("{} {}", asked.place(), shown(key));
    let expected = asked.expected();
    within_limit(match problem {
        ReadProblem::Malformed(breakage @ Breakage::Date(_)) => format!(
            "{quoted} contains {}. Other programs refuse this certificate too. Have it issued again",
            breakage.words()
        ),
        ReadProblem::Malformed(breakage) => format!(
            "{key} holds {}; {}, whole and unchanged; expected is {expected}",
            breakage.words(),
            asked.words("copy the file into the Secret again", "get the file again")
        ),
        ReadProblem::Wrong(FileKind::Empty) => format!("{key} is empty; expected is {expected}"),
        ReadProblem::Wrong(kind @ (FileKind::PrivateKey | FileKind::EncryptedPrivateKey))
            if asked.type_.is_some_and(is_token) =>
        {
            let kind = if kind == FileKind::PrivateKey { "a private key" } else { "an encrypted private key" };
            let beside = if asked.type_ == Some(CredentialType::DEPToken) { "expected beside it" } else { "expected" };
            format!("{key} holds {kind}; {beside} is {expected}")
        }
        ReadProblem::Wrong(kind @ (FileKind::PrivateKey | FileKind::EncryptedPrivateKey)) => {
            let beside = match asked.type_ {
                Some(_) => expected,
                None => "the certificate that it belongs to, or the DEP server token that it opens",
            };
            format!("{key} holds {}; expected beside it is {beside}", kind.words())
        }
        ReadProblem::Wrong(kind) => match kind.remedy() {
            Some(remedy) => format!("{quoted} contains {}. {remedy}", kind.name()),
            None => format!("{key} holds {}; expected is {expected}", kind.words()),
        },
        ReadProblem::Locked(sealed, why) => closed(asked, &key, sealed, why),
        ReadProblem::Limit(limit) => format!("{key} holds {}", limit.words()),
    })
}

/// Returns the message for the value of `key` if the only certificate in other values is a CA certificate, in `ca`. A
/// CA certificate is used as the credential only if the user names its Secret key or gives its file alone.
pub(super) fn hidden(asked: ReadRequest, key: &str, found: ReadProblem, ca: &str) -> String {
    let message = problem(asked, key, found);
    let ca = shown(ca);
    let way_out = asked.words(format!("name {ca} in spec.secretRef.key"), format!("give {ca} alone"));
    format!("{message}; only a CA's certificate stands beside it: {way_out} where that is meant")
}

impl Limit {
    /// Describes the content that exceeds the limit. The text follows the word "holds" or "contains".
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Value => "more than the 256 KiB that are read of one value",
            Self::Blocks => "more than the 64 PEM blocks that are read of one value",
            Self::RsaKey => "a certificate whose RSA key has more than the 16384 bits that are read",
            Self::Layers => "what is wrapped in more layers than are read, such as text inside JSON inside an e-mail",
            Self::Nesting => "what nests deeper than the 32 levels that are read",
        }
    }
}
