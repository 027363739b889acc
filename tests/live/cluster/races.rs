//! Tests of concurrent changes: other writers, and objects and Secrets that are deleted, created again or replaced.

use std::time::Duration;

use serde_json::json;

use crate::cluster::renewal::until_events;
use lapsewatch_test_support::cluster::audit::count;
use lapsewatch_test_support::cluster::audit::reads_and_writes;
use lapsewatch_test_support::cluster::story::Story;

#[tokio::test]
async fn what_others_write_meanwhile_is_never_rolled_back() {
    let story = Story::begin("rolled-back", "2030-07-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.expect("acme", &[("Healthy", "True/Valid")]).await;
    for n in 0..60 {
        // The changed severity makes the operator write the status. The operator's write must not revert the other
        // program's condition.
        let other = json!({"severity": "Critical", "conditions": [{"type": "Other", "status": "True", "reason": "Counted",
            "message": n.to_string(), "lastTransitionTime": "2030-06-01T00:00:00Z"}]});
        story.apply_status("acme", other).await;
        tokio::time::sleep(Duration::from_millis(n % 7 * 5)).await;
        let status = story.status("acme").await;
        let counted = status["conditions"].as_array().unwrap().iter().find(|c| c["type"] == "Other").unwrap();
        assert_eq!(counted["message"], n.to_string());
    }
    let status = story.expect("acme", &[("severity", "None"), ("Healthy", "True/Valid")]).await;
    assert_eq!(status["conditions"].as_array().unwrap().last().unwrap()["message"], "59");
    assert!(story.events("acme").await.is_empty());
}

#[tokio::test]
async fn an_object_that_moves_to_another_secret_follows_that_one_alone() {
    let story = Story::begin("moves", "2030-06-10T00:00:00Z").await;
    let spec = |name: &str| json!({"type": "APNsCertificate", "secretRef": {"name": name}, "reminderEveryHours": 0});
    story.secret("first", &[("push.pem", "apns/a.pem")]).await;
    story.credential("acme", spec("first")).await;
    story.expect("acme", &[("notAfter", "2031-01-01T00:00:00Z")]).await;
    story.secret("second", &[("push.pem", "apns/a-renewed.pem")]).await;
    story.credential("acme", spec("second")).await;
    story.expect("acme", &[("notAfter", "2031-12-01T00:00:00Z"), ("lastChange", "Renewed")]).await;
    story.calm().await;
    let since = story.bed.mark();
    story.secret("first", &[("push.pem", "apns/b.pem")]).await;
    story.delete_secret("first").await;
    story.calm().await;
    assert_eq!(reads_and_writes(&story, &story.bed.audit(since)), (0, 0), "the previous Secret concerns no object");
    story.delete_secret("second").await;
    story.expect("acme", &[("Ready", "False/SecretNotFound")]).await;
    story.secret("second", &[("push.pem", "apns/a.pem")]).await;
    story.expect("acme", &[("Ready", "True/Assessed"), ("lastChange", "WentBackwards")]).await;
}

#[tokio::test]
async fn an_object_deleted_and_created_anew_is_another_one() {
    let story = Story::begin("anew", "2030-12-10T00:00:00Z").await;
    // The longest valid name, with dots where the operator would truncate it.
    let name = format!("{}.{}", "a.b-".repeat(49) + "abc", "c".repeat(53));
    assert_eq!(name.len(), 253);
    story.secret(&name, &[("push.pem", "apns/a.pem")]).await;
    for round in 0..4 {
        story.apns(&name).await;
        if round % 2 == 1 {
            story.expect(&name, &[("Expiring", "True/Within30Days")]).await;
            story.calm().await;
            assert_eq!(story.events(&name).await, ["ExpiresWithin30Days"], "each object is announced once");
        }
        story.delete_credential(&name).await;
    }
    story.calm().await;
    assert!(!story.exists(&name).await, "a write does not create the object again");
    story.apns(&name).await;
    story.expect(&name, &[("Expiring", "True/Within30Days")]).await;
    story.calm().await;
    assert_eq!(story.events(&name).await, ["ExpiresWithin30Days"]);
}

#[tokio::test]
async fn what_settles_goes_on_settling_across_a_restart() {
    let mut story = Story::begin("settling", "2030-07-01T00:00:00Z").await;
    story.apns("acme").await;
    let first = story.expect("acme", &[("Ready", "False/SecretNotFound")]).await;
    story.stop().await;
    story.at("2030-07-01T00:00:20Z");
    story.start().await;
    story.calm().await;
    story.at("2030-07-01T00:00:29Z");
    story.calm().await;
    assert!(story.events("acme").await.is_empty());
    story.at("2030-07-01T00:00:30Z");
    until_events(&story, &["SecretNotFound"]).await;
    let status = story.status("acme").await;
    assert_eq!(status["notifications"], first["notifications"]);
    assert_eq!(status["conditions"], first["conditions"], "transition times do not change");
}

#[tokio::test]
async fn several_namespaces_are_each_watched_and_others_are_not() {
    let mut story = Story::without_operator("scopes", "2030-12-10T00:00:00Z").await;
    let second = Story::without_operator("scopes", "2030-12-10T00:00:00Z").await;
    let outside = Story::without_operator("scopes", "2030-12-10T00:00:00Z").await;
    story.also = vec![second.namespace.clone(), "not-there".to_owned()];
    for story in [&story, &second, &outside] {
        story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
        story.apns("acme").await;
    }
    let since = story.bed.mark();
    // A Role can't exist in a namespace that does not exist.
    let user = lapsewatch_test_support::cluster::account::account(story.bed, &story.namespace, &[]).await;
    story.start_as(&user).await;
    for story in [&story, &second] {
        story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
    }
    story.calm().await;
    second.delete_secret("acme").await;
    second.expect("acme", &[("Ready", "False/SecretNotFound")]).await;
    story.expect("acme", &[("Ready", "True/Assessed")]).await;
    outside.expect("acme", &[("Ready", "Unknown/Pending")]).await;
    let requests = story.bed.audit(since);
    assert_eq!(count(&requests, |r| r.user_agent == story.agent() && r.namespace == outside.namespace), 0);
}
