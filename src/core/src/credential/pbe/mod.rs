//! Contains the common parts of the readers of encrypted containers: ciphers, and key derivation from passwords within
//! a budget.

pub(super) mod budget;
pub(super) mod cipher;
pub(super) mod hash;
pub(super) mod password;
pub(super) mod pbes2;
pub(super) mod scheme;

#[cfg(test)]
pub(super) mod fixture;

use super::der::DerError;

use crate::api::reasons::FailureReason;

/// The reason why a container can't be opened. A reason contains no text of a parser and no content of the container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// The container is encrypted, no password is given, and the empty password does not open the container.
    PasswordRequired,
    /// The given password does not open the container.
    PasswordWrong,
    /// The message is not encrypted for any of the private keys.
    NoMatchingKey,
    /// The container is damaged or cut off.
    Malformed,
    /// The container uses a scheme that is not supported.
    NotSupported,
    /// The key derivation exceeds the limits.
    TooCostly,
    /// The elements nest deeper than the limit.
    TooDeep,
    /// The message is encrypted for more recipients than the limit.
    ManyRecipients,
    /// More private keys are given than the limit allows, and none of the tried keys opens the message.
    ManyKeys,
    /// None of the private keys opens the message, and at least one private key can't be read.
    KeyUnreadable,
}

impl From<DerError> for OpenError {
    fn from(error: DerError) -> Self {
        match error {
            DerError::Malformed => Self::Malformed,
            DerError::TooDeep => Self::TooDeep,
        }
    }
}

impl OpenError {
    /// Returns the reason that the status shows.
    pub(super) fn reason(self) -> FailureReason {
        match self {
            Self::PasswordRequired => FailureReason::PasswordRequired,
            Self::PasswordWrong => FailureReason::PasswordWrong,
            Self::NoMatchingKey => FailureReason::NoMatchingKey,
            Self::Malformed => FailureReason::Malformed,
            Self::NotSupported | Self::KeyUnreadable => FailureReason::NotSupported,
            Self::TooCostly | Self::TooDeep | Self::ManyRecipients | Self::ManyKeys => FailureReason::LimitExceeded,
        }
    }
}
