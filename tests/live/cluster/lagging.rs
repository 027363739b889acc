//! Tests with a watch that lags behind: the operator sends no Event about a state that has ended on the API server.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use lapsewatch_test_support::cluster::story::{Story, said};

/// The operator closes a silent connection after a quarter of a minute and retries.
const PATIENCE: Duration = Duration::from_secs(180);
const OBJECTS: usize = 5;

fn names() -> impl Iterator<Item = String> {
    (0..OBJECTS).map(|n| format!("acme-{n}"))
}

async fn until(story: &Story, name: &str, expected: (&str, &str)) -> Value {
    let begun = Instant::now();
    loop {
        let status = story.status(name).await;
        if said(&status, expected.0) == expected.1 {
            return status;
        }
        assert!(begun.elapsed() < PATIENCE, "{name} does not reach {expected:?}: {status:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Creates credentials of one tenant, whose Secrets were deleted a moment ago. Several objects may hold a credential of
/// this type.
async fn without_secrets(prefix: &str) -> Story {
    let mut story = Story::without_operator(prefix, "2030-07-01T00:00:00Z").await;
    story.connect_by_relay().await;
    story.tenant("acme-prod", json!({})).await;
    for name in names() {
        story.secret(&name, &[("push.pem", "apns/a.pem")]).await;
        let spec = json!({"type": "X509Certificate", "secretRef": {"name": name}, "tenantRef": {"name": "acme-prod"}});
        story.credential(&name, spec).await;
    }
    story.start().await;
    story.until_page("acme-prod", "all are valid", |page| said(page, "Healthy") == "True/Valid").await;
    for name in names() {
        story.delete_secret(&name).await;
    }
    for name in names() {
        until(&story, &name, ("Ready", "False/SecretNotFound")).await;
    }
    story.until_page("acme-prod", "none can be read", |page| said(page, "Healthy") == "False/Unreadable").await;
    story
}

async fn restore_secrets(story: &Story) {
    for name in names() {
        story.secret(&name, &[("push.pem", "apns/a.pem")]).await;
    }
}

/// Checks that neither a credential nor the tenant has an Event ten minutes later.
async fn expect_no_events(story: &Story) {
    story.at("2030-07-01T00:10:00Z");
    story.calm().await;
    for name in names() {
        assert_eq!(story.events(&name).await, [""; 0], "{name}");
    }
    story.expect_tenant_events("acme-prod", &[]).await;
}

#[tokio::test]
async fn secrets_that_are_back_unseen_are_not_announced_as_missing() {
    let story = without_secrets("unseen").await;
    story.relay.as_ref().unwrap().freeze().await;
    restore_secrets(&story).await;
    // The Events are due while the watches deliver nothing.
    story.at("2030-07-01T00:00:31Z");
    for name in names() {
        until(&story, &name, ("Ready", "True/Assessed")).await;
    }
    expect_no_events(&story).await;
}

#[tokio::test]
async fn secrets_that_are_back_after_a_lost_connection_are_not_announced_as_missing() {
    let story = without_secrets("cut-back").await;
    let relay = story.relay.as_ref().unwrap();
    relay.cut().await;
    restore_secrets(&story).await;
    story.at("2030-07-01T00:00:31Z");
    // Sending the Events fails first. The retry may happen before the watches work again.
    tokio::time::sleep(Duration::from_secs(4)).await;
    relay.mend();
    for name in names() {
        until(&story, &name, ("Ready", "True/Assessed")).await;
    }
    story.until_page("acme-prod", "all are valid", |page| said(page, "Healthy") == "True/Valid").await;
    expect_no_events(&story).await;
}

#[tokio::test]
async fn secrets_that_stay_away_are_announced_also_by_a_watch_that_tells_nothing() {
    let story = without_secrets("away").await;
    story.relay.as_ref().unwrap().freeze().await;
    story.at("2030-07-01T00:00:31Z");
    for name in names() {
        let begun = Instant::now();
        while story.events(&name).await != ["SecretNotFound"] {
            assert!(begun.elapsed() < PATIENCE, "{name}: {:?}", story.events(&name).await);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
