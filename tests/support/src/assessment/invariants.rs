//! Properties that every assessment must have.

use chrono::{DateTime, Utc};
use lapsewatch_core::api::limits::NOTE_BYTES;
use lapsewatch_core::api::status::Announced;
use lapsewatch_core::api::stored;
use lapsewatch_core::api::{TenantCredentialStatus, limits};
use lapsewatch_core::assessment::Assessment;
use lapsewatch_core::assessment::delivery::settle;
use serde_json::Value;

/// The types of the conditions that are always present.
pub const TYPES: [&str; 8] =
    ["Ready", "Healthy", "Expiring", "Expired", "Duplicate", "IdentityChanged", "KeyMismatch", "Regressed"];

/// Words that would become wrong with time.
const RELATIVE: [&str; 8] =
    ["days left", "days ago", " left", " ago", "from now,", "remaining", "tomorrow", "yesterday"];

#[track_caller]
pub fn hold(previous: &TenantCredentialStatus, assessment: &Assessment, now: DateTime<Utc>) {
    let status = &assessment.status;
    if let Some(next) = assessment.next {
        assert!(next > now, "the next boundary {next} is not after {now}");
    }
    let types: Vec<&str> = status.conditions.iter().map(|c| c.type_.as_str()).collect();
    assert_eq!(types, TYPES);
    for notice in &assessment.notices {
        assert!(notice.note.len() <= NOTE_BYTES, "{} bytes: {}", notice.note.len(), notice.note);
        assert!(!notice.note.trim().is_empty());
        no_relative_words(&notice.note);
    }
    let mut records: Vec<&str> = assessment.notices.iter().map(|n| n.record.type_.as_str()).collect();
    records.sort_unstable();
    let count = records.len();
    records.dedup();
    assert_eq!(records.len(), count, "two Events have the same record");
    let mut recorded = assessment.clone();
    for notice in &assessment.notices {
        let status = &mut recorded.status;
        settle(&mut status.announced, &mut status.pending_events, notice.record.clone());
    }
    let mut pending: Vec<&str> = status.pending_events.iter().map(|pending| pending.type_.as_str()).collect();
    let count = pending.len();
    pending.dedup();
    assert_eq!(pending.len(), count, "pending Events: one entry for each type, sorted: {:?}", status.pending_events);
    for notice in &assessment.notices {
        let entry = status.pending_events.iter().find(|pending| pending.type_ == notice.record.type_);
        let entry = entry.expect("a sent Event has an entry in the status").clone();
        assert!(!entry.held_back && entry.time == notice.entered, "{entry:?}");
        let record = Announced { time: notice.record.time, ..entry.into_record() };
        assert_eq!(record, notice.record);
    }
    // Three topics have no condition of their own: IssuerExpiry, KeyUnreadable and SeveralCertificates.
    assert!(recorded.status.announced.len() <= TYPES.len() + 3, "{:?}", recorded.status.announced);
    for before in &previous.announced {
        let after = recorded.status.announced.iter().find(|a| a.type_ == before.type_);
        assert!(after.is_some_and(|a| (a.episode, a.reminder) >= (before.episode, 0)), "{before:?} to {after:?}");
    }
    for status in [status, &recorded.status] {
        let (decoded, unknown) = stored::decode::<TenantCredentialStatus>(&serde_json::to_value(status).unwrap());
        assert_eq!((&decoded, unknown), (status, None), "decoding the stored status gives the same status");
    }
    let worst = status.notifications.iter().map(|n| n.severity).max().unwrap_or_default();
    assert_eq!(status.severity, Some(worst));
    assert!(status.notifications.is_sorted_by(|a, b| a.severity >= b.severity), "sorted by severity");
    texts(status);
}

fn texts(status: &TenantCredentialStatus) {
    for condition in &status.conditions {
        fits(&condition.reason, limits::REASON);
        fits(&condition.message, limits::TEXT);
        assert!(!condition.message.is_empty(), "{condition:?}");
        no_relative_words(&condition.message);
    }
    for notification in &status.notifications {
        for text in [&notification.message, &notification.impact, &notification.remedy] {
            fits(text, limits::TEXT);
            no_relative_words(text);
        }
        fits(&notification.reason, limits::REASON);
    }
    for announced in &status.announced {
        fits(&announced.fingerprint, 64);
        fits(&announced.reason, limits::REASON);
    }
    let identities = [&status.accepted_identity, &status.credential.as_ref().and_then(|f| f.identity.clone())];
    for identity in identities.into_iter().flatten() {
        fits(identity, limits::IDENTITY);
    }
    if let Some(facts) = &status.credential {
        for (text, limit) in [
            (&facts.subject, limits::NAME),
            (&facts.issuer, limits::NAME),
            (&facts.serial_number, limits::SERIAL),
            (&facts.fingerprint, 64),
        ] {
            text.iter().for_each(|text| fits(text, limit));
        }
    }
    times(&serde_json::to_value(status).unwrap());
}

/// Checks that every time is valid for the API and its clients: RFC 3339, whole seconds, and a four-digit year before
/// 9999. This includes sums, such as the end of a grace period.
pub fn times(value: &Value) {
    match value {
        Value::Array(list) => list.iter().for_each(times),
        Value::Object(map) => {
            for (key, value) in map {
                let is_time =
                    key.ends_with("Time") || matches!(key.as_str(), "notAfter" | "notBefore" | "since" | "time");
                if let (true, Some(text)) = (is_time, value.as_str()) {
                    assert!(text.len() == 20 && text.ends_with('Z') && !text.contains(":60"), "{key}: {text}");
                    assert!(text < "9999", "{key}: {text}");
                } else {
                    times(value);
                }
            }
        }
        _ => {}
    }
}

#[track_caller]
pub fn fits(text: &str, limit: usize) {
    assert!(text.chars().count() <= limit, "longer than {limit}: {text}");
}

#[track_caller]
pub fn no_relative_words(text: &str) {
    for word in RELATIVE {
        assert!(!text.contains(word), "“{word}” in: {text}");
    }
}
