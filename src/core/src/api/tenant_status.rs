//! The status of an MDMTenant: a summary of the statuses of its TenantCredentials.
//!
//! No value in the status changes with time alone. The status changes only if the statuses of the TenantCredentials
//! change.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::{Condition, ConditionType};
use super::pending_events::EventRecords;
use super::status::{Announced, EventBudget, PendingEvent};
use super::stored::{INVALID_OBJECT, KeyedLists, Stored};
use super::{CredentialType, Severity, limits};

/// The last findings among the credentials of the tenant.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct MDMTenantStatus {
    /// The generation of the object for which this status was determined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The highest severity among all credentials of the tenant. At least Warning if a required credential is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The problems that need attention, worst first, in one line each. `notifications` contains the details. `kubectl
    /// describe` sorts fields by name, so this summary comes first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES), inner(length(max = limits::TEXT)))]
    pub agenda: Vec<String>,
    /// The time since which the condition Healthy has had its current reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_since: Option<DateTime<Utc>>,
    /// The number of the tenant's TenantCredentials, in total and by state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<CredentialCounts>,
    /// The credential that expires next, among the credentials that have not expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_deadline: Option<NextDeadline>,
    /// The problems that need attention, worst first. Credentials of one type with the same problem share an entry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    pub notifications: Vec<TenantNotification>,
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
    /// The conditions Ready and Healthy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// The number of the tenant's TenantCredentials, in total and by state.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialCounts {
    /// The number of all credentials.
    pub total: i64,
    /// The number of credentials in each state, worst state first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["state"]))]
    pub states: Vec<StateCount>,
    /// The types in `spec.requiredCredentials` for which the tenant has no credential.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = CredentialType::ALL.len()))]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub missing: Vec<CredentialType>,
}

/// The number of credentials in one state.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct StateCount {
    /// The state, as in the column STATE of the credentials: Valid, Expiring, Expired, Unreadable, Pending, …
    #[schemars(length(min = 1, max = limits::REASON))]
    pub state: String,
    /// The number of credentials.
    pub count: i64,
}

/// The expiry date of a credential, with the name and type of the credential.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct NextDeadline {
    /// The last moment at which the credential is valid.
    pub time: DateTime<Utc>,
    /// The name of the TenantCredential.
    #[schemars(length(max = limits::KEY))]
    pub name: String,
    /// The type of the credential.
    #[serde(rename = "type")]
    pub type_: CredentialType,
}

/// A problem that needs attention, for one or more credentials of one type.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TenantNotification {
    /// The type of the credentials. Absent for MissingCredential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_type: Option<CredentialType>,
    /// The type of the condition of the credentials that reports the problem.
    #[serde(rename = "type")]
    #[schemars(length(max = limits::REASON))]
    pub type_: String,
    /// The reason in one word.
    #[schemars(length(max = limits::REASON))]
    pub reason: String,
    /// The severity of the problem.
    pub severity: Severity,
    /// The time at which the operator first found the problem for any credential of this type.
    pub since: DateTime<Utc>,
    /// The expiry date of the credential that is named first, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime<Utc>>,
    /// The problem and its dates, in the words of the credential that is named first.
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
    /// The URL of the runbook, from the owner of the credential that is named first or of the tenant.
    #[serde(default, rename = "runbookURL", skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub runbook_url: Option<String>,
    /// The person or team to contact, from the owner of the credential that is named first or of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::LABEL))]
    pub contact: Option<String>,
    /// The names of the TenantCredentials, in the order of their expiry dates. At most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::NAMES), inner(length(max = limits::KEY)))]
    pub names: Vec<String>,
    /// The number of TenantCredentials that `names` leaves out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<i64>,
}

/// The type of the entry of `announced` for missing required credentials.
pub const MISSING: &str = "MissingCredential";

impl Stored for MDMTenantStatus {
    const FIELDS: &'static [&'static str] = &[
        "observedGeneration",
        "severity",
        "agenda",
        "stateSince",
        "credentials",
        "nextDeadline",
        "notifications",
        "announced",
        "pendingEvents",
        "eventBudget",
        "conditions",
    ];

    fn is_known(type_: &str) -> bool {
        [MISSING, INVALID_OBJECT].contains(&type_)
            || [ConditionType::Ready, ConditionType::Healthy].iter().any(|known| known.as_str() == type_)
    }

    fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    fn keyed_lists(&mut self) -> KeyedLists<'_> {
        let Self { conditions, announced, pending_events, event_budget, .. } = self;
        KeyedLists { conditions, announced, pending_events, event_budget }
    }

    fn events(&self) -> EventRecords<'_> {
        EventRecords { announced: &self.announced, pending: &self.pending_events, budget: self.event_budget.as_ref() }
    }
}
