//! Tests which differences between a stored status and the actual state count.

use lapsewatch_core::api::{MDMTenantStatus, TenantCredentialStatus};
use lapsewatch_core::assessment::staleness::{
    StaleVerdict, add, is_stale, never_looked_at, notification, of_credential, of_tenant, spec_changed,
};
use serde_json::{Value, json};

fn condition(type_: &str, status: &str, reason: &str) -> Value {
    json!({"type": type_, "status": status, "reason": reason, "message": "x", "lastTransitionTime": "2030-01-01T00:00:00Z"})
}

fn status(severity: &str, conditions: &[Value]) -> TenantCredentialStatus {
    serde_json::from_value(json!({"severity": severity, "conditions": conditions})).unwrap()
}

fn at(time: &str) -> chrono::DateTime<chrono::Utc> {
    time.parse().unwrap()
}

#[test]
fn texts_times_and_what_only_one_version_says_are_no_difference() {
    let now = [condition("Healthy", "True", "Valid"), condition("Duplicate", "False", "Unique")];
    let mut other = condition("Healthy", "True", "Valid");
    other["message"] = "said by another who sees other names".into();
    other["lastTransitionTime"] = "2029-01-01T00:00:00Z".into();
    let newer = condition("Quantum", "True", "Entangled");
    for stored in [vec![other.clone()], vec![other, newer], now.to_vec(), Vec::new()] {
        assert_eq!(of_credential(&status("None", &stored), &status("None", &now)), None, "{stored:?}");
    }
    // The status of an older version contains no severity.
    let bare: TenantCredentialStatus = serde_json::from_value(json!({ "conditions": now })).unwrap();
    assert_eq!(of_credential(&bare, &status("Warning", &now)), None);
}

#[test]
fn the_state_is_named_first_then_other_verdicts_then_the_severity() {
    let difference = |stored: &[Value], how_bad: &str, now: &[Value]| {
        of_credential(&status(how_bad, stored), &status("None", now)).map(|d| format!("{} / {}", d.stored, d.now))
    };
    let valid = condition("Healthy", "True", "Valid");
    let stored = [condition("Expired", "True", "Lapsed"), condition("Healthy", "False", "Expired")];
    let now = [condition("Expired", "False", "NotExpired"), valid.clone()];
    assert_eq!(difference(&stored, "Critical", &now).as_deref(), Some("Expired / Valid"));
    let stored = [condition("Expired", "True", "Lapsed"), valid];
    assert_eq!(difference(&stored, "None", &now).as_deref(), Some("Expired Lapsed / Expired NotExpired"));
    assert_eq!(difference(&now, "Notice", &now).as_deref(), Some("severity Notice / severity None"));
    // The reason is the same and the condition status differs.
    let two = [condition("Healthy", "Unknown", "Valid")];
    assert_eq!(difference(&two, "None", &now).as_deref(), Some("Valid / Valid"));
    // Anyone with permission to write a status can store any text in the status.
    let lie = [condition("Healthy", "True", &format!("\u{1b}[2J{}", "x".repeat(1000)))];
    let said = difference(&lie, "None", &now).unwrap();
    assert!(said.starts_with("??2Jxxx") && said.chars().count() == 64 + " / Valid".len(), "{said}");
}

#[test]
fn a_page_is_behind_where_its_state_or_its_count_is() {
    let page = |total: i64, reason: &str| -> MDMTenantStatus {
        let healthy = condition("Healthy", "True", reason);
        serde_json::from_value(json!({"severity": "None", "credentials": {"total": total}, "conditions": [healthy]}))
            .unwrap()
    };
    assert_eq!(of_tenant(&page(2, "Valid"), &page(2, "Valid")), None);
    let difference = |stored: &str, now: &str| Some(StaleVerdict { stored: stored.into(), now: now.into() });
    assert_eq!(of_tenant(&page(1, "Valid"), &page(2, "Valid")), difference("1 credential", "2 credentials"));
    assert_eq!(of_tenant(&page(1, "Valid"), &page(2, "Expiring")), difference("Valid", "Expiring"));
}

#[test]
fn what_is_said_of_it() {
    let now = at("2030-06-01T12:00:00Z");
    let difference = StaleVerdict { stored: "Valid".into(), now: "Expired".into() };
    let mut text = String::new();
    for said in [
        notification(&difference, false, now),
        notification(&difference, true, now),
        spec_changed(now),
        never_looked_at(Some(at("2030-06-01T11:58:01Z")), now),
        never_looked_at(Some(at("2030-06-01T11:58:00Z")), now),
        never_looked_at(None, now),
    ] {
        text +=
            &format!("{} {}\n  {}\n  {}\n  {}\n", said.severity, said.reason, said.message, said.impact, said.remedy);
    }
    insta::assert_snapshot!("staleness", text);
}

#[test]
fn it_stands_in_its_place_and_raises_the_severity() {
    let entry = |severity: &str| json!({"type": "Expiring", "reason": severity, "severity": severity, "since": "2030-01-01T00:00:00Z"});
    let mut of: TenantCredentialStatus = serde_json::from_value(
        json!({"severity": "Notice", "notifications": [entry("Critical"), entry("Warning"), entry("Notice")]}),
    )
    .unwrap();
    assert!(!is_stale(&of));
    let difference = StaleVerdict { stored: "Valid".into(), now: "Expired".into() };
    add(&mut of, notification(&difference, false, at("2030-06-01T12:00:00Z")));
    let order: Vec<&str> = of.notifications.iter().map(|said| said.reason.as_str()).collect();
    assert_eq!(order, ["Critical", "Warning", "Stale", "Notice"]);
    assert_eq!(of.severity.unwrap().as_str(), "Warning");
    assert!(is_stale(&of));
}
