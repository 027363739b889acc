//! Tests of a tenant that this version does not understand, for example one of a newer version. The operator reports
//! InvalidObject for this tenant, and other objects are not affected.

use serde_json::{Value, json};

use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::story::Story;

/// Starts a server with the definitions of a newer version, which allow another environment.
fn newer() -> &'static Bed {
    let bed: &'static Bed = Box::leak(Box::new(Bed::bare()));
    bed.install_crds().unwrap();
    let (_, mut crd) = lapsewatch_core::api::crds::all().remove(1);
    let properties = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
    let spec = crd.pointer_mut(properties).unwrap();
    spec["environment"]["enum"].as_array_mut().unwrap().push("Staging".into());
    bed.kubectl_ok(&["apply", "--server-side", "--force-conflicts", "-f", "-"], &crd.to_string());
    bed
}

fn condition(page: &Value, type_: &str) -> Value {
    page["conditions"].as_array().unwrap().iter().find(|c| c["type"] == type_).cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_tenant_that_is_not_understood_says_so_and_harms_nothing_else() {
    let story = Story::on(newer(), "newer-tenant", "2030-09-01T00:00:00Z").await;
    let mut story = story;
    let days = json!({"DeclaredExpiry": [200]});
    let staging = json!({"environment": "Staging", "warnBeforeDays": days, "requiredCredentials": ["VPPToken"]});
    story.tenant("acme-staging", staging.clone()).await;
    story.tenant("acme-prod", json!({"environment": "Production", "warnBeforeDays": days})).await;
    story.declared("theirs", "acme-staging", "2031-01-01T00:00:00Z").await;
    story.declared("mine", "acme-prod", "2031-01-01T00:00:00Z").await;
    story.start().await;
    let page = story.expect_page("acme-staging", &[("Ready", "False/InvalidObject")]).await;
    let message = condition(&page, "Ready")["message"].as_str().unwrap().to_owned();
    assert!(message.contains("environment") && message.contains("newer version"), "{message}");
    assert_eq!(condition(&page, "Healthy")["reason"], "Pending", "the tenant was never assessed");
    // The credentials of that tenant use the defaults. Other objects are not affected.
    let status = story.expect("theirs", &[("Ready", "True/Assessed"), ("Expiring", "False/OutsideWindow")]).await;
    assert!(!condition(&status, "Ready")["message"].as_str().unwrap().contains("TenantNotFound"), "the tenant exists");
    story.expect("mine", &[("Expiring", "True/Within200Days")]).await;
    story.expect_page("acme-prod", &[("Ready", "True/Assessed"), ("Healthy", "True/Expiring")]).await;
    story.expect_tenant_events("acme-staging", &["InvalidObject"]).await;
    story.restart_is_no_news("acme-staging").await;

    // Changes of its credentials cause no write to this tenant.
    let version = story.get_tenant("acme-staging").await["metadata"]["resourceVersion"].clone();
    story.at("2030-12-28T00:00:00Z");
    story.expect("theirs", &[("Expiring", "True/Within7Days"), ("severity", "Warning")]).await;
    story.rest().await;
    assert_eq!(story.get_tenant("acme-staging").await["metadata"]["resourceVersion"], version);

    // After a valid change, the operator publishes the full tenant status.
    story.tenant("acme-staging", json!({"environment": "QA", "requiredCredentials": ["VPPToken"]})).await;
    let page =
        story.expect_page("acme-staging", &[("Ready", "True/Assessed"), ("Healthy", "False/MissingCredential")]).await;
    assert_eq!(page["observedGeneration"], 2);
    // After another invalid change, the last findings remain in the status.
    story.tenant("acme-staging", staging).await;
    let page = story.expect_page("acme-staging", &[("Ready", "False/InvalidObject")]).await;
    assert_eq!(condition(&page, "Healthy")["reason"], "MissingCredential");
    assert!(page["notifications"].as_array().is_some_and(|all| !all.is_empty()), "{page:#}");
    story.stop().await;
}
