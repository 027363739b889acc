//! Tests of the calendar with an independent library, since the library that wrote the calendar would accept its own
//! mistakes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{assessed, company, status};
use lapsewatch_test_support::cluster::story::Story;

/// Returns the Python interpreter of the environment with the calendar library.
fn python() -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/install");
    let installed = Command::new(script).stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    assert!(installed.status.success(), "tests/tools/install failed, see its output above");
    Path::new(String::from_utf8(installed.stdout).unwrap().trim()).join("venv/bin/python")
}

/// Returns the calendar's events as the independent library reads them.
fn read(ics: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("renewals.ics");
    std::fs::write(&file, ics).unwrap();
    let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/calendar_events.py");
    let output = Command::new(python()).arg(reader).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_calendar_has_one_event_for_each_deadline_and_it_moves_with_a_renewal() {
    let story = Story::begin("home-calendar", "2030-10-01T00:00:00Z").await;
    company(&story).await;
    assessed(&story, "True/Valid").await;
    let contact = "Zoë; \"mobile\", C:\\ops\u{202e}電話";
    let spec = json!({"type": "DeclaredExpiry", "expirationTime": "2032-06-30T00:00:00Z", "warnBeforeDays": [90, 1],
        "owner": {"contact": contact, "runbookURL": "https://wiki.acme.example/a,b;c"}});
    story.credential("contract", spec).await;
    story.calm().await;

    let ics = status(&story, &["-o", "ics"]).await;
    ics.is(1);
    assert!(ics.out.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{}", ics.out);
    assert_eq!(status(&story, &["-o", "ics"]).await.out, ics.out, "the same statuses make the same calendar");
    let calendar = read(&ics.out);
    assert_eq!((&calendar["version"], &calendar["problems"]), (&json!("2.0"), &json!([])));
    let events = calendar["events"].as_array().unwrap();
    let of = |events: &[Value], name: &str| -> Value {
        events.iter().find(|e| e["summary"].as_str().unwrap().starts_with(name)).unwrap().clone()
    };
    assert_eq!(events.len(), 3, "the credential without a date has no event: {events:#?}");
    let flat = ics.out.replace("\r\n ", "");
    assert!(
        flat.contains("X-WR-CALDESC:1 credential has no known expiry date and no event in this calendar."),
        "{flat}"
    );

    let apns = of(events, "apns (APNs certificate of tenant acme-prod) expires");
    let uid = story.get("apns").await["metadata"]["uid"].as_str().unwrap().to_owned();
    assert_eq!(apns["uid"], format!("{uid}@lapsewatch.dev"));
    assert_eq!(apns["start"], "2031-01-01T00:00:00+00:00");
    assert_eq!(apns["stamp"], "2030-10-01T00:00:00+00:00");
    let days: Vec<f64> =
        apns["alarms"].as_array().unwrap().iter().map(|a| a["trigger"].as_f64().unwrap() / 86_400.0).collect();
    assert_eq!(days, [-60.0, -30.0, -14.0, -7.0, -1.0]);
    let says = apns["description"].as_str().unwrap();
    assert!(says.contains("To do before then: renew it in Apple's push portal"), "{says}");
    assert!(says.contains("\nContact: #mobile-ops\nRunbook: https://wiki.acme.example/mdm"), "{says}");

    let contract = of(events, "contract");
    let says = contract["description"].as_str().unwrap();
    assert!(
        says.contains("Contact: Zoë; \"mobile\", C:\\ops?電話\nRunbook: https://wiki.acme.example/a,b;c"),
        "{says}"
    );
    assert_eq!(contract["alarms"][0]["trigger"], -90.0 * 86_400.0);

    // After a renewal the same event has a later date and a greater SEQUENCE.
    story.secret("apns", &[("push.pem", "apns/a-renewed.pem"), ("push.key", "apns/a.key")]).await;
    story.expect("apns", &[("lastChange", "Renewed")]).await;
    let renewed = of(read(&status(&story, &["-o", "ics"]).await.out)["events"].as_array().unwrap(), "apns");
    assert_eq!(renewed["uid"], apns["uid"]);
    assert!(renewed["start"].as_str() > apns["start"].as_str());
}

/// Calendar programs keep the edition with the greater SEQUENCE, whether the date moved forward or back (RFC 5545,
/// section 3.8.7.4).
#[tokio::test]
async fn each_calendar_is_a_later_edition_than_the_one_before() {
    let story = Story::begin("home-corrected", "2030-10-01T00:00:00Z").await;
    super::declare(&story, "contract", "2032-06-30T00:00:00Z").await;
    story.expect("contract", &[("Healthy", "True/Valid")]).await;
    let event = |ics: &str| read(ics)["events"][0].clone();
    let first = event(&status(&story, &["-o", "ics"]).await.out);
    // A question about a later time (`--at`) does not make a later edition.
    let asked = event(&status(&story, &["-o", "ics", "--at", "2032-01-01"]).await.out);
    assert_eq!((&asked["sequence"], &asked["stamp"]), (&first["sequence"], &first["stamp"]));
    story.clock.set("2030-10-02T00:00:00Z");
    super::declare(&story, "contract", "2031-06-30T00:00:00Z").await;
    story.expect("contract", &[("lastChange", "Replaced")]).await;
    let corrected = event(&status(&story, &["-o", "ics"]).await.out);
    assert_eq!((&corrected["uid"], &corrected["start"]), (&first["uid"], &json!("2031-06-30T00:00:00+00:00")));
    assert!(corrected["sequence"].as_i64() > first["sequence"].as_i64(), "{first} {corrected}");
}
