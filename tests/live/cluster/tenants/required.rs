//! Tests of a missing required credential. The tenant status reports it at once, an Event follows if it persists, and
//! another Event reports the recovery.

use serde_json::{Value, json};

use lapsewatch_test_support::cluster::story::Story;
use lapsewatch_test_support::cluster::tenants::{counted, notification};

const WELL: &str = "2031-01-01T00:00:00Z";

async fn begin(prefix: &str) -> Story {
    let story = Story::begin(prefix, "2030-07-01T00:00:00Z").await;
    let owner = json!({"contact": "#mobile-ops", "runbookURL": "https://wiki.acme.example/mdm"});
    story
        .tenant("acme-prod", json!({"requiredCredentials": ["APNsCertificate", "DeclaredExpiry"], "owner": owner}))
        .await;
    story
}

async fn apns(story: &Story) {
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    let spec = json!({"type": "APNsCertificate", "tenantRef": {"name": "acme-prod"}, "secretRef": {"name": "acme"},
        "reminderEveryHours": 0});
    story.credential("acme", spec).await;
}

const MISSING: &[(&str, &str)] = &[("Healthy", "False/MissingCredential"), ("severity", "Warning")];

fn missing(page: &Value) -> Vec<&str> {
    page["credentials"]["missing"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn what_is_required_is_missed_once_it_lasts_and_well_again_once() {
    let mut story = begin("required").await;
    let page = story.expect_page("acme-prod", MISSING).await;
    assert_eq!(missing(&page), ["APNsCertificate", "DeclaredExpiry"]);
    let said = notification(&page, "MissingCredential").unwrap();
    assert_eq!((said["severity"].as_str(), said["contact"].as_str()), (Some("Warning"), Some("#mobile-ops")));
    story.at("2030-07-01T00:00:29Z");
    story.expect_tenant_events("acme-prod", &[]).await;
    story.restart_is_no_news("acme-prod").await;

    story.at("2030-07-01T00:00:30Z");
    story.expect_tenant_events("acme-prod", &["MissingCredential"]).await;
    let event = story.tenant_event_objects("acme-prod").await.remove(0);
    assert_eq!(event.type_.as_deref(), Some("Warning"));
    let note = event.message.unwrap();
    assert!(note.contains("required types APNsCertificate, DeclaredExpiry. How to act: "), "{note}");
    assert!(note.contains("Contact: #mobile-ops"), "{note}");
    story.restart_is_no_news("acme-prod").await;

    // One of two missing credentials is created. The other is still missing, so no Event is sent.
    apns(&story).await;
    story.until_page("acme-prod", "one is there", |page| missing(page) == ["DeclaredExpiry"]).await;
    story.at("2030-07-01T00:02:00Z");
    story.expect_tenant_events("acme-prod", &["MissingCredential"]).await;
    story.restart_is_no_news("acme-prod").await;

    story.declared("contract", "acme-prod", WELL).await;
    let page = story.expect_page("acme-prod", &[("Healthy", "True/Valid"), ("severity", "None")]).await;
    assert!(missing(&page).is_empty() && counted(&page, "Valid") == 2, "{page:#}");
    story.expect_tenant_events("acme-prod", &["MissingCredential"]).await;
    story.at("2030-07-01T00:02:30Z");
    story.expect_tenant_events("acme-prod", &["MissingCredential", "Recovered"]).await;
    story.restart_is_no_news("acme-prod").await;

    // A credential that is deleted again is announced again.
    story.delete_credential("contract").await;
    story.expect_page("acme-prod", MISSING).await;
    story.at("2030-07-01T00:03:00Z");
    story.expect_tenant_events("acme-prod", &["MissingCredential", "Recovered", "MissingCredential"]).await;
    story.restart_is_no_news("acme-prod").await;
}

#[tokio::test]
async fn what_comes_in_any_order_within_half_a_minute_is_no_news() {
    let story = begin("any-order").await;
    story.expect_page("acme-prod", MISSING).await;
    story.at("2030-07-01T00:00:20Z");
    apns(&story).await;
    story.declared("contract", "acme-prod", WELL).await;
    story.expect_page("acme-prod", &[("Healthy", "True/Valid")]).await;
    story.at("2030-07-01T00:05:00Z");
    story.expect_tenant_events("acme-prod", &[]).await;
}
