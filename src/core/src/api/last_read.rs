//! What was last read, so that it is not read again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits;
use super::reasons::FailureReason;

/// Which state of which Secret was last read. Where anything of it differs, the Secret is read again.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct LastRead {
    /// The Secret's name.
    #[schemars(length(max = limits::KEY))]
    pub name: String,
    /// The Secret's UID.
    #[schemars(length(max = limits::REASON))]
    pub uid: String,
    /// The Secret's resourceVersion.
    #[schemars(length(max = limits::REASON))]
    pub resource_version: String,
    /// The keys that `spec.secretRef` named then.
    #[serde(skip_serializing_if = "KeySelection::is_empty")]
    pub selection: KeySelection,
    /// The revision of the reader that read it.
    pub reader_revision: i64,
    /// Why it could not be read, where it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// The keys that `spec.secretRef` names.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase", default)]
pub struct KeySelection {
    /// The credential's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub key: Option<String>,
    /// The private key's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub private_key_key: Option<String>,
    /// The password's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub password_key: Option<String>,
}

impl KeySelection {
    /// Whether it names none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a credential could not be read.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Why, in one word.
    pub reason: FailureReason,
    /// What was found, what was expected and where to get it. Names keys and kinds, quotes no content.
    #[schemars(length(max = limits::TEXT))]
    pub message: String,
}
