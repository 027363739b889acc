//! Tests of renewals: how the operator treats a replaced credential, and what it reports.

use serde_json::json;

use lapsewatch_test_support::cluster::story::Story;

const A: &str = "com.apple.mgmt.External.11111111-2222-3333-4444-555555555555";
const B: &str = "com.apple.mgmt.External.99999999-8888-7777-6666-555555555555";

async fn begin(prefix: &str, now: &str) -> Story {
    let story = Story::begin(prefix, now).await;
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.apns("acme").await;
    let first =
        [("Ready", "True/Assessed"), ("IdentityChanged", "False/FirstObserved"), ("KeyMismatch", "False/Matches")];
    story.expect("acme", &first).await;
    story
}

#[tokio::test]
async fn a_renewal_clears_the_warnings_and_is_said_once() {
    let story = begin("renewed", "2030-12-10T00:00:00Z").await;
    story.expect("acme", &[("Expiring", "True/Within30Days"), ("severity", "Warning")]).await;
    story.secret("acme", &[("push.pem", "apns/a-renewed.pem"), ("push.key", "apns/a.key")]).await;
    let status = story
        .expect(
            "acme",
            &[
                ("lastChange", "Renewed"),
                ("Healthy", "True/Valid"),
                ("Expiring", "False/OutsideWindow"),
                ("IdentityChanged", "False/Unchanged"),
                ("KeyMismatch", "False/Matches"),
                ("Regressed", "False/Newest"),
                ("severity", "None"),
                ("notAfter", "2031-12-01T00:00:00Z"),
            ],
        )
        .await;
    assert_eq!(status["lastChange"]["from"]["notAfter"], "2031-01-01T00:00:00Z");
    assert_eq!(status["lastChange"]["to"]["notAfter"], "2031-12-01T00:00:00Z");
    assert!(status["notifications"].is_null());
    story.calm().await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin30Days", "Renewed"]);
}

#[tokio::test]
async fn one_of_the_same_age_is_a_replacement() {
    let story = begin("replaced", "2030-06-10T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a-twin.pem")]).await;
    story
        .expect("acme", &[("lastChange", "Replaced"), ("Healthy", "True/Valid"), ("KeyMismatch", "Unknown/NoKey")])
        .await;
    assert!(story.events("acme").await.is_empty(), "the Event waits, since the change may be reverted");
    story.at("2030-06-10T00:00:30Z");
    until_events(&story, &["Replaced"]).await;
}

#[tokio::test]
async fn going_backwards_is_told_and_mended_when_the_newest_is_back() {
    let story = begin("backwards", "2030-03-10T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a-older.pem")]).await;
    let back = [
        ("Regressed", "True/WentBackwards"),
        ("lastChange", "WentBackwards"),
        ("severity", "Notice"),
        ("Healthy", "True/Valid"),
    ];
    story.expect("acme", &back).await;
    story.at("2030-03-10T00:00:30Z");
    until_events(&story, &["WentBackwards"]).await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.expect("acme", &[("Regressed", "False/Newest"), ("lastChange", "Restored"), ("severity", "None")]).await;
    story.at("2030-03-10T00:01:00Z");
    until_events(&story, &["WentBackwards", "Restored"]).await;
}

#[tokio::test]
async fn another_topic_is_an_alarm_until_it_is_accepted() {
    let story = begin("topic", "2030-07-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/b.pem"), ("push.key", "apns/b.key")]).await;
    let changed = [
        ("IdentityChanged", "True/TopicChanged"),
        ("Healthy", "False/IdentityChanged"),
        ("Ready", "True/Assessed"),
        ("severity", "Critical"),
        ("accepted", A),
        ("lastChange", "IdentityChanged"),
    ];
    story.expect("acme", &changed).await;
    story.calm().await;
    assert!(story.events("acme").await.is_empty(), "the Event waits for the event delay");
    story.at("2030-07-01T00:00:29Z");
    story.calm().await;
    assert!(story.events("acme").await.is_empty(), "the Event waits for the event delay");
    story.at("2030-07-01T00:00:30Z");
    until_events(&story, &["IdentityChanged"]).await;

    story
        .credential(
            "acme",
            json!({"type": "APNsCertificate", "secretRef": {"name": "acme"}, "expectedIdentities": [B], "reminderEveryHours": 0}),
        )
        .await;
    let accepted = [
        ("IdentityChanged", "False/Unchanged"),
        ("Healthy", "True/Valid"),
        ("severity", "None"),
        ("accepted", B),
        ("lastChange", "IdentityAccepted"),
    ];
    story.expect("acme", &accepted).await;
    story.calm().await;
    assert_eq!(story.events("acme").await, ["IdentityChanged", "IdentityAccepted"]);
}

#[tokio::test]
async fn the_accepted_topic_that_comes_back_ends_the_alarm() {
    let story = begin("topic-back", "2030-07-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/b.pem")]).await;
    story.expect("acme", &[("IdentityChanged", "True/TopicChanged")]).await;
    story.at("2030-07-01T00:01:00Z");
    until_events(&story, &["IdentityChanged"]).await;
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story
        .expect(
            "acme",
            &[("IdentityChanged", "False/Unchanged"), ("lastChange", "Restored"), ("Healthy", "True/Valid")],
        )
        .await;
    story.calm().await;
    assert_eq!(story.events("acme").await, ["IdentityChanged", "Recovered"]);
}

#[tokio::test]
async fn the_clean_way_raises_no_alarm_at_any_step() {
    let story = begin("clean", "2030-07-01T00:00:00Z").await;
    let pins = |pins: &[&str]| json!({"type": "APNsCertificate", "secretRef": {"name": "acme"}, "expectedIdentities": pins, "reminderEveryHours": 0});
    let quiet = [("IdentityChanged", "False/FirstObserved"), ("Healthy", "True/Valid"), ("severity", "None")];
    story.credential("acme", pins(&[A, B])).await;
    story.calm().await;
    story.expect("acme", &quiet).await;
    story.secret("acme", &[("push.pem", "apns/b.pem"), ("push.key", "apns/b.key")]).await;
    let accepted = [
        ("lastChange", "IdentityAccepted"),
        ("IdentityChanged", "False/Unchanged"),
        ("severity", "None"),
        ("accepted", B),
    ];
    story.expect("acme", &accepted).await;
    story.credential("acme", pins(&[B])).await;
    story.at("2030-07-01T01:00:00Z");
    story.calm().await;
    story.expect("acme", &accepted).await;
    assert_eq!(story.events("acme").await, ["IdentityAccepted"]);
}

#[tokio::test]
async fn a_key_that_does_not_belong_is_found_and_mended() {
    let story = begin("key", "2030-07-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/other.key")]).await;
    story
        .expect("acme", &[("KeyMismatch", "True/Mismatch"), ("Healthy", "False/KeyMismatch"), ("severity", "Warning")])
        .await;
    assert_eq!(story.events("acme").await, ["KeyMismatch"]);
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.expect("acme", &[("KeyMismatch", "False/Matches"), ("Healthy", "True/Valid"), ("severity", "None")]).await;
    story.calm().await;
    assert_eq!(story.events("acme").await, ["KeyMismatch", "Recovered"]);
}

#[tokio::test]
async fn another_key_of_the_same_secret_is_another_credential() {
    let story = Story::begin("which-key", "2030-11-20T00:00:00Z").await;
    story.secret("acme", &[("old.pem", "apns/a.pem"), ("new.pem", "apns/a-renewed.pem")]).await;
    let spec = |key: &str| json!({"type": "APNsCertificate", "secretRef": {"name": "acme", "key": key}, "reminderEveryHours": 0});
    story.credential("acme", spec("old.pem")).await;
    story.expect("acme", &[("notAfter", "2031-01-01T00:00:00Z")]).await;
    story.credential("acme", spec("new.pem")).await;
    story.expect("acme", &[("notAfter", "2031-12-01T00:00:00Z"), ("lastChange", "Renewed")]).await;
}

/// Waits until exactly these Events were sent.
pub async fn until_events(story: &Story, expected: &[&str]) {
    until_events_of(story, "acme", expected).await;
}

pub async fn until_events_of(story: &Story, name: &str, expected: &[&str]) {
    for _ in 0..2400 {
        if story.events(name).await == expected {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(story.events(name).await, expected);
}
