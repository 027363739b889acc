//! The closed lists of reasons: one word each, for programs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a credential could not be read: the reasons of Ready=False.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureReason {
    /// There is no Secret of that name.
    SecretNotFound,
    /// The Secret has no key of that name.
    KeyNotFound,
    /// Several different credentials fit, and none is named.
    Ambiguous,
    /// It begins as the expected kind and breaks.
    Malformed,
    /// It is something else.
    WrongFile,
    /// It is encrypted and no password is given.
    PasswordRequired,
    /// The password does not open it.
    PasswordWrong,
    /// No private key opens it.
    NoMatchingKey,
    /// It is larger, deeper or costlier than is read.
    LimitExceeded,
    /// This version does not read it.
    NotSupported,
    /// The API server does not let the operator read the Secret.
    Forbidden,
    /// The TenantCredential itself can't be understood.
    InvalidObject,
}

impl FailureReason {
    /// All reasons, in the order of the API's documentation.
    pub const ALL: [Self; 12] = [
        Self::SecretNotFound,
        Self::KeyNotFound,
        Self::Ambiguous,
        Self::Malformed,
        Self::WrongFile,
        Self::PasswordRequired,
        Self::PasswordWrong,
        Self::NoMatchingKey,
        Self::LimitExceeded,
        Self::NotSupported,
        Self::Forbidden,
        Self::InvalidObject,
    ];

    /// The name as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecretNotFound => "SecretNotFound",
            Self::KeyNotFound => "KeyNotFound",
            Self::Ambiguous => "Ambiguous",
            Self::Malformed => "Malformed",
            Self::WrongFile => "WrongFile",
            Self::PasswordRequired => "PasswordRequired",
            Self::PasswordWrong => "PasswordWrong",
            Self::NoMatchingKey => "NoMatchingKey",
            Self::LimitExceeded => "LimitExceeded",
            Self::NotSupported => "NotSupported",
            Self::Forbidden => "Forbidden",
            Self::InvalidObject => "InvalidObject",
        }
    }
}

/// What a change of the credential was: the reasons of `status.lastChange`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeReason {
    /// A later one of the accepted identity.
    Renewed,
    /// Another one of the accepted identity, neither later nor earlier.
    Replaced,
    /// The newest one is back.
    Restored,
    /// An earlier one than the newest.
    WentBackwards,
    /// Another identity that is not accepted.
    IdentityChanged,
    /// Another identity that `spec.expectedIdentities` names.
    IdentityAccepted,
    /// One without an identity, which can't be compared with the accepted or pinned one.
    IdentityUnknown,
}

impl ChangeReason {
    /// The name as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Renewed => "Renewed",
            Self::Replaced => "Replaced",
            Self::Restored => "Restored",
            Self::WentBackwards => "WentBackwards",
            Self::IdentityChanged => "IdentityChanged",
            Self::IdentityAccepted => "IdentityAccepted",
            Self::IdentityUnknown => "IdentityUnknown",
        }
    }
}
