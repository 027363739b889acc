//! The complete lists of reasons for programs, in one word each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// The reason why a credential could not be read, which is also the reason of Ready=False.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr)]
pub enum FailureReason {
    /// The Secret does not exist.
    SecretNotFound,
    /// The Secret does not contain the key.
    KeyNotFound,
    /// The Secret contains several different credentials that match, and the spec names no key.
    Ambiguous,
    /// The content is of the expected file type, but damaged.
    Malformed,
    /// The content is of another file type.
    WrongFile,
    /// The content is encrypted, and no password is set.
    PasswordRequired,
    /// The password does not decrypt the content.
    PasswordWrong,
    /// No private key decrypts the content.
    NoMatchingKey,
    /// The content exceeds a limit for size, nesting or computation.
    LimitExceeded,
    /// This version does not support the form of the content.
    NotSupported,
    /// The API server does not permit the operator to read the Secret.
    Forbidden,
    /// The spec of the TenantCredential is invalid.
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

    /// Returns the name as the API spells it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The kind of a change of the credential: the reason in `status.lastChange`.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr)]
pub enum ChangeReason {
    /// A newer credential of the accepted identity.
    Renewed,
    /// Another credential of the accepted identity that is neither newer nor older by its dates. For a DeclaredExpiry,
    /// an earlier date counts as a replacement.
    Replaced,
    /// The newest credential, after another credential was in its place.
    Restored,
    /// A credential that is older than the newest.
    WentBackwards,
    /// A credential of an identity that is not accepted.
    IdentityChanged,
    /// A credential of another identity that is accepted. Usually `spec.expectedIdentities` names the identity.
    IdentityAccepted,
    /// A credential without an identity, which can't be compared with the accepted or pinned identity.
    IdentityUnknown,
}

impl ChangeReason {
    /// Returns the name as the API spells it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
