//! Staleness: where a status as it is stored says something else than the same facts say now.
//!
//! Only what matters is compared: which verdict, and how bad. Texts may differ by who is looking, and what a newer version
//! adds is no difference.

use chrono::{DateTime, TimeDelta, Utc};

use crate::api::conditions::{Condition, ConditionType};
use crate::api::status::{Notification, Severity};
use crate::api::{MDMTenantStatus, TenantCredentialStatus, limits};
use crate::messages::stored as words;

/// How far two clocks may differ, and how long an operator may take, before that is worth a word.
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(2);
/// The type of these notifications, which stand beside no condition.
pub const TYPE: &str = "Stored";
/// The reason where stored and true verdicts differ.
pub const STALE: &str = "Stale";

/// A verdict that is stored, and the one that is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleVerdict {
    /// As it is stored.
    pub stored: String,
    /// As it is.
    pub now: String,
}

/// Where what is stored of a credential differs from what is true.
pub fn of_credential(stored: &TenantCredentialStatus, now: &TenantCredentialStatus) -> Option<StaleVerdict> {
    conditions(&stored.conditions, &now.conditions).or_else(|| severity(stored.severity, now.severity))
}

/// Where what is stored of a tenant differs from what its credentials' statuses say.
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

/// The state goes first, which is the column that everyone knows. A condition that an older version does not write is no
/// difference.
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

/// Whoever may write a status may write anything into it.
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

/// What is said of a difference. `asked`: whether the time is one that was asked for, and not the clock's.
pub fn notification(difference: &StaleVerdict, asked: bool, now: DateTime<Utc>) -> Notification {
    let StaleVerdict { stored, now: then } = difference;
    match asked {
        true => {
            let message = words::stale_at(stored, then, now);
            said(STALE, Severity::Notice, now, &message, "", "")
        }
        false => {
            let message = words::stale(stored, then);
            said(STALE, Severity::Warning, now, &message, words::STALE_IMPACT, words::STALE_REMEDY)
        }
    }
}

/// What is said of an object whose spec is newer than what is said of it.
pub fn spec_changed(now: DateTime<Utc>) -> Notification {
    said("SpecChanged", Severity::Notice, now, words::SPEC_CHANGED, "", words::SPEC_CHANGED_REMEDY)
}

/// What is said of an object that no operator has looked at.
pub fn never_looked_at(created: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Notification {
    let is_new = created.is_some_and(|created| now.signed_duration_since(created) < TOLERANCE);
    match is_new {
        true => said("Waiting", Severity::Notice, now, words::WAITING, "", words::WAITING_REMEDY),
        false => {
            let message = words::never(created);
            said("NeverAssessed", Severity::Warning, now, &message, words::NEVER_IMPACT, words::NEVER_REMEDY)
        }
    }
}

fn said(
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

/// Adds to what is said of a credential, in its place: worst first.
pub fn add(status: &mut TenantCredentialStatus, notification: Notification) {
    let at = status.notifications.partition_point(|other| other.severity >= notification.severity);
    status.severity = Some(status.severity.unwrap_or_default().max(notification.severity));
    status.notifications.insert(at, notification);
}

/// Whether it was said that the stored status is behind.
pub fn is_stale(status: &TenantCredentialStatus) -> bool {
    status.notifications.iter().any(|said| said.type_ == TYPE && said.reason == STALE)
}
