//! Tests that the tenant status follows its credentials within two seconds, is written at most once a second, and can
//! be waited for.

use std::time::{Duration, Instant};

use serde_json::json;

use super::seen::Seen;
use lapsewatch_test_support::cluster::audit::Request;
use lapsewatch_test_support::cluster::story::{Story, said};
use lapsewatch_test_support::cluster::tenants::counted;

/// The limit from the credential's status to the tenant status, on an idle machine.
const AT_LATEST: Duration = Duration::from_secs(2);

/// Makes a change, and measures the time from the credential's status to the tenant status.
async fn follows(
    seen: &Seen,
    what: &str,
    change: impl Future<Output = ()>,
    credential: (&str, &str, &str),
    page: &str,
) {
    let begin = Instant::now();
    change.await;
    let (name, aspect, value) = credential;
    let at = seen
        .first(what, begin, |entry| !entry.is_page && entry.name == name && said(&entry.status, aspect) == value)
        .await;
    let on_page = seen.first(what, begin, |entry| entry.is_page && said(&entry.status, "Healthy") == page).await;
    let took = on_page.saturating_duration_since(at);
    println!("{what}: {} ms", took.as_millis());
    assert!(took <= seen.allowed(AT_LATEST), "{what}: the tenant status follows after {took:?}");
}

#[tokio::test]
async fn the_page_follows_a_credential_within_two_seconds() {
    let story = Story::begin("follows", "2030-07-01T00:00:00Z").await;
    story.tenant("acme-prod", json!({})).await;
    let seen = Seen::from_now(&story);
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    let spec = |name: &str| {
        json!({"type": "APNsCertificate", "tenantRef": {"name": "acme-prod"}, "secretRef": {"name": name},
            "reminderEveryHours": 0})
    };
    let created = async { story.credential("acme", spec("acme")).await };
    follows(&seen, "it is created", created, ("acme", "Healthy", "True/Valid"), "True/Valid").await;
    let time = async { story.at("2030-12-10T00:00:00Z") };
    follows(&seen, "its stage comes", time, ("acme", "Expiring", "True/Within30Days"), "True/Expiring").await;
    let renewed = async { story.secret("acme", &[("push.pem", "apns/a-renewed.pem")]).await };
    follows(&seen, "it is renewed", renewed, ("acme", "lastChange", "Renewed"), "True/Valid").await;
    let gone = async { story.delete_secret("acme").await };
    follows(&seen, "its Secret goes", gone, ("acme", "Ready", "False/SecretNotFound"), "False/Unreadable").await;
    let back = async { story.secret("acme", &[("push.pem", "apns/a-renewed.pem")]).await };
    follows(&seen, "its Secret is back", back, ("acme", "Ready", "True/Assessed"), "True/Valid").await;
    // Directly after a write of the tenant status, the next write has the longest delay.
    let at_once = async { story.credential("acme", spec("none")).await };
    follows(&seen, "another Secret", at_once, ("acme", "Ready", "False/SecretNotFound"), "False/Unreadable").await;
    // A deletion leaves no credential status to follow.
    let begin = Instant::now();
    story.delete_credential("acme").await;
    let deleted = Instant::now();
    let page = |entry: &super::seen::Entry| entry.is_page && said(&entry.status, "Healthy") == "Unknown/NoCredentials";
    let took = seen.first("it is gone", begin, page).await.saturating_duration_since(deleted);
    assert!(took <= seen.allowed(AT_LATEST), "deletion: the tenant status follows after {took:?}");
}

#[tokio::test]
async fn one_change_after_another_is_on_the_page_within_two_seconds_and_it_is_written_once_a_second() {
    const CHANGES: usize = 40;
    let story = Story::begin("stream", "2030-07-01T00:00:00Z").await;
    story.tenant("acme-prod", json!({})).await;
    story.expect_page("acme-prod", &[("Healthy", "Unknown/NoCredentials")]).await;
    let seen = Seen::from_now(&story);
    let since = story.bed.mark();
    for n in 0..CHANGES {
        story.declared(&format!("contract-{n:02}"), "acme-prod", "2030-06-01T00:00:00Z").await;
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    story.until_page("acme-prod", "all", |page| counted(page, "Expired") == CHANGES as i64).await;
    story.rest().await;

    let entries = seen.all();
    let is_expired = |entry: &&super::seen::Entry| !entry.is_page && said(&entry.status, "Healthy") == "False/Expired";
    // Only the first write of each credential counts. The second write records the Event.
    let mut names = std::collections::BTreeSet::new();
    let is_first = |entry: &&super::seen::Entry| names.insert(entry.name.clone());
    let credentials: Vec<Instant> = entries.iter().filter(is_expired).filter(is_first).map(|entry| entry.at).collect();
    assert_eq!(credentials.len(), CHANGES);
    let mut longest = Duration::ZERO;
    for (n, at) in credentials.iter().enumerate() {
        let shows = |entry: &&super::seen::Entry| entry.is_page && counted(&entry.status, "Expired") > n as i64;
        let page = entries.iter().find(shows).unwrap().at;
        longest = longest.max(page.saturating_duration_since(*at));
    }
    let writes = story.bed.answered(since, |r| is_page(&story, r));
    let gaps = writes.windows(2).map(|pair| pair[1] - pair[0]);
    println!(
        "longest {} ms, {} writes, gaps {:?}",
        longest.as_millis(),
        writes.len(),
        gaps.clone().map(|g| g.num_milliseconds()).collect::<Vec<_>>()
    );
    assert!(longest <= seen.allowed(AT_LATEST), "the tenant status follows after {longest:?}");
    // These are the times of the server's answers. A write that was answered late appears closer to the next write.
    let shaken = i64::try_from(seen.allowed(Duration::ZERO).as_millis() / 20).unwrap();
    assert!(gaps.clone().all(|gap| gap.num_milliseconds() >= 700 - shaken), "{writes:?}");
    let took = *writes.last().unwrap() - writes[0];
    assert!(writes.len() as i64 <= took.num_seconds() + 2, "{} writes in {took}", writes.len());
}

#[tokio::test]
async fn what_comes_due_for_the_tenant_and_for_a_credential_at_once_is_one_page() {
    let story = Story::begin("at-once", "2030-07-01T00:00:00Z").await;
    story.tenant("acme-prod", json!({})).await;
    story.declared("lapsed", "acme-prod", "2030-06-01T00:00:00Z").await;
    // The credential expires at the moment when the tenant's Event is due.
    story.declared("lapses", "acme-prod", "2030-07-01T00:00:29Z").await;
    story.until_page("acme-prod", "one has expired", |page| counted(page, "Expired") == 1).await;
    story.rest().await;
    let since = story.bed.mark();
    story.at("2030-07-01T00:00:30Z");
    story.until_page("acme-prod", "both have expired", |page| counted(page, "Expired") == 2).await;
    story.expect_tenant_events("acme-prod", &["Expired"]).await;
    let is_recorded = |page: &serde_json::Value| page["announced"][0]["reason"] == "Expired";
    story.until_page("acme-prod", "the Event is recorded", is_recorded).await;
    let writes = story.bed.answered(since, |r| is_page(&story, r));
    assert_eq!(writes.len(), 2, "the tenant status and the record of its Event: {writes:?}");
}

#[tokio::test]
async fn a_tenant_is_pending_until_an_operator_runs_and_can_be_waited_for() {
    let mut story = Story::without_operator("awaited", "2030-07-01T00:00:00Z").await;
    story.tenant("acme-prod", json!({})).await;
    story.declared("contract", "acme-prod", "2031-01-01T00:00:00Z").await;
    story.calm().await;
    story.expect_page("acme-prod", &[("Ready", "Unknown/Pending"), ("Healthy", "Unknown/Pending")]).await;
    let wait = |condition: &str, timeout: &str| {
        let (condition, timeout) = (format!("--for=condition={condition}"), format!("--timeout={timeout}"));
        story.bed.kubectl(&["-n", &story.namespace, "wait", &condition, &timeout, "mdmt/acme-prod"]).status.success()
    };
    assert!(!wait("Healthy", "1s") && !wait("Ready", "1s"));
    let (bed, namespace) = (story.bed, story.namespace.clone());
    let waiting = tokio::task::spawn_blocking(move || {
        let wait = |args: &[&str]| {
            bed.kubectl_ok(&[&["-n", &namespace, "wait", "--timeout=30s", "mdmt/acme-prod"], args].concat(), "")
        };
        wait(&["--for=condition=Healthy"]) + &wait(&["--for=condition=Ready"])
    });
    story.start().await;
    assert_eq!(waiting.await.unwrap().matches("condition met").count(), 2);
    story.at("2031-02-01T00:00:00Z");
    story.expect_page("acme-prod", &[("Healthy", "False/Expired"), ("Ready", "True/Assessed")]).await;
    let gate = ["-n", &story.namespace, "wait", "--for=condition=Healthy", "--timeout=1s", "mdmt/acme-prod"];
    assert!(!story.bed.kubectl(&gate).status.success(), "kubectl wait fails for an expired credential");
}

/// Returns true if the request is a tenant status write of this story's operator.
fn is_page(story: &Story, request: &Request) -> bool {
    let resource = (request.resource.as_str(), request.subresource.as_str());
    request.user_agent == story.agent() && resource == ("mdmtenants", "status")
}
