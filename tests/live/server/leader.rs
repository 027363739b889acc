//! Tests of several replicas: exactly one works, failures included, and no Event is sent twice.

use std::time::Duration;

use serde_json::Value;

use crate::server::replica::Replica;
use lapsewatch_test_support::cluster::account::release;
use lapsewatch_test_support::cluster::audit::{Requests, count};
use lapsewatch_test_support::cluster::story::Story;

const NOW: &str = "2030-06-01T00:00:00Z";
const WARNING: &str = "2030-12-15T00:00:00Z";

fn writes(requests: &Requests, agent: &str) -> usize {
    count(requests, |r| {
        r.user_agent == agent && r.resource != "leases" && matches!(&*r.verb, "create" | "patch" | "update")
    })
}

fn holder(story: &Story) -> String {
    let lease =
        story.bed.kubectl_ok(&["get", "lease", &release(&story.namespace), "-n", &story.namespace, "-o", "json"], "");
    let lease: Value = serde_json::from_str(&lease).unwrap();
    lease["spec"]["holderIdentity"].as_str().unwrap_or_default().to_owned()
}

/// Starts two replicas in a story with one credential. The first replica leads.
async fn two(prefix: &str) -> (Story, Replica, Replica, [String; 2]) {
    let story = Story::without_operator(prefix, NOW).await;
    story.secret("a", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.apns("a").await;
    let agents = ["first", "second"].map(|which| format!("lapsewatch-test/{}-{which}", story.namespace));
    let first = Replica::start(&story, &agents[0], None, true).await;
    first.until_ready("ok: leading\n").await;
    let second = Replica::start(&story, &agents[1], None, true).await;
    second.until_ready("ok: standing by\n").await;
    story.expect("a", &[("Healthy", "True/Valid")]).await;
    (story, first, second, agents)
}

#[tokio::test]
async fn the_standby_is_ready_writes_nothing_and_has_no_series_of_objects() {
    let (story, first, second, agents) = two("standby").await;
    let since = story.bed.mark();
    story.at(WARNING);
    story.expect("a", &[("Expiring", "True/Within30Days")]).await;
    story.calm().await;
    let requests = story.bed.audit(since);
    assert_eq!(writes(&requests, &agents[1]), 0, "{requests:#?}");
    assert!(writes(&requests, &agents[0]) >= 2, "{requests:#?}");
    let scrapes = [first.get("/metrics").await, second.get("/metrics").await];
    assert_eq!(scrapes.each_ref().map(|scrape| scrape.value("lapsewatch_leader")), [Some(1.0), Some(0.0)]);
    assert_eq!(scrapes.each_ref().map(|scrape| scrape.of("a").is_empty()), [false, true]);
    assert!(holder(&story).starts_with(&agents[0]), "{}", holder(&story));
}

#[tokio::test]
async fn one_that_is_told_to_stop_gives_the_lease_back_and_nothing_is_said_twice() {
    let (story, first, second, agents) = two("handover").await;
    story.at(WARNING);
    story.expect("a", &[("Expiring", "True/Within30Days")]).await;
    let since = story.bed.mark();
    first.stop().await;
    assert!(!holder(&story).starts_with(&agents[0]), "the Lease is free or held by the second replica");
    second.until_ready("ok: leading\n").await;
    assert!(holder(&story).starts_with(&agents[1]), "{}", holder(&story));
    story.calm().await;
    let requests = story.bed.audit(since);
    let reads = count(&requests, |r| r.user_agent == agents[1] && r.verb == "get" && r.resource == "secrets");
    assert_eq!((writes(&requests, &agents[1]), reads), (0, 0), "{requests:#?}");
    assert_eq!(story.events("a").await, ["ExpiresWithin30Days"]);
    // The replica works: it reports a change.
    story.at("2030-12-28T00:00:00Z");
    story.expect("a", &[("Expiring", "True/Within7Days")]).await;
    assert_eq!(story.events("a").await, ["ExpiresWithin30Days", "ExpiresWithin7Days"]);
}

#[tokio::test]
async fn one_that_fails_is_followed_when_its_lease_is_over_and_what_happened_meanwhile_is_said_once() {
    let (story, first, second, _) = two("failover").await;
    first.fail().await;
    story.at(WARNING);
    second.until_ready("ok: leading\n").await;
    story.expect("a", &[("Expiring", "True/Within30Days")]).await;
    story.calm().await;
    assert_eq!(story.events("a").await, ["ExpiresWithin30Days"]);
}

#[tokio::test]
async fn one_that_is_cut_off_stops_and_stands_by_when_it_is_back() {
    let mut story = Story::without_operator("cut", NOW).await;
    story.connect_by_relay().await;
    let agents = ["first", "second"].map(|which| format!("lapsewatch-test/{}-{which}", story.namespace));
    let first = Replica::start(&story, &agents[0], None, true).await;
    first.until_ready("ok: leading\n").await;
    let relay = story.relay.take().unwrap();
    let second = Replica::start(&story, &agents[1], None, true).await;
    second.until_ready("ok: standing by\n").await;
    relay.cut().await;
    first
        .served("/readyz", |answer| answer.code == 503 && answer.body.contains("It is unknown which replica leads"))
        .await;
    second.until_ready("ok: leading\n").await;
    relay.mend();
    first.until_ready("ok: standing by\n").await;
    assert_eq!(second.get("/readyz").await.body, "ok: leading\n");
}

#[tokio::test]
async fn a_lease_that_somebody_labels_stays_with_its_holder() {
    let (story, first, _second, _) = two("label").await;
    let before = holder(&story);
    let namespace = &story.namespace;
    for number in 0..3 {
        let label = format!("by=someone-{number}");
        story.bed.kubectl_ok(&["label", "lease", &release(namespace), "-n", namespace, "--overwrite", &label], "");
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert_eq!(first.get("/readyz").await.body, "ok: leading\n");
    }
    assert_eq!(holder(&story), before);
    let lease = story.bed.kubectl_ok(&["get", "lease", &release(namespace), "-n", namespace, "-o", "json"], "");
    assert!(lease.contains("someone-2"), "changes of other writers are kept: {lease}");
    assert!(serde_json::from_str::<Value>(&lease).unwrap()["spec"]["leaseTransitions"] == 0, "{lease}");
}
