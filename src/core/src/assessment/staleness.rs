//! Detects stale statuses: compares a stored status with the status that the same facts give at present.
//!
//! The comparison covers verdicts, severities and, for a tenant, the number of credentials. Messages are not compared,
//! because they differ between versions and permissions. A condition that only one of the two statuses contains is not
//! a difference.

use chrono::{DateTime, TimeDelta, Utc};

use crate::api::conditions::{Condition, ConditionType};
use crate::api::status::{Notification, Severity};
use crate::api::{MDMTenantStatus, TenantCredentialStatus, limits};
use crate::messages::stored as words;

/// The time for which a difference is not reported: clocks may differ, and an operator needs time to write a status.
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(2);
/// The type of the notifications about a stored status, which belong to no condition.
pub const TYPE: &str = "Stored";
/// The reason if the stored verdict and the present verdict differ.
pub const STALE: &str = "Stale";

/// A verdict in the stored status and the different verdict that the same facts give at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleVerdict {
    /// The verdict in the stored status.
    pub stored: String,
    /// The verdict at present.
    pub now: String,
}

/// Returns the first difference between the stored and the present status of a credential. None if both agree.
pub fn of_credential(stored: &TenantCredentialStatus, now: &TenantCredentialStatus) -> Option<StaleVerdict> {
    conditions(&stored.conditions, &now.conditions).or_else(|| severity(stored.severity, now.severity))
}

/// Returns the first difference between the stored status of a tenant and the status that follows from its credentials.
/// None if both agree.
pub fn of_tenant(stored: &MDMTenantStatus, now: &MDMTenantStatus) -> Option<StaleVerdict> {
    let counted = |status: &MDMTenantStatus| status.credentials.as_ref().map_or(0, |counts| counts.total);
    let counts = || {
        let (before, after) = (counted(stored), counted(now));
        (before != after).then(|| StaleVerdict { stored: credentials(before), now: credentials(after) })
    };
    conditions(&stored.conditions, &now.conditions).or_else(|| severity(stored.severity, now.severity)).or_else(counts)
}

fn credentials(count: i64) -> String {
    format!("{count} credential{}", if count == 1 { "" } else { "s" })
}

/// Returns the first condition that differs. Healthy comes first, because `kubectl get` shows its reason. A condition
/// that an older version does not write is not a difference.
fn conditions(stored: &[Condition], now: &[Condition]) -> Option<StaleVerdict> {
    let differs = |type_: &str| {
        let find = |all: &[Condition]| all.iter().find(|c| c.type_ == type_).cloned();
        let (before, after) = (find(stored)?, find(now)?);
        if (before.status, &before.reason) == (after.status, &after.reason) {
            return None;
        }
        let bare = type_ == ConditionType::Healthy.as_str();
        let word = |c: &Condition| if bare { one_word(&c.reason) } else { format!("{type_} {}", one_word(&c.reason)) };
        Some(StaleVerdict { stored: word(&before), now: word(&after) })
    };
    let healthy = std::iter::once(ConditionType::Healthy);
    healthy.chain(ConditionType::ALL).find_map(|type_| differs(type_.as_str()))
}

/// Replaces characters that a reason can't contain. The text comes from a stored status, in which anyone with write
/// permission may have put any text.
fn one_word(reason: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_,:".contains(c);
    let mut word: String = reason.chars().take(65).map(|c| if is_plain(c) { c } else { '?' }).collect();
    limits::cut(&mut word, 64);
    word
}

fn severity(stored: Option<Severity>, now: Option<Severity>) -> Option<StaleVerdict> {
    let word = |severity: Option<Severity>| format!("severity {}", severity.unwrap_or_default());
    (stored.is_some() && stored != now).then(|| StaleVerdict { stored: word(stored), now: word(now) })
}

/// Returns the notification for a difference. `asked` is true if the user requested an assessment for the time `now`.
pub fn notification(difference: &StaleVerdict, asked: bool, now: DateTime<Utc>) -> Notification {
    let StaleVerdict { stored, now: then } = difference;
    match asked {
        true => {
            let message = words::stale_at(stored, then, now);
            stored_notification(STALE, Severity::Notice, now, &message, "", "")
        }
        false => {
            let message = words::stale(stored, then);
            stored_notification(STALE, Severity::Warning, now, &message, words::STALE_IMPACT, words::STALE_REMEDY)
        }
    }
}

/// Returns the notification for an object whose spec is newer than its status.
pub fn spec_changed(now: DateTime<Utc>) -> Notification {
    stored_notification("SpecChanged", Severity::Notice, now, words::SPEC_CHANGED, "", words::SPEC_CHANGED_REMEDY)
}

/// Returns the notification for an object that no operator has assessed.
pub fn never_looked_at(created: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Notification {
    let is_new = created.is_some_and(|created| now.signed_duration_since(created) < TOLERANCE);
    match is_new {
        true => stored_notification("Waiting", Severity::Notice, now, words::WAITING, "", words::WAITING_REMEDY),
        false => {
            let message = words::never(created);
            stored_notification(
                "NeverAssessed",
                Severity::Warning,
                now,
                &message,
                words::NEVER_IMPACT,
                words::NEVER_REMEDY,
            )
        }
    }
}

fn stored_notification(
    reason: &str,
    severity: Severity,
    now: DateTime<Utc>,
    message: &str,
    impact: &str,
    remedy: &str,
) -> Notification {
    Notification {
        type_: TYPE.to_owned(),
        reason: reason.to_owned(),
        severity,
        since: now,
        message: message.to_owned(),
        impact: impact.to_owned(),
        remedy: remedy.to_owned(),
        runbook_url: None,
    }
}

/// Inserts `notification` into `status` in the order of severity, worst first, and raises the severity of the status.
pub fn add(status: &mut TenantCredentialStatus, notification: Notification) {
    let at = status.notifications.partition_point(|other| other.severity >= notification.severity);
    status.severity = Some(status.severity.unwrap_or_default().max(notification.severity));
    status.notifications.insert(at, notification);
}

/// True if `status` contains the notification that the stored status is stale.
pub fn is_stale(status: &TenantCredentialStatus) -> bool {
    status.notifications.iter().any(|said| said.type_ == TYPE && said.reason == STALE)
}
