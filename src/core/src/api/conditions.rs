//! Conditions: their types, and how verdicts become transitions.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits;

/// One aspect of an object's state, in the form of Kubernetes' API conventions.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Which aspect: Ready, Healthy, Expiring, Expired, Duplicate, IdentityChanged, KeyMismatch or Regressed.
    #[serde(rename = "type")]
    #[schemars(length(min = 1, max = limits::REASON))]
    pub type_: String,
    /// True, False, or Unknown.
    pub status: ConditionStatus,
    /// The generation of the object that this was said of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// When `status` last changed.
    pub last_transition_time: DateTime<Utc>,
    /// Why, in one word for programs.
    #[schemars(length(min = 1, max = limits::REASON), regex(pattern = r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"))]
    pub reason: String,
    /// Why, in words for people.
    #[serde(default)]
    #[schemars(length(max = limits::TEXT))]
    pub message: String,
}

/// Whether a condition holds.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It can't be told.
    Unknown,
}

impl ConditionStatus {
    /// The name as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// The types of condition that this version publishes, in the order in which they are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConditionType {
    /// Read, understood and assessed for this generation.
    Ready,
    /// One word for the column STATE and for gates.
    Healthy,
    /// Inside the warning window.
    Expiring,
    /// Past notAfter.
    Expired,
    /// Another TenantCredential holds the same credential.
    Duplicate,
    /// Not the identity accepted before.
    IdentityChanged,
    /// The private key does not belong to the certificate.
    KeyMismatch,
    /// An older credential than the newest that this object has read.
    Regressed,
}

impl ConditionType {
    /// All of them, in their order.
    pub const ALL: [Self; 8] = [
        Self::Ready,
        Self::Healthy,
        Self::Expiring,
        Self::Expired,
        Self::Duplicate,
        Self::IdentityChanged,
        Self::KeyMismatch,
        Self::Regressed,
    ];

    /// The name as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "Ready",
            Self::Healthy => "Healthy",
            Self::Expiring => "Expiring",
            Self::Expired => "Expired",
            Self::Duplicate => "Duplicate",
            Self::IdentityChanged => "IdentityChanged",
            Self::KeyMismatch => "KeyMismatch",
            Self::Regressed => "Regressed",
        }
    }
}

/// What one rule says of one aspect, before it is known when that began.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Which aspect.
    pub type_: ConditionType,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// Why, in one word.
    pub reason: Cow<'static, str>,
    /// Why, in words.
    pub message: String,
}

/// The conditions to publish: each verdict with the time of its last transition, taken from `previous` where the status
/// is the same as it was.
pub fn publish(previous: &[Condition], verdicts: Vec<Verdict>, now: DateTime<Utc>, generation: i64) -> Vec<Condition> {
    verdicts
        .into_iter()
        .map(|verdict| {
            let since = previous
                .iter()
                .find(|c| c.type_ == verdict.type_.as_str() && c.status == verdict.status)
                // The default that stands there before any operator has spoken.
                .filter(|c| c.last_transition_time != DateTime::UNIX_EPOCH)
                .map_or(now, |c| c.last_transition_time);
            let mut message = verdict.message;
            limits::cut(&mut message, limits::TEXT);
            Condition {
                type_: verdict.type_.as_str().to_owned(),
                status: verdict.status,
                observed_generation: Some(generation),
                last_transition_time: since,
                reason: verdict.reason.into_owned(),
                message,
            }
        })
        .collect()
}
