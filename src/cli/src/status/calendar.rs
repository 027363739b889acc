//! The deadlines as a calendar (RFC 5545) that Google's, Microsoft's and Apple's programs import: one event for each
//! credential with a date, which stays the same event when the credential is renewed, with an alarm for each warning stage.

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

/// How long what is shown of a deadline lasts: an event without an end is drawn differently by each program.
const LENGTH: TimeDelta = TimeDelta::minutes(30);
/// The beginning of 2020, in seconds since 1970.
const YEAR_2020: i64 = 1_577_836_800;
/// Characters of a title.
const TITLE: usize = 200;
/// Characters of a description, of which some programs take no more.
const DESCRIPTION: usize = 4000;

/// The calendar of what is said at `now`, written at `made`: importers keep the edition that was written last.
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

/// True where it is known that a credential has no expiry.
fn is_endless(row: &StatusRow) -> bool {
    row.credential.status.credential.as_ref().is_some_and(|facts| facts.expiry == Expiry::Never)
}

/// The event of one credential.
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

/// The number of an edition: of two editions of one event, importers keep the one with the greater number (RFC 5545,
/// section 3.8.7.4). Made of the date it would fall where a date is corrected to an earlier one. Seconds since 2020 are an
/// INTEGER of 32 bits until 2088.
fn sequence(made: DateTime<Utc>) -> i32 {
    let since = made.timestamp().saturating_sub(YEAR_2020).max(0);
    i32::try_from(since).unwrap_or(i32::MAX)
}

/// The object's own, which nothing but its deletion changes; two contexts may lead to objects that were restored from one
/// backup, and have different ones all the same.
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
