//! The tenant's state in one word, and its credentials counted.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{TenantInput, TenantMember};
use crate::api::conditions::{ConditionStatus, ConditionType, Verdict};
use crate::api::tenant_status::{CredentialCounts, MISSING, NextDeadline, StateCount, TenantNotification};
use crate::api::{CredentialType, MDMTenantSpec, Severity, limits};
use crate::assessment::health;
use crate::messages::tenant as words;

/// What is said where all is well.
pub(super) const VALID: &str = "Valid";
/// What is said where something was not assessed yet.
pub(super) const PENDING: &str = "Pending";
/// What is said where something can't be read, or not be understood.
pub(super) const UNREADABLE: &str = "Unreadable";
/// What is said where there is nothing to assess.
pub(super) const NO_CREDENTIALS: &str = "NoCredentials";

/// The tenant's state.
pub(super) struct TenantState<'a> {
    /// Whether it passes a gate.
    pub status: ConditionStatus,
    /// In one word: the worst credential's state, or that a required one is missing, or that there is none.
    pub reason: &'a str,
    /// The worst credential's state, also where a missing one is worse.
    pub of_members: Option<&'a str>,
    /// The worst credential.
    worst: Option<&'a TenantMember<'a>>,
}

impl<'a> TenantState<'a> {
    /// Of these. What does not pass a gate by itself goes before what does, so that a tenant passes where each of its
    /// credentials would; then the severity decides, then the order of the states.
    pub(super) fn of(members: &'a [TenantMember<'a>], missing: &[CredentialType]) -> Self {
        let key =
            |member: &TenantMember<'_>| (gate(member.healthy), Reverse(member.severity), health::place(member.state));
        let worst = members.iter().min_by_key(|member| (key(member), member.name));
        let of_members = worst.map(|worst| worst.state);
        // Among states that are as bad it goes before one that is not valid yet.
        let absence = (gate(ConditionStatus::False), Reverse(Severity::Warning), health::place("NotYetValid"));
        let (status, reason) = match worst {
            worst if !missing.is_empty() && worst.is_none_or(|worst| key(worst) >= absence) => {
                (ConditionStatus::False, MISSING)
            }
            Some(worst) => (worst.healthy, worst.state),
            None => (ConditionStatus::Unknown, NO_CREDENTIALS),
        };
        Self { status, reason, of_members, worst }
    }

    /// What says more of it.
    pub(super) fn notification<'n>(&self, notifications: &'n [TenantNotification]) -> Option<&'n TenantNotification> {
        let of = |n: &&TenantNotification| match self.reason {
            UNREADABLE => n.type_ == ConditionType::Ready.as_str(),
            MISSING | "ExpiryUnknown" | "IdentityUnknown" | "NotYetValid" | "DatesReversed" | "IssuerExpired" => {
                n.reason == self.reason
            }
            state => n.type_ == state,
        };
        notifications.iter().find(of)
    }

    /// The condition Healthy.
    pub(super) fn healthy(
        &self,
        input: &TenantInput<'_>,
        next: Option<&NextDeadline>,
        of: Option<&TenantNotification>,
    ) -> Verdict {
        let total = input.members.len();
        let message = match (self.reason, of, self.worst) {
            (VALID, ..) => words::well(total, next),
            (PENDING, ..) => {
                let mut names: Vec<&str> =
                    input.members.iter().filter(|m| m.state == PENDING).map(|m| m.name).collect();
                names.sort_unstable();
                words::pending(&names, total)
            }
            (NO_CREDENTIALS, ..) => words::no_credentials(input.name),
            (_, Some(of), _) => of.message.clone(),
            (state, None, worst) => words::worst(worst.map_or("a credential", |worst| worst.name), state),
        };
        Verdict { type_: ConditionType::Healthy, status: self.status, reason: self.reason.to_owned().into(), message }
    }
}

/// What does not hold comes first, then what can't be told.
fn gate(status: ConditionStatus) -> u8 {
    match status {
        ConditionStatus::False => 0,
        ConditionStatus::Unknown => 1,
        ConditionStatus::True => 2,
    }
}

/// The condition Ready.
pub(super) fn ready(total: usize) -> Verdict {
    Verdict {
        type_: ConditionType::Ready,
        status: ConditionStatus::True,
        reason: "Assessed".into(),
        message: words::assessed(total),
    }
}

/// The required types of which there is none, in the order of the API's documentation.
pub(super) fn missing(spec: &MDMTenantSpec, members: &[TenantMember<'_>]) -> Vec<CredentialType> {
    let required = spec.required_credentials.as_deref().unwrap_or_default();
    let is_missing = |type_: &CredentialType| required.contains(type_) && !members.iter().any(|m| m.type_ == *type_);
    CredentialType::ALL.into_iter().filter(is_missing).collect()
}

/// The credentials, counted by state.
pub(super) fn counts(members: &[TenantMember<'_>], missing: Vec<CredentialType>) -> CredentialCounts {
    let mut states: BTreeMap<(usize, &str), i64> = BTreeMap::new();
    for member in members {
        let count = states.entry((health::place(member.state), member.state)).or_default();
        *count = count.saturating_add(1);
    }
    let states = states.into_iter().take(limits::ENTRIES);
    CredentialCounts {
        total: i64::try_from(members.len()).unwrap_or(i64::MAX),
        states: states.map(|((_, state), count)| StateCount { state: state.to_owned(), count }).collect(),
        missing,
    }
}

/// The next to expire. What has expired stands in the notifications.
pub(super) fn next_deadline(members: &[TenantMember<'_>]) -> Option<NextDeadline> {
    let dated = members.iter().filter(|member| !member.expired).filter_map(|member| Some((member.not_after?, member)));
    let (time, member) = dated.min_by_key(|(time, member)| (*time, member.name))?;
    Some(NextDeadline { time, name: member.name.to_owned(), type_: member.type_ })
}
