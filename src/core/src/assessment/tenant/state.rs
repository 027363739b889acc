//! Derives the state of a tenant from its credentials, counts the credentials and finds the next deadline.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{TenantInput, TenantMember};
use crate::api::conditions::{ConditionStatus, ConditionType, Verdict};
use crate::api::tenant_status::{CredentialCounts, MISSING, NextDeadline, StateCount, TenantNotification};
use crate::api::{CredentialType, MDMTenantSpec, Severity, limits};
use crate::assessment::health;
use crate::messages::tenant as words;

/// The state of a tenant without problems.
pub(super) const VALID: &str = "Valid";
/// The state if a credential was not assessed yet.
pub(super) const PENDING: &str = "Pending";
/// The state if a credential can't be read or its spec is not valid.
pub(super) const UNREADABLE: &str = "Unreadable";
/// The state of a tenant without credentials.
pub(super) const NO_CREDENTIALS: &str = "NoCredentials";

/// The state of a tenant.
pub(super) struct TenantState<'a> {
    /// The status of the condition Healthy.
    pub status: ConditionStatus,
    /// The reason of the condition Healthy: the state of the worst credential, `MissingCredential` or `NoCredentials`.
    pub reason: &'a str,
    /// The state of the worst credential, even if `reason` is MissingCredential. None without credentials.
    pub of_members: Option<&'a str>,
    /// The worst credential. None without credentials.
    worst: Option<&'a TenantMember<'a>>,
}

impl<'a> TenantState<'a> {
    /// Determines the state from the credentials and the missing types. The worst credential is found by the status of
    /// Healthy, then by severity, then by the order of the states. So the tenant is healthy only if each credential is.
    pub(super) fn from_members(members: &'a [TenantMember<'a>], missing: &[CredentialType]) -> Self {
        let key =
            |member: &TenantMember<'_>| (gate(member.healthy), Reverse(member.severity), health::place(member.state));
        let worst = members.iter().min_by_key(|member| (key(member), member.name));
        let of_members = worst.map(|worst| worst.state);
        // A missing credential ranks like a credential with the severity Warning that is not valid yet, and comes first
        // if both exist.
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

    /// Returns the notification about the problem that determines the state. None if there is no such notification.
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

    /// Returns the verdict for the condition Healthy.
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

/// Returns a sort key for the status of Healthy, worst first: False, then Unknown, then True.
fn gate(status: ConditionStatus) -> u8 {
    match status {
        ConditionStatus::False => 0,
        ConditionStatus::Unknown => 1,
        ConditionStatus::True => 2,
    }
}

/// Returns the verdict for the condition Ready.
pub(super) fn ready(total: usize) -> Verdict {
    Verdict {
        type_: ConditionType::Ready,
        status: ConditionStatus::True,
        reason: "Assessed".into(),
        message: words::assessed(total),
    }
}

/// Returns the required types of which the tenant has no credential, in the order of the API documentation.
pub(super) fn missing(spec: &MDMTenantSpec, members: &[TenantMember<'_>]) -> Vec<CredentialType> {
    let required = spec.required_credentials.as_deref().unwrap_or_default();
    let is_missing = |type_: &CredentialType| required.contains(type_) && !members.iter().any(|m| m.type_ == *type_);
    CredentialType::ALL.into_iter().filter(is_missing).collect()
}

/// Counts the credentials by state.
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

/// Returns the credential that expires next. Expired credentials are left out, because the notifications contain them.
pub(super) fn next_deadline(members: &[TenantMember<'_>]) -> Option<NextDeadline> {
    let dated = members.iter().filter(|member| !member.expired).filter_map(|member| Some((member.not_after?, member)));
    let (time, member) = dated.min_by_key(|(time, member)| (*time, member.name))?;
    Some(NextDeadline { time, name: member.name.to_owned(), type_: member.type_ })
}
