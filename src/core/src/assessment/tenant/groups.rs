//! Groups the notifications of credentials: one entry of the tenant status stands for all credentials of one type with
//! the same problem. The entry has the texts of the credential with the earliest deadline.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{TenantInput, TenantMember};
use crate::api::conditions::ConditionType;
use crate::api::reasons::FailureReason;
use crate::api::tenant_status::{MISSING, TenantNotification};
use crate::api::{CredentialType, Severity, limits};
use crate::messages::tenant as words;

/// The credentials of one type with the same condition and reason.
struct NotificationGroup<'a> {
    type_: CredentialType,
    condition: &'a str,
    reason: &'a str,
    severity: Severity,
    /// The credentials, ordered by deadline, then by name.
    members: Vec<&'a TenantMember<'a>>,
}

/// Returns the notifications of a tenant, sorted by severity (worst first), then by deadline.
pub(super) fn notifications(
    input: &TenantInput<'_>,
    missing: &[CredentialType],
    now: DateTime<Utc>,
) -> Vec<TenantNotification> {
    let mut groups = groups(input.members);
    let missing = missing_notification(input, missing, now);
    // A place is kept for the entry about missing credentials, because the time since when they are missing is stored
    // only there.
    groups.truncate(limits::ENTRIES.saturating_sub(usize::from(missing.is_some())));
    let mut all: Vec<TenantNotification> = groups.iter().filter_map(|group| notification(group, input, now)).collect();
    if let Some(missing) = missing {
        let place = all.partition_point(|other| other.severity >= missing.severity);
        all.insert(place, missing);
    }
    all
}

fn groups<'a>(members: &'a [TenantMember<'a>]) -> Vec<NotificationGroup<'a>> {
    let mut groups: BTreeMap<(CredentialType, &str, &str), NotificationGroup<'a>> = BTreeMap::new();
    for member in members {
        let said = member.notifications.iter().map(|n| (n.type_.as_str(), n.reason.as_str(), n.severity));
        let invalid = (ConditionType::Ready.as_str(), FailureReason::InvalidObject.as_str(), Severity::Warning);
        for (condition, reason, severity) in said.chain(member.invalid.then_some(invalid)) {
            let group = groups.entry((member.type_, condition, reason)).or_insert_with(|| NotificationGroup {
                type_: member.type_,
                condition,
                reason,
                severity,
                members: Vec::new(),
            });
            group.severity = group.severity.max(severity);
            if group.members.last().is_none_or(|last| last.name != member.name) {
                group.members.push(member);
            }
        }
    }
    let mut groups: Vec<NotificationGroup<'a>> = groups.into_values().collect();
    for group in &mut groups {
        group.members.sort_by_key(|member| (due(member.not_after), member.name));
    }
    groups.sort_by_key(|group| {
        let deadline = group.members.first().and_then(|first| first.not_after);
        (Reverse(group.severity), due(deadline), group.type_, place(group.condition), group.reason)
    });
    groups
}

/// Returns a sort key that puts an absent deadline last.
fn due(deadline: Option<DateTime<Utc>>) -> (bool, Option<DateTime<Utc>>) {
    (deadline.is_none(), deadline)
}

/// Returns the position of a condition in [`ConditionType::ALL`].
fn place(condition: &str) -> usize {
    ConditionType::ALL.iter().position(|type_| type_.as_str() == condition).unwrap_or(usize::MAX)
}

fn notification(
    group: &NotificationGroup<'_>,
    input: &TenantInput<'_>,
    now: DateTime<Utc>,
) -> Option<TenantNotification> {
    let first = group.members.first()?;
    let more = group.members.len().saturating_sub(1);
    let said = (input.words)(first.name, group.condition, group.reason).filter(|said| !said.message.is_empty());
    let (message, impact, remedy, runbook_url) = match said {
        Some(said) => (said.message, said.impact, said.remedy, said.runbook_url),
        None => {
            let message = words::without_words(group.type_, group.reason, first.not_after);
            (message, String::new(), words::see(first.name), None)
        }
    };
    let owners = [first.owner, input.spec.owner.as_ref()];
    let names: Vec<String> =
        group.members.iter().take(limits::NAMES).map(|member| cut(member.name.to_owned(), limits::KEY)).collect();
    let beyond = group.members.len().saturating_sub(names.len());
    Some(TenantNotification {
        credential_type: Some(group.type_),
        type_: cut(group.condition.to_owned(), limits::REASON),
        reason: cut(group.reason.to_owned(), limits::REASON),
        severity: group.severity,
        since: since(input, Some(group.type_), group.condition, group.reason, now),
        deadline: first.not_after,
        message: cut(words::of_group(first.name, &message, more), limits::TEXT),
        impact: cut(impact, limits::TEXT),
        remedy: cut(words::remedy_of_group(first.name, &remedy, more), limits::TEXT),
        runbook_url: runbook_url.or_else(|| owners.iter().flatten().find_map(|owner| owner.runbook_url.clone())),
        contact: owners.iter().flatten().find_map(|owner| owner.contact.clone()),
        names,
        more: (beyond > 0).then(|| i64::try_from(beyond).unwrap_or(i64::MAX)),
    })
}

fn missing_notification(
    input: &TenantInput<'_>,
    missing: &[CredentialType],
    now: DateTime<Utc>,
) -> Option<TenantNotification> {
    if missing.is_empty() {
        return None;
    }
    let (message, remedy) = words::missing(missing, input.name);
    let before = input.previous.credentials.as_ref().map(|counts| counts.missing.as_slice()).unwrap_or_default();
    let condition = ConditionType::Healthy.as_str();
    // If another type becomes missing, the start time is reset, so that the event delay starts again.
    let since = match missing.iter().all(|type_| before.contains(type_)) {
        true => since(input, None, condition, MISSING, now),
        false => now,
    };
    let owner = input.spec.owner.clone().unwrap_or_default();
    Some(TenantNotification {
        credential_type: None,
        type_: condition.to_owned(),
        reason: MISSING.to_owned(),
        severity: Severity::Warning,
        since,
        deadline: None,
        message: cut(message, limits::TEXT),
        impact: words::MISSING_IMPACT.to_owned(),
        remedy: cut(remedy, limits::TEXT),
        runbook_url: owner.runbook_url,
        contact: owner.contact,
        names: Vec::new(),
        more: None,
    })
}

/// Returns the start time of a notification: the time from the previous status, or `now` for a new notification.
fn since(
    input: &TenantInput<'_>,
    type_: Option<CredentialType>,
    condition: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let before = &input.previous.notifications;
    let same = before.iter().find(|n| n.credential_type == type_ && n.type_ == condition && n.reason == reason);
    // A start time in the future comes from a clock that was ahead. Such a time must not delay the Event.
    same.map_or(now, |n| n.since.min(now))
}

fn cut(mut text: String, max: usize) -> String {
    limits::cut(&mut text, max);
    text
}
