//! Tests of findings that are announced separately from their condition: each is announced once, and the status can
//! still be written afterwards.

use std::time::{Duration, Instant};

use serde_json::json;

use lapsewatch_test_support::cluster::story::{PATIENCE, Story};

async fn until_events(story: &Story, name: &str, expected: &[&str]) {
    let begun = Instant::now();
    while story.events(name).await != expected {
        assert!(begun.elapsed() < PATIENCE, "{name}: {:?}, {:#}", story.events(name).await, story.status(name).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits until the current spec is assessed and the status is written.
async fn until_assessed(story: &Story, name: &str) {
    let begun = Instant::now();
    loop {
        let object = story.get(name).await;
        if object["status"]["observedGeneration"] == object["metadata"]["generation"] {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{name}: {object:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn findings_beside_a_condition_are_announced_once_and_survive_a_restart() {
    let mut story = Story::begin("separate", "2030-02-01T00:00:00Z").await;
    let spec = |name: &str| json!({"type": "X509Certificate", "secretRef": {"name": name}, "reminderEveryHours": 0});
    story.secret("chain", &[("tls.crt", "field/short-issuer.pem")]).await;
    story.credential("chain", spec("chain")).await;
    story.secret("several", &[("tls.crt", "field/old-first.pem")]).await;
    story.credential("several", spec("several")).await;
    const CHAIN: &[&str] = &["IssuerExpiresFirst"];
    const SEVERAL: &[&str] = &["NotYetValid", "SeveralCertificates"];
    until_events(&story, "chain", CHAIN).await;
    until_events(&story, "several", SEVERAL).await;
    // After each restart, the operator decides only from the content of the status.
    for restart in ["2030-02-02T00:00:00Z", "2030-02-03T00:00:00Z"] {
        story.stop().await;
        story.at(restart);
        story.start().await;
        story.merge("chain", false, json!({"spec": {"owner": {"contact": restart}}})).await;
        until_assessed(&story, "chain").await;
        story.calm().await;
        assert_eq!(story.events("chain").await, CHAIN, "{restart}");
        assert_eq!(story.events("several").await, SEVERAL, "{restart}");
    }
    // The status can still be written, and a later finding with the same name is announced.
    story.at("2030-07-02T00:00:00Z");
    story.expect("chain", &[("severity", "Warning")]).await;
    until_events(&story, "chain", &["IssuerExpiresFirst", "IssuerExpired"]).await;
    story.stop().await;
}
