//! Tests of settings that a tenant passes on to its credentials. They take effect at once and without reading Secrets,
//! a credential's own settings take precedence, and without a tenant the defaults apply.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::seen::{Entry, Seen};
use crate::cluster::renewal::until_events;
use lapsewatch_test_support::cluster::audit::reads_and_writes;
use lapsewatch_test_support::cluster::story::{PATIENCE, Story, said};
use lapsewatch_test_support::cluster::tenants::notification;

/// The credentials are in no stage of the default days: the first stage begins two months before 2031.
const NOW: &str = "2030-10-20T00:00:00Z";
const AT_ONCE: Duration = Duration::from_secs(2);

fn spec(type_: &str, name: &str, more: &Value) -> Value {
    let mut spec = json!({"type": type_, "tenantRef": {"name": "acme-prod"}, "secretRef": {"name": name},
        "reminderEveryHours": 0});
    for (field, value) in more.as_object().unwrap() {
        spec[field] = value.clone();
    }
    spec
}

fn ready(status: &Value) -> String {
    let conditions = status["conditions"].as_array().unwrap();
    conditions.iter().find(|c| c["type"] == "Ready").unwrap()["message"].as_str().unwrap().to_owned()
}

/// Creates two push certificates, one with days and an owner of its own, and a VPP token. Their tenant does not exist
/// yet.
async fn begin(prefix: &str) -> Story {
    let story = Story::begin(prefix, NOW).await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.secret("own", &[("push.pem", "apns/b.pem")]).await;
    story.secret("vpp", &[("sToken", "vpp/a.vpptoken")]).await;
    story.credential("acme", spec("APNsCertificate", "acme", &json!({}))).await;
    let own = json!({"warnBeforeDays": [10], "owner": {"contact": "#own", "runbookURL": "https://own.example"}});
    story.credential("own", spec("APNsCertificate", "own", &own)).await;
    story.credential("vpp", spec("VPPToken", "vpp", &json!({}))).await;
    for name in ["acme", "own", "vpp"] {
        let outside = [("Healthy", "True/Valid"), ("Expiring", "False/OutsideWindow")];
        let status = story.expect(name, &outside).await;
        let absent = "TenantNotFound: there is no MDMTenant acme-prod in this namespace";
        assert!(ready(&status).ends_with(absent), "{status:#}");
    }
    story.calm().await;
    story
}

/// Waits until a credential is in this stage, and checks that this took no longer than allowed.
async fn until_stage(seen: &Seen, begin: Instant, name: &str, stage: &str) {
    let is = |entry: &Entry| !entry.is_page && entry.name == name && said(&entry.status, "Expiring") == stage;
    let took = seen.first(stage, begin, is).await.saturating_duration_since(begin);
    println!("{name} {stage}: {} ms", took.as_millis());
    assert!(took <= seen.allowed(AT_ONCE), "{name} reaches {stage} after {took:?}");
}

#[tokio::test]
async fn a_tenants_days_reach_its_credentials_at_once_and_without_their_secrets() {
    let story = begin("days").await;
    let since = story.bed.mark();
    let seen = Seen::from_now(&story);
    story.calm().await;

    // The tenant is created later. Its days apply to the credentials without days of their own.
    let begin = Instant::now();
    story.tenant("acme-prod", json!({"warnBeforeDays": {"APNsCertificate": [90, 5], "VPPToken": [365]}})).await;
    until_stage(&seen, begin, "acme", "True/Within90Days").await;
    until_stage(&seen, begin, "vpp", "True/Within365Days").await;
    story.expect_page("acme-prod", &[("Healthy", "True/Expiring")]).await;
    story.calm().await;
    let own = story.status("own").await;
    assert_eq!(said(&own, "Expiring"), "False/OutsideWindow", "the credential's own days take precedence");
    for name in ["acme", "own", "vpp"] {
        assert!(!ready(&story.status(name).await).contains("TenantNotFound"));
    }
    // The tenant gets other days.
    let begin = Instant::now();
    story.tenant("acme-prod", json!({"warnBeforeDays": {"APNsCertificate": [100, 80, 5]}})).await;
    until_stage(&seen, begin, "acme", "True/Within80Days").await;
    until_stage(&seen, begin, "vpp", "False/OutsideWindow").await;
    // The tenant has no days, so the defaults apply.
    let begin = Instant::now();
    story.tenant("acme-prod", json!({"environment": "QA"})).await;
    until_stage(&seen, begin, "acme", "False/OutsideWindow").await;
    let begin = Instant::now();
    story.tenant("acme-prod", json!({"warnBeforeDays": {"APNsCertificate": [100]}})).await;
    until_stage(&seen, begin, "acme", "True/Within100Days").await;
    // The tenant is deleted.
    let begin = Instant::now();
    story.delete_tenant("acme-prod").await;
    until_stage(&seen, begin, "acme", "False/OutsideWindow").await;
    for name in ["acme", "own", "vpp"] {
        while !ready(&story.status(name).await).contains("TenantNotFound: there is no MDMTenant acme-prod") {
            assert!(begin.elapsed() < std::time::Duration::from_secs(60), "{:#}", story.status(name).await);
            story.calm().await;
        }
    }
    story.calm().await;
    let requests = story.bed.audit(since);
    // The operator gets the Secret's metadata before it sends an Event.
    let events = story.events("acme").await.len() + story.events("vpp").await.len();
    assert!(reads_and_writes(&story, &requests).0 <= events, "the change reads no Secret: {requests:#?}");
}

#[tokio::test]
async fn a_tenants_contact_and_runbook_are_named_where_a_credential_has_none() {
    let story = begin("owner").await;
    let owner = json!({"account": "tenant@acme.example", "contact": "#tenant", "runbookURL": "https://tenant.example"});
    story.tenant("acme-prod", json!({"owner": owner})).await;
    story.at("2030-12-27T00:00:00Z");
    let expiring = [("Expiring", "True/Within7Days"), ("Healthy", "True/Expiring")];
    let status = story.expect("acme", &expiring).await;
    assert_eq!(status["notifications"][0]["runbookURL"], "https://tenant.example");
    assert!(!status.to_string().contains("tenant@acme.example"), "an account is never passed on");
    // The first of the credential's own days.
    story.at("2031-05-25T00:00:00Z");
    let own = story.expect("own", &[("Expiring", "True/Within10Days")]).await;
    assert_eq!(own["notifications"][0]["runbookURL"], "https://own.example");
    story.calm().await;
    let note = async |name: &str| story.event_objects(name).await.pop().unwrap().message.unwrap();
    let (inherited, own) = (note("acme").await, note("own").await);
    assert!(inherited.contains("Runbook: https://tenant.example. ") && inherited.contains("#tenant"), "{inherited}");
    assert!(own.contains("Runbook: https://own.example. ") && own.contains("#own"), "{own}");
    let page = story
        .until_page("acme-prod", "both", |page| {
            notification(page, "ExpiresWithin10Days").is_some() && notification(page, "Expired").is_some()
        })
        .await;
    for (reason, contact, runbook) in
        [("Expired", "#tenant", "https://tenant.example"), ("ExpiresWithin10Days", "#own", "https://own.example")]
    {
        let said = notification(&page, reason).unwrap();
        assert_eq!((said["contact"].as_str(), said["runbookURL"].as_str()), (Some(contact), Some(runbook)), "{page:#}");
    }
}

#[tokio::test]
async fn an_event_waits_for_the_tenant_that_comes_a_moment_later() {
    let story = Story::begin("later", "2030-12-27T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.credential("acme", spec("APNsCertificate", "acme", &json!({}))).await;
    story.secret("alone", &[("push.pem", "apns/b.pem")]).await;
    let mut alone = spec("APNsCertificate", "alone", &json!({"warnBeforeDays": [365]}));
    alone["tenantRef"]["name"] = "never".into();
    story.credential("alone", alone).await;
    let warned = [("Ready", "True/Assessed"), ("severity", "Critical")];
    story.expect("acme", &warned).await;
    story.expect("alone", &[("Expiring", "True/Within365Days")]).await;
    // The conditions are published already, but the Event is not sent yet.
    story.calm().await;
    assert!(story.events("acme").await.is_empty());
    let owner = json!({"contact": "#tenant", "runbookURL": "https://tenant.example"});
    story.tenant("acme-prod", json!({"owner": owner})).await;
    until_events(&story, &["ExpiresWithin7Days"]).await;
    let note = story.event_objects("acme").await.pop().unwrap().message.unwrap();
    assert!(note.contains("Runbook: https://tenant.example. ") && note.contains("#tenant"), "{note}");
    // The operator waits for a missing tenant only as long as for any transient problem.
    story.at("2030-12-27T00:00:31Z");
    let begun = Instant::now();
    while story.events("alone").await.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "the Event is never sent");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let note = story.event_objects("alone").await.pop().unwrap().message.unwrap();
    assert!(note.contains("MDMTenant \"never\" does not exist in this namespace"), "{note}");
}
