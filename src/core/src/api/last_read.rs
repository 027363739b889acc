//! The record of the last reading of a Secret, which prevents reading the same state again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits;
use super::reasons::FailureReason;

/// The state of the Secret that was last read. The operator reads the Secret again if any of these values differs.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct LastRead {
    /// The name of the Secret.
    #[schemars(length(max = limits::KEY))]
    pub name: String,
    /// The UID of the Secret.
    #[schemars(length(max = limits::REASON))]
    pub uid: String,
    /// The resourceVersion of the Secret.
    #[schemars(length(max = limits::REASON))]
    pub resource_version: String,
    /// The keys that `spec.secretRef` named when the Secret was read.
    #[serde(skip_serializing_if = "KeySelection::is_empty")]
    pub selection: KeySelection,
    /// The revision of the code that read the Secret. A new version of lapsewatch may have a new revision.
    pub reader_revision: i64,
    /// The failure of the reading. Absent if the credential was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// The keys that `spec.secretRef` names.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase", default)]
pub struct KeySelection {
    /// The Secret key of the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub key: Option<String>,
    /// The Secret key of the private key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub private_key_key: Option<String>,
    /// The Secret key of the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub password_key: Option<String>,
}

impl KeySelection {
    /// True if `spec.secretRef` names no key.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The reason why a credential could not be read.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The reason in one word.
    pub reason: FailureReason,
    /// The content that was expected and found, and the place to get the right content. Contains names of keys and file
    /// types, but no content of the Secret.
    #[schemars(length(max = limits::TEXT))]
    pub message: String,
}
