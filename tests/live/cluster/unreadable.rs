//! Tests of credentials that can't be read: Ready contains the reason, stages continue from the last known dates, and
//! recovery is automatic.

use serde_json::json;

use crate::cluster::renewal::until_events;
use lapsewatch_test_support::cluster::story::{Data, Story, fixture};

#[tokio::test]
async fn a_secret_deleted_restored_and_deleted_again_is_told_twice() {
    let story = Story::begin("deleted", "2030-07-01T00:00:00Z").await;
    let restore = async || story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    restore().await;
    story.apns("acme").await;
    story.expect("acme", &[("Healthy", "True/Valid")]).await;

    let missing = [("Ready", "False/SecretNotFound"), ("Healthy", "False/Unreadable"), ("severity", "Warning")];
    story.delete_secret("acme").await;
    let status = story.expect("acme", &missing).await;
    assert_eq!(status["credential"]["notAfter"], "2031-01-01T00:00:00Z", "the last facts are kept");
    story.calm().await;
    assert!(story.events("acme").await.is_empty(), "the Event waits for the event delay");
    story.at("2030-07-01T00:00:30Z");
    until_events(&story, &["SecretNotFound"]).await;
    restore().await;
    story.expect("acme", &[("Ready", "True/Assessed"), ("Healthy", "True/Valid"), ("severity", "None")]).await;
    until_events(&story, &["SecretNotFound", "Recovered"]).await;
    story.at("2030-07-01T00:20:00Z");
    story.delete_secret("acme").await;
    story.expect("acme", &missing).await;
    story.at("2030-07-01T00:20:30Z");
    until_events(&story, &["SecretNotFound", "Recovered", "SecretNotFound"]).await;
    story.calm().await;
    assert_eq!(story.events("acme").await.len(), 3);
}

#[tokio::test]
async fn a_secret_missing_for_a_moment_is_no_news() {
    let story = Story::begin("moment", "2030-07-01T00:00:00Z").await;
    // GitOps tools may create the object before its Secret.
    story.apns("acme").await;
    story.expect("acme", &[("Ready", "False/SecretNotFound"), ("Expiring", "Unknown/Pending")]).await;
    story.at("2030-07-01T00:00:10Z");
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.expect("acme", &[("Ready", "True/Assessed"), ("Healthy", "True/Valid")]).await;
    story.at("2030-07-01T00:10:00Z");
    story.calm().await;
    assert!(story.events("acme").await.is_empty());
}

#[tokio::test]
async fn what_became_unreadable_before_its_expiry_still_expires_on_time() {
    let story = Story::begin("blind", "2030-12-30T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.expect("acme", &[("Expiring", "True/Within7Days"), ("severity", "Critical")]).await;
    story.delete_secret("acme").await;
    let blind = [("Ready", "False/SecretNotFound"), ("Expiring", "True/Within7Days"), ("severity", "Critical")];
    let status = story.expect("acme", &blind).await;
    let message =
        status["conditions"].as_array().unwrap().iter().find(|c| c["type"] == "Expiring").unwrap()["message"].clone();
    assert!(message.as_str().unwrap().ends_with("(as last read)"), "{message}");
    story.at("2031-01-01T00:00:01Z");
    story
        .expect(
            "acme",
            &[("Expired", "True/InGracePeriod"), ("Ready", "False/SecretNotFound"), ("severity", "Critical")],
        )
        .await;
    let events = story.events("acme").await;
    assert_eq!(events.iter().filter(|e| *e == "Expired").count(), 1, "{events:?}");
}

#[tokio::test]
async fn each_bad_secret_has_its_reason_and_harms_no_other() {
    let story = Story::begin("bad", "2030-07-01T00:00:00Z").await;
    story.secret("good", &[("push.pem", "apns/a.pem")]).await;
    story.apns("good").await;
    story.expect("good", &[("Healthy", "True/Valid")]).await;

    let pem = fixture("apns/a.pem");
    let truncated = pem[..pem.len() / 2].to_vec();
    let doubled = [&pem[..pem.len() / 2], &pem[..]].concat();
    let cases: [(&str, Data, &str); 7] = [
        ("empty-secret", vec![], "WrongFile"),
        ("empty-value", vec![("push.pem", vec![])], "WrongFile"),
        ("html", vec![("push.pem", b"<!DOCTYPE html><html><body>Sign in</body></html>".to_vec())], "WrongFile"),
        ("truncated", vec![("push.pem", truncated)], "Malformed"),
        ("doubled", vec![("push.pem", doubled)], "Malformed"),
        ("large", vec![("push.pem", vec![b'A'; 900 * 1024])], "LimitExceeded"),
        ("two", vec![("a.pem", pem.clone()), ("b.pem", fixture("apns/b.pem"))], "Ambiguous"),
    ];
    for (name, data, reason) in &cases {
        story.secret_of(name, data).await;
        story.apns(name).await;
        let ready = format!("False/{reason}");
        story.expect(name, &[("Ready", &ready), ("Healthy", "False/Unreadable"), ("severity", "Warning")]).await;
    }
    story.secret_of("no-key", &[("push.pem", pem.clone())]).await;
    story
        .credential("no-key", json!({"type": "APNsCertificate", "secretRef": {"name": "no-key", "key": "absent.pem"}}))
        .await;
    story.expect("no-key", &[("Ready", "False/KeyNotFound")]).await;
    story.secret_of("later", &[("token", b"x".to_vec())]).await;
    story.credential("later", json!({"type": "VPPToken", "secretRef": {"name": "later"}})).await;
    story.expect("later", &[("Ready", "False/WrongFile")]).await;

    story.at("2030-07-01T00:00:30Z");
    for (name, _, reason) in &cases {
        for _ in 0..2400 {
            if !story.events(name).await.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(story.events(name).await, [*reason], "{name}");
    }
    for (name, ..) in &cases {
        // A server-side apply of other keys removes the previous key.
        story.secret_of(name, &[("mended.pem", pem.clone())]).await;
        // All objects hold the same certificate from here on.
        story.expect(name, &[("Ready", "True/Assessed"), ("Healthy", "False/Duplicate")]).await;
    }
    story.expect("good", &[("Ready", "True/Assessed")]).await;
    assert!(story.events("good").await.is_empty());
}

#[tokio::test]
async fn odd_dates_are_read_as_they_are() {
    let story = Story::begin("dates", "2030-07-01T00:00:00Z").await;
    for (name, file) in [("never", "never"), ("early", "early"), ("backwards", "backwards")] {
        story.secret(name, &[("push.pem", &format!("apns/{file}.pem"))]).await;
        story.apns(name).await;
    }
    let status = story.expect("never", &[("Healthy", "True/Valid"), ("Expiring", "False/OutsideWindow")]).await;
    assert_eq!(status["credential"]["expiry"], "Never");
    assert!(status["credential"]["notAfter"].is_null());
    story.expect("early", &[("Ready", "True/Assessed"), ("Expired", "True/GracePeriodOver")]).await;
    story.expect("backwards", &[("Ready", "True/Assessed")]).await;
}

#[tokio::test]
async fn what_is_not_valid_yet_is_told() {
    let story = Story::begin("early", "2029-12-31T23:54:59Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.expect("acme", &[("Healthy", "False/NotYetValid"), ("Ready", "True/Assessed"), ("severity", "Notice")]).await;
    // Five minutes of clock skew are tolerated.
    story.at("2029-12-31T23:55:00Z");
    story.expect("acme", &[("Healthy", "True/Valid"), ("severity", "None")]).await;
    assert_eq!(story.events("acme").await, ["NotYetValid"]);
}
