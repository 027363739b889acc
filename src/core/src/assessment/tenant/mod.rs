//! Assesses a tenant: derives the tenant status from the statuses of its credentials, and the Events of the tenant.
//!
//! The module is pure, like the rest of the assessment. The operator keeps the statuses of credentials in memory
//! without their texts. Therefore the texts are requested, once for each group of credentials with the same problem.

mod groups;
mod inherit;
mod notices;
mod state;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::notices::{Notice, PlannedNotices};
use super::{delivery, record, whole_second};
use crate::api::conditions::{self, ConditionStatus, ConditionType};
use crate::api::credential::Owner;
use crate::api::reasons::FailureReason;
use crate::api::status::{Notification, PendingEvent};
use crate::api::stored::Stored;
use crate::api::{
    CredentialType, MDMTenantSpec, MDMTenantStatus, Severity, TenantCredentialSpec, TenantCredentialStatus,
};
pub use inherit::{inherit, inherit_unseen, side};
use notices::TenantNoticePlanner;
use state::TenantState;

use crate::messages::tenant as words;

/// A credential of the tenant, reduced to the fields that the tenant status depends on.
#[derive(Clone, Debug)]
pub struct TenantMember<'a> {
    /// The name of the TenantCredential.
    pub name: &'a str,
    /// The type of the credential.
    pub type_: CredentialType,
    /// The state: the reason of the condition Healthy.
    pub state: &'a str,
    /// The status of the condition Healthy.
    pub healthy: ConditionStatus,
    /// The highest severity among the problems of the credential.
    pub severity: Severity,
    /// The last moment of validity. None if unknown, or if the credential does not expire.
    pub not_after: Option<DateTime<Utc>>,
    /// True if the credential has expired.
    pub expired: bool,
    /// True if the spec is invalid but `notifications` does not report that yet. The other fields then still describe
    /// the last valid spec.
    pub invalid: bool,
    /// The owner, who renews the credential.
    pub owner: Option<&'a Owner>,
    /// The notifications of the credential. Their texts may be empty, because `TenantInput::words` returns the texts.
    pub notifications: &'a [Notification],
}

impl<'a> TenantMember<'a> {
    /// Creates the member from the spec and the status of a credential.
    pub fn from_status(name: &'a str, spec: &'a TenantCredentialSpec, status: &'a TenantCredentialStatus) -> Self {
        let condition = |type_: ConditionType| status.conditions.iter().find(|c| c.type_ == type_.as_str());
        let ready = condition(ConditionType::Ready);
        let is_said = status.notifications.iter().any(|n| n.type_ == ConditionType::Ready.as_str());
        let invalid = !is_said && ready.is_some_and(|ready| ready.reason == FailureReason::InvalidObject.as_str());
        let healthy = condition(ConditionType::Healthy).filter(|_| !invalid);
        let (state, otherwise) = match invalid {
            true => (state::UNREADABLE, ConditionStatus::False),
            false => (state::PENDING, ConditionStatus::Unknown),
        };
        let severity = status.severity.unwrap_or_default();
        Self {
            name,
            type_: spec.type_,
            state: healthy.map_or(state, |healthy| healthy.reason.as_str()),
            healthy: healthy.map_or(otherwise, |healthy| healthy.status),
            severity: if invalid { severity.max(Severity::Warning) } else { severity },
            invalid,
            not_after: status.credential.as_ref().and_then(|credential| credential.not_after),
            expired: condition(ConditionType::Expired).is_some_and(|expired| expired.status == ConditionStatus::True),
            owner: spec.owner.as_ref(),
            notifications: &status.notifications,
        }
    }
}

/// A function that returns a notification of a credential with its texts. The arguments are the name of the credential,
/// the condition and the reason. None if the notification is about to change.
pub type TellWords<'a> = &'a dyn Fn(&str, &str, &str) -> Option<Notification>;

/// The input for the assessment of a tenant.
pub struct TenantInput<'a> {
    /// The name of the tenant.
    pub name: &'a str,
    /// The generation of the MDMTenant.
    pub generation: i64,
    /// The spec of the MDMTenant.
    pub spec: &'a MDMTenantSpec,
    /// The tenant status from before the assessment. Its texts may be empty, because they are not used.
    pub previous: &'a MDMTenantStatus,
    /// The credentials of the tenant, in any order.
    pub members: &'a [TenantMember<'a>],
    /// Returns the notifications of the credentials with their texts.
    pub words: TellWords<'a>,
    /// The time of the assessment.
    pub now: DateTime<Utc>,
    /// The event delay: a state must last this long before its Event is sent.
    pub settle: TimeDelta,
}

/// The result of assessing a tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct TenantAssessment {
    /// The status to write before the Events are sent. Each Event has an entry in `pendingEvents`.
    pub status: MDMTenantStatus,
    /// The Events to send now.
    pub notices: Vec<Notice>,
    /// Entries of `pendingEvents` that are no longer due. Only a request to the API server shows if their Events were
    /// sent.
    pub doubtful: Vec<PendingEvent>,
    /// The time of the next assessment, unless an object changes earlier. None if time alone changes nothing.
    pub next: Option<DateTime<Utc>>,
}

/// Assesses one tenant.
pub fn assess(input: &TenantInput<'_>) -> TenantAssessment {
    let TenantInput { generation, previous, members, .. } = *input;
    // All times in the status are whole seconds.
    let now = input.now.trunc_subsecs(0);
    let missing = state::missing(input.spec, members);
    let notifications = groups::notifications(input, &missing, now);
    let next_deadline = state::next_deadline(members);
    let state = TenantState::from_members(members, &missing);
    let of_state = state.notification(&notifications);
    let healthy = state.healthy(input, next_deadline.as_ref(), of_state);
    let since = since(previous, state.reason, now);

    let worst = members.iter().map(|member| member.severity);
    let severity = worst.chain((!missing.is_empty()).then_some(Severity::Warning)).max().unwrap_or_default();
    let PlannedNotices { notices, silent, next } = TenantNoticePlanner {
        announced: &previous.announced,
        state: &state,
        since,
        message: &healthy.message,
        total: members.len(),
        of_state,
        severity: of_state.map_or(severity, |of| of.severity),
        missing: &missing,
        of_missing: notifications.iter().find(|n| n.credential_type.is_none()),
        now,
        settle: input.settle,
    }
    .plan();
    let delivery = delivery::plan(notices, &previous.events(), now);
    let mut announced = previous.announced.clone();
    for entry in silent {
        record(&mut announced, entry);
    }
    let verdicts = vec![state::ready(members.len()), healthy];
    let status = MDMTenantStatus {
        observed_generation: Some(generation),
        severity: Some(severity),
        agenda: notifications.iter().map(words::agenda).collect(),
        state_since: Some(since),
        credentials: Some(state::counts(members, missing)),
        next_deadline,
        announced,
        pending_events: delivery.pending,
        event_budget: delivery.budget,
        conditions: conditions::publish(&previous.conditions, verdicts, now, generation),
        notifications,
    };
    let next = next.into_iter().chain(delivery.next).min().map(whole_second);
    TenantAssessment { status, notices: delivery.notices, doubtful: delivery.doubtful, next }
}

/// Returns the time since which the condition Healthy has had `reason`.
fn since(previous: &MDMTenantStatus, reason: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    let healthy = previous.conditions.iter().find(|c| c.type_ == ConditionType::Healthy.as_str());
    let same = healthy.is_some_and(|healthy| healthy.reason == reason);
    // A start time in the future comes from a clock that was ahead. Such a time must not delay the Event.
    previous.state_since.filter(|_| same).map_or(now, |since| since.min(now))
}
