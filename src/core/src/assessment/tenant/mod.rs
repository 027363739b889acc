//! The tenant's page: what its credentials' statuses say, put together; and its own Events.
//!
//! Pure, as the rest of the assessment. Texts are asked for, one for each group: those who keep a thousand statuses in
//! memory keep no texts.

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

/// A credential of the tenant: of its status what the page is made from.
#[derive(Clone, Debug)]
pub struct TenantMember<'a> {
    /// Its name.
    pub name: &'a str,
    /// What kind of credential it is.
    pub type_: CredentialType,
    /// Its state in one word: the reason of its condition Healthy.
    pub state: &'a str,
    /// Whether that passes a gate.
    pub healthy: ConditionStatus,
    /// How bad it is.
    pub severity: Severity,
    /// When it expires.
    pub not_after: Option<DateTime<Utc>>,
    /// Whether that is past.
    pub expired: bool,
    /// Whether its spec can't be understood: what was said of it before stands there beside that.
    pub invalid: bool,
    /// Who renews it.
    pub owner: Option<&'a Owner>,
    /// What needs attention; its texts are not looked at.
    pub notifications: &'a [Notification],
}

impl<'a> TenantMember<'a> {
    /// Of a credential's spec and status.
    pub fn of(name: &'a str, spec: &'a TenantCredentialSpec, status: &'a TenantCredentialStatus) -> Self {
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

/// Gives the notification of a credential with its texts, by the credential's name, the condition and the reason. None
/// where that is about to change.
pub type TellWords<'a> = &'a dyn Fn(&str, &str, &str) -> Option<Notification>;

/// All that the page is made from.
pub struct TenantInput<'a> {
    /// The tenant's name.
    pub name: &'a str,
    /// Its generation.
    pub generation: i64,
    /// What the user declares.
    pub spec: &'a MDMTenantSpec,
    /// What was said before; texts are not looked at.
    pub previous: &'a MDMTenantStatus,
    /// Its credentials, in any order.
    pub members: &'a [TenantMember<'a>],
    /// The credentials' own words.
    pub words: TellWords<'a>,
    /// The time.
    pub now: DateTime<Utc>,
    /// How long a state must last before its Event is sent.
    pub settle: TimeDelta,
}

/// What is to be said of a tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct TenantAssessment {
    /// The status before the Events are sent: each has an entry in `pendingEvents`.
    pub status: MDMTenantStatus,
    /// The Events to send now.
    pub notices: Vec<Notice>,
    /// Entries of `pendingEvents` of which only the API server knows whether their Events were sent.
    pub doubtful: Vec<PendingEvent>,
    /// When time alone changes something.
    pub next: Option<DateTime<Utc>>,
}

/// Makes the page of one tenant.
pub fn assess(input: &TenantInput<'_>) -> TenantAssessment {
    let TenantInput { generation, previous, members, .. } = *input;
    // The API keeps whole seconds.
    let now = input.now.trunc_subsecs(0);
    let missing = state::missing(input.spec, members);
    let notifications = groups::notifications(input, &missing, now);
    let next_deadline = state::next_deadline(members);
    let state = TenantState::of(members, &missing);
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
    .due();
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

/// Since when Healthy has had this reason.
fn since(previous: &MDMTenantStatus, reason: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    let healthy = previous.conditions.iter().find(|c| c.type_ == ConditionType::Healthy.as_str());
    let same = healthy.is_some_and(|healthy| healthy.reason == reason);
    // A clock that was ahead when it began must not delay its Event until it is that late again.
    previous.state_since.filter(|_| same).map_or(now, |since| since.min(now))
}
