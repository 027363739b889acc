//! Writes the deadlines as a calendar (RFC 5545) for the calendar programs of Google, Microsoft and Apple.
//!
//! Each credential with an expiry is one event with an alarm for each warning stage. The event keeps its UID when the
//! credential is renewed.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::ics::Ics;
use super::judge::StatusRow;
use crate::report::Origin;
use lapsewatch_core::api::conditions::ConditionType;
use lapsewatch_core::api::status::Expiry;
use lapsewatch_core::api::{Severity, limits};
use lapsewatch_core::assessment::expiry::warning_days;
use lapsewatch_core::messages;
use lapsewatch_core::messages::advice::advice;
use lapsewatch_core::verdict::FindingKind;

/// The length of an event. An expiry is a moment, but calendar programs show an event without a length in different
/// ways.
const LENGTH: TimeDelta = TimeDelta::minutes(30);
/// The start of the year 2020 UTC, in seconds since 1970.
const YEAR_2020: i64 = 1_577_836_800;
/// The maximum length of a title, in characters.
const TITLE: usize = 200;
/// The maximum length of a description, in characters. Some calendar programs accept no more.
const DESCRIPTION: usize = 4000;

/// Returns the calendar of the credentials. `now` is the time of the assessment, and `made` is the time of writing. A
/// calendar program that gets an event twice keeps the version with the later time of writing.
pub fn calendar(rows: &[StatusRow], now: DateTime<Utc>, made: DateTime<Utc>) -> String {
    let mut ics = Ics::default();
    ics.component("VCALENDAR", |ics| {
        ics.raw("VERSION", "2.0");
        ics.text("PRODID", "-//lapsewatch//renewals//EN");
        ics.raw("CALSCALE", "GREGORIAN");
        ics.raw("METHOD", "PUBLISH");
        ics.text("X-WR-CALNAME", "MDM renewals");
        ics.raw("X-WR-TIMEZONE", "UTC");
        let undated = rows.iter().filter(|row| not_after(row).is_none() && !is_endless(row)).count();
        if undated > 0 {
            ics.text("X-WR-CALDESC", &messages::undated(undated));
        }
        for row in rows {
            if let Some(not_after) = not_after(row) {
                ics.component("VEVENT", |ics| event(ics, row, not_after, now, made));
            }
        }
    });
    ics.finish()
}

fn not_after(row: &StatusRow) -> Option<DateTime<Utc>> {
    row.credential.status.credential.as_ref()?.not_after
}

/// True if the credential is known to have no expiry.
fn is_endless(row: &StatusRow) -> bool {
    row.credential.status.credential.as_ref().is_some_and(|facts| facts.expiry == Expiry::Never)
}

/// Writes the event of one credential.
fn event(ics: &mut Ics, row: &StatusRow, not_after: DateTime<Utc>, now: DateTime<Utc>, made: DateTime<Utc>) {
    let StatusRow { credential, uid } = row;
    let (spec, status) = (&credential.spec, &credential.status);
    let of = spec.tenant_ref.as_ref().map(|tenant| format!(" of tenant {}", tenant.name)).unwrap_or_default();
    let name = format!("{} ({}{of})", credential.key.name, spec.type_.words());
    let verb = if not_after < now { "expired" } else { "expires" };
    ics.text("UID", &format!("{}@lapsewatch.dev", self::uid(row, uid)));
    ics.time("DTSTAMP", made);
    ics.time("DTSTART", not_after);
    ics.time("DTEND", not_after.checked_add_signed(LENGTH).unwrap_or(not_after));
    ics.raw("SEQUENCE", &sequence(made).to_string());
    ics.text("SUMMARY", &cut(format!("{name} {verb}"), TITLE));
    ics.text("DESCRIPTION", &cut(description(row, not_after), DESCRIPTION));
    let location = match &credential.origin {
        Origin::Cluster(Some(context)) => format!("context {context}, namespace {}", credential.key.namespace),
        _ => format!("namespace {}", credential.key.namespace),
    };
    ics.text("LOCATION", &cut(location, TITLE));
    ics.raw("TRANSP", "TRANSPARENT");
    ics.raw("CATEGORIES", "lapsewatch");
    let priority = match status.severity.unwrap_or_default() {
        Severity::Critical => "1",
        Severity::Warning => "4",
        Severity::Notice => "6",
        Severity::None => "9",
    };
    ics.raw("PRIORITY", priority);
    for days in warning_days(spec).iter() {
        ics.component("VALARM", |ics| {
            ics.raw("ACTION", "DISPLAY");
            ics.before("TRIGGER", TimeDelta::days(i64::from(*days)));
            let plural = if *days == 1 { "" } else { "s" };
            ics.text("DESCRIPTION", &cut(format!("{name} expires in {days} day{plural}"), TITLE));
        });
    }
}

/// Returns the revision number of an event, in seconds since 2020.
///
/// A calendar program keeps the revision with the greatest number (RFC 5545, section 3.8.7.4). The time of writing
/// always increases. The expiry would not, because it may be corrected to an earlier date. The seconds are counted from
/// 2020, because an INTEGER has 32 bits (section 3.3.8). They suffice until 2088.
fn sequence(made: DateTime<Utc>) -> i32 {
    let since = made.timestamp().saturating_sub(YEAR_2020).max(0);
    i32::try_from(since).unwrap_or(i32::MAX)
}

/// Returns the UID of the Kubernetes object, which stays the same until the object is deleted. Objects of the same name
/// in two clusters have different UIDs, so their events stay separate. Without a usable UID, a hash of namespace and
/// name is returned.
fn uid(row: &StatusRow, uid: &str) -> String {
    if !uid.is_empty() && uid.len() <= 64 && uid.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return uid.to_owned();
    }
    let key = &row.credential.key;
    let hash = Sha256::new().chain_update(&*key.namespace).chain_update([0]).chain_update(&*key.name).finalize();
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn description(row: &StatusRow, not_after: DateTime<Utc>) -> String {
    let credential = &row.credential;
    let mut lines = vec![format!("{} {} at {}", credential.spec.type_, credential.key, messages::at(not_after))];
    for said in &credential.status.notifications {
        lines.push(format!("{} {}: {}", said.severity, said.reason, said.message));
        lines.extend((!said.impact.is_empty()).then(|| said.impact.clone()));
        lines.extend((!said.remedy.is_empty()).then(|| format!("To do: {}", said.remedy)));
    }
    let status = &credential.status;
    let is_said = |type_: ConditionType| status.notifications.iter().any(|said| said.type_ == type_.as_str());
    if !is_said(ConditionType::Expiring) && !is_said(ConditionType::Expired) {
        let advice = advice(FindingKind::Expiring, &credential.spec, status.credential.as_ref());
        lines.push(format!("To do before then: {}", advice.remedy));
    }
    if let Some(owner) = &credential.spec.owner {
        let parts = [("Account", &owner.account), ("Contact", &owner.contact), ("Runbook", &owner.runbook_url)];
        lines.extend(parts.iter().filter_map(|(label, value)| Some(format!("{label}: {}", value.as_deref()?))));
    }
    lines.join("\n")
}

fn cut(mut text: String, most: usize) -> String {
    limits::cut(&mut text, most);
    text
}
