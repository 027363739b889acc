//! Tests of the tenant's own Events. They refer to the MDMTenant, and are sent only if the tenant's state changes.

use serde_json::json;

use lapsewatch_test_support::cluster::story::Story;
use lapsewatch_test_support::cluster::tenants::counted;

#[tokio::test]
async fn a_tenant_has_an_event_where_its_own_state_changes_and_no_copy_of_each_credentials() {
    let story = Story::begin("tenant-events", "2030-07-01T00:00:00Z").await;
    story.tenant("acme-prod", json!({})).await;
    for (name, expires) in
        [("first", "2030-09-01T00:00:00Z"), ("second", "2030-09-20T00:00:00Z"), ("well", "2032-01-01T00:00:00Z")]
    {
        story.declared(name, "acme-prod", expires).await;
    }
    story.until_page("acme-prod", "all are valid", |page| counted(page, "Valid") == 3).await;
    story.expect_tenant_events("acme-prod", &[]).await;

    // First one of three credentials reaches the state, then the second.
    story.at("2030-08-05T00:00:00Z");
    story.expect_page("acme-prod", &[("Healthy", "True/Expiring"), ("severity", "Notice")]).await;
    story.expect_tenant_events("acme-prod", &[]).await;
    story.at("2030-08-05T00:00:30Z");
    story.expect_tenant_events("acme-prod", &["Expiring"]).await;
    story.at("2030-08-22T00:00:00Z");
    story.until_page("acme-prod", "two expire", |page| counted(page, "Expiring") == 2).await;
    story.at("2030-08-22T00:10:00Z");
    story.expect_tenant_events("acme-prod", &["Expiring"]).await;
    assert_eq!(story.events("second").await, ["ExpiresWithin30Days"], "the Event of the credential itself");

    story.at("2030-09-02T00:00:00Z");
    story.expect_page("acme-prod", &[("Healthy", "False/Expired"), ("severity", "Warning")]).await;
    story.at("2030-09-02T00:00:30Z");
    story.expect_tenant_events("acme-prod", &["Expiring", "Expired"]).await;
    story.at("2030-09-21T00:00:00Z");
    story.until_page("acme-prod", "two have expired", |page| counted(page, "Expired") == 2).await;
    story.at("2030-09-21T00:10:00Z");
    story.expect_tenant_events("acme-prod", &["Expiring", "Expired"]).await;

    for name in ["first", "second"] {
        story.declared(name, "acme-prod", "2032-01-01T00:00:00Z").await;
    }
    story.expect_page("acme-prod", &[("Healthy", "True/Valid")]).await;
    story.at("2030-09-21T00:10:30Z");
    story.expect_tenant_events("acme-prod", &["Expiring", "Expired", "Recovered"]).await;

    let event = story.tenant_event_objects("acme-prod").await.remove(1);
    assert_eq!(event.involved_object.kind.as_deref(), Some("MDMTenant"));
    assert!(event.related.is_none(), "the Event refers to no Secret");
    let described = story.bed.kubectl_ok(&["-n", &story.namespace, "describe", "mdmt", "acme-prod"], "");
    let events = described.split_once("\nEvents:").unwrap().1;
    for (reason, type_) in [("Expiring", "Normal"), ("Expired", "Warning"), ("Recovered", "Normal")] {
        let line = events.lines().find(|line| line.split_whitespace().nth(1) == Some(reason));
        assert!(line.is_some_and(|line| line.trim().starts_with(type_)), "{events}");
    }
}
