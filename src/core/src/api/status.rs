//! The status of a TenantCredential: the operator's findings, and its records of the Events that were sent.
//!
//! No value in the status changes with time alone (there is no "days left"). No part of the status is secret:
//! identities and SHA-256 fingerprints of high-entropy material do not reveal the credential.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

pub use super::chain::{IssuerExpiry, OtherCertificate};
use super::conditions::Condition;
pub use super::facts::{CredentialFacts, Expiry, Format, KeyMatch, KeysUsed};
pub use super::last_read::{Failure, KeySelection, LastRead};
use super::limits;
pub use super::pending_events::{EventBudget, PendingEvent};
use super::reasons::ChangeReason;

/// The last reading and assessment of the credential.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct TenantCredentialStatus {
    /// The generation of the object for which this status was determined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The highest severity in `notifications`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The credential as last read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<CredentialFacts>,
    /// The identity with which renewals are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::IDENTITY))]
    pub accepted_identity: Option<String>,
    /// The newest credential of the accepted identity that was read for this object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<Newest>,
    /// The last change of the credential in the Secret. Shows if a renewal has arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_change: Option<LastChange>,
    /// Other TenantCredentials with the same credential, or with a newer credential of the same identity. At most five
    /// are listed: those created most recently before this object. If this object is the oldest, those created next
    /// after it. If all of these read the same Secret as this object, the last entry is the oldest object that reads a
    /// different Secret. One entry without a name represents all objects in other namespaces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::DUPLICATES))]
    pub duplicates: Vec<OtherHolder>,
    /// True if more such TenantCredentials exist than `duplicates` lists.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more_duplicates: bool,
    /// The problems that need attention, worst first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    pub notifications: Vec<Notification>,
    /// The last Event for each condition, so that no Event is sent twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub announced: Vec<Announced>,
    /// Events that are about to be sent, or that the budget of Events holds back. An entry is written before its Event
    /// is sent and moves to `announced` afterwards, so that a crash neither loses nor repeats the Event.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub pending_events: Vec<PendingEvent>,
    /// Events that this object may still send, and Events that were held back. Absent before the first Event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_budget: Option<EventBudget>,
    /// The state of the Secret that was last read, so that the operator does not read the same state again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_read: Option<LastRead>,
    /// The conditions of the credential.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// The severity of a problem.
#[derive(
    Serialize,
    Deserialize,
    JsonSchema,
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    IntoStaticStr,
    EnumString,
)]
#[strum(ascii_case_insensitive)]
pub enum Severity {
    /// No problem.
    #[default]
    None,
    /// Information. No action is needed yet.
    Notice,
    /// Action is needed.
    Warning,
    /// Action is needed immediately.
    Critical,
}

impl Severity {
    /// Returns the name as the API spells it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// The newest credential of the accepted identity.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct Newest {
    /// The fingerprint of the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub fingerprint: Option<String>,
    /// The first moment at which the credential is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// The last moment at which the credential is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
}

/// A change of the credential.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct LastChange {
    /// The time at which the operator found the change.
    pub time: DateTime<Utc>,
    /// The kind of the change.
    pub reason: ChangeReason,
    /// The credential before the change.
    pub from: ChangeSide,
    /// The credential after the change.
    pub to: ChangeSide,
}

/// The credential before or after a change.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct ChangeSide {
    /// The fingerprint of the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub fingerprint: Option<String>,
    /// The last moment at which the credential is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
}

/// Another TenantCredential with the same credential, or with a newer one of the same identity.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct OtherHolder {
    /// The name of the other TenantCredential. Absent for an object in another namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub name: Option<String>,
    /// The name of the other object's tenant, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub tenant: Option<String>,
    /// The words that stand for an object in another namespace, which the status never names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::REASON))]
    pub elsewhere: Option<String>,
}

/// A problem that needs attention.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The type of the condition that reports the problem.
    #[serde(rename = "type")]
    #[schemars(length(max = limits::REASON))]
    pub type_: String,
    /// The reason in one word, the same as in the Event.
    #[schemars(length(max = limits::REASON))]
    pub reason: String,
    /// The severity of the problem.
    pub severity: Severity,
    /// The time at which the operator first found the problem.
    pub since: DateTime<Utc>,
    /// The problem and its dates.
    #[serde(default)]
    #[schemars(length(max = limits::TEXT))]
    pub message: String,
    /// The services that stop, and the services that continue to work.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT))]
    pub impact: String,
    /// The action to take.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT))]
    pub remedy: String,
    /// The URL of the runbook, from `spec.owner`.
    #[serde(default, rename = "runbookURL", skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub runbook_url: Option<String>,
}

/// The last announcement for one condition or finding.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Announced {
    /// The type of a condition, or one of the other names InvalidObject, IssuerExpiry, KeyUnreadable and
    /// SeveralCertificates. For a tenant also MissingCredential.
    #[serde(rename = "type")]
    #[schemars(length(max = limits::REASON))]
    pub type_: String,
    /// The reason of the Event.
    #[schemars(length(max = limits::REASON))]
    pub reason: String,
    /// Identifies the announced credential: its fingerprint, or a date if the announcement is about a date. For a
    /// tenant: the missing types. If the value changes, the finding is announced again.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub fingerprint: String,
    /// The number of announcements for this condition.
    pub episode: i64,
    /// The number of reminders of this announcement.
    pub reminder: i64,
    /// The time at which the announcement, or its last reminder, was due.
    pub time: DateTime<Utc>,
}
