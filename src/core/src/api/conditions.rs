//! The condition types of the API, and the conversion of verdicts into published conditions with transition times.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::limits;

/// One aspect of an object's state, in the form of the Kubernetes API conventions.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// The type of the condition: Ready, Healthy, Expiring, Expired, Duplicate, IdentityChanged, KeyMismatch or
    /// Regressed.
    #[serde(rename = "type")]
    #[schemars(length(min = 1, max = limits::REASON))]
    pub type_: String,
    /// True, False or Unknown.
    pub status: ConditionStatus,
    /// The generation of the object for which the condition was determined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The time at which `status` last changed.
    pub last_transition_time: DateTime<Utc>,
    /// The reason in one word, for programs.
    #[schemars(length(min = 1, max = limits::REASON), regex(pattern = r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"))]
    pub reason: String,
    /// The reason in sentences, for people.
    #[serde(default)]
    #[schemars(length(max = limits::TEXT))]
    pub message: String,
}

/// The status of a condition.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
pub enum ConditionStatus {
    /// The condition applies.
    True,
    /// The condition does not apply.
    False,
    /// The operator can't determine the status of the condition.
    Unknown,
}

impl ConditionStatus {
    /// Returns the name as the API spells it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The condition types that this version publishes, in the order in which they are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, IntoStaticStr)]
pub enum ConditionType {
    /// The credential was read and assessed for this generation.
    Ready,
    /// The credential has no problem that stops a deployment gate. The reason is the state in one word, for the column
    /// STATE.
    Healthy,
    /// The credential expires within the warning window.
    Expiring,
    /// The credential has expired: the time is past notAfter.
    Expired,
    /// Another TenantCredential contains the same credential.
    Duplicate,
    /// The identity differs from the accepted identity.
    IdentityChanged,
    /// The private key does not belong to the certificate.
    KeyMismatch,
    /// The credential is older than the newest credential that was read for this object.
    Regressed,
}

impl ConditionType {
    /// All condition types, in the order in which they are published.
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

    /// Returns the name as the API spells it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A condition before publication. [`publish`] adds the time of the last transition and the generation.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The type of the condition.
    pub type_: ConditionType,
    /// The status of the condition.
    pub status: ConditionStatus,
    /// The reason in one word.
    pub reason: Cow<'static, str>,
    /// The reason in sentences.
    pub message: String,
}

/// Converts verdicts into the conditions to publish. A condition keeps the transition time of `previous` if the status
/// is unchanged.
pub fn publish(previous: &[Condition], verdicts: Vec<Verdict>, now: DateTime<Utc>, generation: i64) -> Vec<Condition> {
    verdicts
        .into_iter()
        .map(|verdict| {
            let since = previous
                .iter()
                .find(|c| c.type_ == verdict.type_.as_str() && c.status == verdict.status)
                // The time 1970-01-01 is the default from the CustomResourceDefinition and not a real transition.
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
