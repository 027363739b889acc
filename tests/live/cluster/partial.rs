//! Tests with a namespace that can't be listed: no credential is reported as unique or recovered while possible holders
//! are invisible.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use lapsewatch_test_support::cluster::account::{account, is_about_namespaces, release};
use lapsewatch_test_support::cluster::audit::count;
use lapsewatch_test_support::cluster::story::{Story, said};

const NOW: &str = "2030-03-01T00:00:00Z";
/// The start-up barrier gives up after a minute without progress. A watch retries within half a minute.
const PATIENCE: Duration = Duration::from_secs(180);

async fn until(story: &Story, name: &str, expected: &[(&str, &str)]) -> Value {
    let begun = Instant::now();
    loop {
        let status = story.status(name).await;
        if expected.iter().all(|(aspect, value)| said(&status, aspect) == *value) {
            return status;
        }
        assert!(begun.elapsed() < PATIENCE, "{name} does not reach {expected:?}: {status:#}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn token(story: &Story, name: &str, file: &str, claims: bool) {
    story.secret(name, &[("sToken", file)]).await;
    let mut spec = json!({"type": "VPPToken", "secretRef": {"name": name}, "reminderEveryHours": 0,
        "warnBeforeDays": [250, 200]});
    if claims {
        spec["vppToken"] = json!({"override": "Enabled"});
    }
    story.credential(name, spec).await;
}

/// Creates two namespaces. The token of the first is claimed in the second.
async fn claimed_elsewhere(prefix: &str) -> (Story, Story, String) {
    let mut here = Story::without_operator(prefix, NOW).await;
    let there = Story::without_operator(prefix, NOW).await;
    here.also = vec![there.namespace.clone()];
    token(&here, "acme", "vpp/a.vpptoken", false).await;
    token(&there, "theirs", "vpp/a.vpptoken", true).await;
    let namespaces = [here.namespace.clone(), there.namespace.clone()];
    account(here.bed, &here.namespace, &namespaces).await;
    let user = format!("system:serviceaccount:{0}:{1}", here.namespace, release(&here.namespace));
    (here, there, user)
}

async fn is_lost(here: &Story) {
    until(here, "acme", &[("Duplicate", "True/ControlLost"), ("severity", "Critical")]).await;
    here.at("2030-03-01T00:00:30Z");
    until_events(here, &["ControlLost"]).await;
}

async fn until_events(story: &Story, expected: &[&str]) {
    let begun = Instant::now();
    while story.events("acme").await != expected {
        let events = story.events("acme").await;
        assert!(begun.elapsed() < PATIENCE, "the Events are {events:?}, not {expected:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn take_rights_away(story: &Story) {
    story.bed.kubectl_ok(&["delete", "rolebinding", "--all", "-n", &story.namespace], "");
}

async fn give_rights_back(here: &Story, there: &Story) {
    account(here.bed, &here.namespace, &[here.namespace.clone(), there.namespace.clone()]).await;
}

#[tokio::test]
async fn a_start_without_one_of_its_namespaces_recovers_nothing_and_calls_nothing_unique() {
    if is_about_namespaces() {
        return;
    }
    let (mut here, there, user) = claimed_elsewhere("partial").await;
    here.start_as(&user).await;
    is_lost(&here).await;
    here.stop().await;

    take_rights_away(&there);
    token(&here, "fresh", "vpp/b.vpptoken", false).await;
    here.start_as(&user).await;
    // Stages continue to follow the clock.
    here.at("2030-06-01T00:00:00Z");
    let kept = [("Expiring", "True/Within250Days"), ("Duplicate", "True/ControlLost"), ("severity", "Critical")];
    until(&here, "acme", &kept).await;
    until(&here, "fresh", &[("Ready", "True/Assessed"), ("Duplicate", "Unknown/Pending")]).await;
    here.at("2030-08-01T00:00:00Z");
    let kept = [("Expiring", "True/Within200Days"), ("Duplicate", "True/ControlLost"), ("severity", "Critical")];
    until(&here, "acme", &kept).await;
    until_events(&here, &["ControlLost", "ExpiresWithin250Days", "ExpiresWithin200Days"]).await;
    here.expect("fresh", &[("Duplicate", "Unknown/Pending")]).await;

    give_rights_back(&here, &there).await;
    until(&here, "fresh", &[("Duplicate", "False/Unique")]).await;
    here.expect("acme", &[("Duplicate", "True/ControlLost")]).await;
    there.delete_credential("theirs").await;
    until(&here, "acme", &[("Duplicate", "False/Unique")]).await;
    here.at("2030-08-01T00:10:00Z");
    until_events(&here, &["ControlLost", "ExpiresWithin250Days", "ExpiresWithin200Days", "Recovered"]).await;
}

#[tokio::test]
async fn a_namespace_that_is_lost_later_recovers_nothing_and_calls_nothing_unique() {
    if is_about_namespaces() {
        return;
    }
    let (mut here, there, user) = claimed_elsewhere("lost").await;
    here.connect_by_relay().await;
    here.start_as(&user).await;
    is_lost(&here).await;

    let since = here.bed.mark();
    take_rights_away(&there);
    let relay = here.relay.take().unwrap();
    relay.cut().await;
    relay.mend();
    let begun = Instant::now();
    let refused = |resource: &str| {
        count(&here.bed.audit(since), |r| {
            (r.verb.as_str(), r.code, r.resource.as_str()) == ("list", 403, resource) && r.namespace == there.namespace
        })
    };
    while refused("tenantcredentials") == 0 || refused("secrets") == 0 {
        assert!(begun.elapsed() < PATIENCE, "the namespace is not listed again");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    token(&here, "fresh", "vpp/b.vpptoken", false).await;
    until(&here, "fresh", &[("Ready", "True/Assessed"), ("Duplicate", "Unknown/Pending")]).await;
    // The operator can't see this deletion, and can't find out whether other holders exist.
    there.delete_credential("theirs").await;
    here.at("2030-06-01T00:00:00Z");
    until(&here, "acme", &[("Expiring", "True/Within250Days"), ("Duplicate", "True/ControlLost")]).await;
    until_events(&here, &["ControlLost", "ExpiresWithin250Days"]).await;

    give_rights_back(&here, &there).await;
    until(&here, "fresh", &[("Duplicate", "False/Unique")]).await;
    until(&here, "acme", &[("Duplicate", "False/Unique")]).await;
    here.at("2030-06-01T00:10:00Z");
    until_events(&here, &["ControlLost", "ExpiresWithin250Days", "Recovered"]).await;
}
