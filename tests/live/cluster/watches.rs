//! Tests of watches whose connections freeze or break for a long time: the operator still sees all changes.

use std::time::{Duration, Instant};

use serde_json::json;

use lapsewatch_test_support::cluster::story::{Story, said};

/// A frozen watch is noticed within a minute. The limit is longer for a busy machine, but shorter than the 295 seconds
/// of kube's own watcher.
const NOTICED: Duration = Duration::from_secs(150);

/// Waits until this aspect of the status has the expected value.
async fn until(story: &Story, name: &str, aspect: &str, expected: &str, patience: Duration) -> Duration {
    let begun = Instant::now();
    loop {
        let status = story.status(name).await;
        if said(&status, aspect) == expected {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < patience, "{name} does not reach {aspect} {expected}: {status:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_frozen_watch_is_noticed_and_nothing_of_what_it_missed_is_lost() {
    let mut story = Story::without_operator("frozen", "2030-12-10T00:00:00Z").await;
    story.connect_by_relay().await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.start().await;
    story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
    story.calm().await;
    story.relay.as_ref().unwrap().freeze().await;
    story.secret("acme", &[("push.pem", "apns/a-renewed.pem")]).await;
    story.credential("new", json!({"type": "DeclaredExpiry", "expirationTime": "2031-06-01T00:00:00Z"})).await;
    let renewed = until(&story, "acme", "lastChange", "Renewed", NOTICED).await;
    let new = until(&story, "new", "Expiring", "False/OutsideWindow", NOTICED).await;
    eprintln!("a frozen watch of Secrets was noticed after {renewed:?}, of TenantCredentials after {new:?} more");
    story.stop().await;
}

#[tokio::test]
async fn after_a_long_outage_changes_are_seen_soon() {
    let mut story = Story::without_operator("outage", "2030-12-01T00:00:00Z").await;
    story.connect_by_relay().await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.start().await;
    story.expect("acme", &[("Expiring", "True/Within60Days")]).await;
    story.calm().await;
    let relay = story.relay.take().unwrap();
    relay.cut().await;
    // A write fails repeatedly in the meantime, with growing backoff.
    story.at("2030-12-10T00:00:00Z");
    tokio::time::sleep(Duration::from_secs(70)).await;
    story.secret("acme", &[("push.pem", "apns/a-renewed.pem")]).await;
    relay.mend();
    let seen = until(&story, "acme", "lastChange", "Renewed", Duration::from_secs(60)).await;
    eprintln!("a change was seen {seen:?} after an outage of 70 s");
    story.stop().await;
}
