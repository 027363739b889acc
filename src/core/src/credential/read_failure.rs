//! Represents the failure of a reader: its cause, and everything that the message about the failure mentions. This
//! module contains no sentences. `messages::reader` writes the message.

use super::key_damage::KeyDamage;
use super::password_file::PasswordDress;
use super::read_problem::ReadProblem;
use crate::api::credential::CredentialType;
use crate::api::reasons::FailureReason;
use crate::api::status::OtherCertificate;
use crate::secret::ValueSource;

/// The maximum number of names in one message.
pub(crate) const MAX_NAMES: usize = 10;

/// The type that was requested, and the origin of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadRequest {
    /// The requested type. None if any type is accepted.
    pub type_: Option<CredentialType>,
    /// The origin of the values: a Secret or files.
    pub source: ValueSource,
    /// The decoration of the password, such as quotation marks, which may be the reason why the password is wrong. None
    /// if the password has no decoration.
    pub password: Option<PasswordDress>,
}

/// The failure to read a credential.
///
/// A failure names keys of the Secret and kinds of file. If one value contains several certificates, the failure also
/// contains their serial numbers and dates. It contains no other content of a value and no text of a parser.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadFailure {
    /// The request, which determines the wording and the expected credential.
    pub(crate) request: ReadRequest,
    /// The cause.
    pub(crate) cause: FailureCause,
}

impl ReadFailure {
    /// Returns the reason that the status shows.
    pub fn reason(&self) -> FailureReason {
        match &self.cause {
            FailureCause::DeclaredExpiry => FailureReason::NotSupported,
            FailureCause::KeyNotFound { .. } => FailureReason::KeyNotFound,
            FailureCause::ManyEntries { .. } => FailureReason::LimitExceeded,
            FailureCause::NoValues | FailureCause::NoCredential { .. } => FailureReason::WrongFile,
            FailureCause::SeveralValues { .. }
            | FailureCause::SeveralCertificates { .. }
            | FailureCause::SeveralTypes(_) => FailureReason::Ambiguous,
            FailureCause::Problem { problem, .. } | FailureCause::HiddenByCa { problem, .. } => problem.reason(),
        }
    }
}

/// The cause of a failure. Keys are unchanged, as the Secret contains them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FailureCause {
    /// The requested type is not read from Secrets.
    DeclaredExpiry,
    /// The Secret lacks the key that the `field` of `spec.secretRef` names.
    KeyNotFound { field: &'static str, key: String, present: KeyNames },
    /// The values contain more than `most` entries.
    ManyEntries { most: usize },
    /// There are no values.
    NoValues,
    /// The values of these keys contain different credentials of the type.
    SeveralValues { type_: CredentialType, keys: KeyNames },
    /// One value contains several certificates of different identities.
    SeveralCertificates { type_: CredentialType, key: String, certificates: CertificateList },
    /// The values contain credentials of several types.
    SeveralTypes(Vec<CredentialType>),
    /// The value of `key` does not contain the expected credential. `unknown` contains values that no reader
    /// understands, one of which may be the missing private key.
    Problem { key: String, problem: ReadProblem, unknown: Vec<UnknownValue> },
    /// No value contains a credential: no reader understands the values in `unknown`, and `key` contains a private key,
    /// which is not at fault.
    NoCredential { key: String, private_key: ReadProblem, unknown: Vec<UnknownValue> },
    /// The value of `key` does not contain the expected credential, and the only readable certificate, in the value of
    /// `ca`, belongs to a CA.
    HiddenByCa { key: String, problem: ReadProblem, ca: String },
}

/// Names of keys in sorted order, at most [`MAX_NAMES`], and the number of the remaining names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyNames {
    /// The first names.
    pub first: Vec<String>,
    /// The number of the remaining names.
    pub more: usize,
}

impl<'a> FromIterator<&'a str> for KeyNames {
    fn from_iter<T: IntoIterator<Item = &'a str>>(names: T) -> Self {
        let mut names: Vec<&str> = names.into_iter().collect();
        names.sort_unstable();
        let more = names.len().saturating_sub(MAX_NAMES);
        Self { first: names.into_iter().take(MAX_NAMES).map(str::to_owned).collect(), more }
    }
}

/// At most [`MAX_NAMES`] certificates of one value, and the number of the remaining certificates.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CertificateList {
    /// The first certificates.
    pub first: Vec<OtherCertificate>,
    /// The number of the remaining certificates.
    pub more: usize,
    /// True if a keystore contains at least one of the certificates.
    pub is_in_keystore: bool,
}

/// A value that no reader understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownValue {
    /// The key of the Secret or the name of the file.
    pub key: String,
    /// The content.
    pub content: UnknownContent,
}

/// The content of a value that no reader understands. `messages::reader::content` describes the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownContent(pub(crate) ContentProblem);

/// The reason why no reader understands a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentProblem {
    /// The value contains nothing that fits the requested type.
    Value(ReadProblem),
    /// The value contains a damaged private key.
    PrivateKey(KeyDamage),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_ten_names_are_kept_sorted() {
        let many: Vec<String> = (10..22).rev().map(|number| format!("k{number}")).collect();
        let names: KeyNames = many.iter().map(String::as_str).collect();
        assert_eq!((names.first.len(), names.more), (10, 2));
        assert_eq!(
            (names.first.first().map(String::as_str), names.first.last().map(String::as_str)),
            (Some("k10"), Some("k19"))
        );
    }
}
