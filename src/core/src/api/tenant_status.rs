//! The MDMTenant's status: all that is said of its credentials, on one page.
//!
//! Nothing in it changes by itself: it follows the status of the tenant's TenantCredentials.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::{Condition, ConditionType};
use super::pending_events::EventRecords;
use super::status::{Announced, EventBudget, PendingEvent};
use super::stored::{INVALID_OBJECT, KeyedLists, Stored};
use super::{CredentialType, Severity, limits};

/// What the operator last found among the tenant's credentials, and said of it.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct MDMTenantStatus {
    /// The generation of the object that this status was made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The worst of all its credentials; at least Warning where a required one is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What needs attention and when, worst first, in one line each: what stands in `notifications` with all that belongs
    /// to it. Of all fields it comes first in the order of names, in which `kubectl describe` prints them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES), inner(length(max = limits::TEXT)))]
    pub agenda: Vec<String>,
    /// Since when the condition Healthy has had its reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_since: Option<DateTime<Utc>>,
    /// Its TenantCredentials, counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<CredentialCounts>,
    /// The credential that expires next, of those that have not expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_deadline: Option<NextDeadline>,
    /// What needs attention, worst first: one entry for all credentials of one type of which the same is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    pub notifications: Vec<TenantNotification>,
    /// What Events have been sent for, so that none is sent twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub announced: Vec<Announced>,
    /// Events that are about to be sent or that the budget of Events holds back. An entry is written before its Event is
    /// sent and moves to `announced` afterwards, so that a crash in between neither loses nor repeats the Event.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub pending_events: Vec<PendingEvent>,
    /// How many Events this object may still send, and how many were held back. Absent before the first Event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_budget: Option<EventBudget>,
    /// The state: Ready, and Healthy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// The tenant's credentials, counted.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialCounts {
    /// All of them.
    pub total: i64,
    /// By state, worst first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["state"]))]
    pub states: Vec<StateCount>,
    /// The types of `spec.requiredCredentials` of which there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = CredentialType::ALL.len()))]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub missing: Vec<CredentialType>,
}

/// How many credentials are in one state.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct StateCount {
    /// The state, as their column STATE shows it: Valid, Expiring, Expired, Unreadable, Pending, …
    #[schemars(length(min = 1, max = limits::REASON))]
    pub state: String,
    /// How many.
    pub count: i64,
}

/// A deadline, and whose it is.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct NextDeadline {
    /// The last moment at which the credential is valid.
    pub time: DateTime<Utc>,
    /// The TenantCredential.
    #[schemars(length(max = limits::KEY))]
    pub name: String,
    /// What kind of credential it is.
    #[serde(rename = "type")]
    pub type_: CredentialType,
}

/// Something that needs attention, of one or more credentials of one type.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TenantNotification {
    /// The type of the credentials; none for MissingCredential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_type: Option<CredentialType>,
    /// The condition of the credentials that it stands beside.
    #[serde(rename = "type")]
    #[schemars(length(max = limits::REASON))]
    pub type_: String,
    /// What it is, in one word.
    #[schemars(length(max = limits::REASON))]
    pub reason: String,
    /// How much it matters.
    pub severity: Severity,
    /// Since when the operator has seen it of any credential of the type.
    pub since: DateTime<Utc>,
    /// When the first of the credentials expires or expired, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime<Utc>>,
    /// What, and when, in the words of the credential that is named first.
    #[serde(default)]
    #[schemars(length(max = limits::TEXT))]
    pub message: String,
    /// What stops, and what goes on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT))]
    pub impact: String,
    /// How to act.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT))]
    pub remedy: String,
    /// Where the steps are written down, from the owner of the credential that is named first, or of the tenant.
    #[serde(default, rename = "runbookURL", skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub runbook_url: Option<String>,
    /// Whom to ask, from the owner of the credential that is named first, or of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::LABEL))]
    pub contact: Option<String>,
    /// The TenantCredentials, by deadline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::NAMES), inner(length(max = limits::KEY)))]
    pub names: Vec<String>,
    /// How many more there are than `names` has room for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<i64>,
}

/// The entry of `announced` for required credentials that are missing.
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
