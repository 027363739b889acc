//! Tests of a Secret that can't be fetched at present. This is a failure of the operator, and the status changes only
//! with time.

use serde_json::json;

use crate::cluster::renewal::until_events;
use crate::cluster::restart::{grant, may_send_events, may_write_status};
use lapsewatch_test_support::cluster::story::Story;

/// Creates a user who may list and watch all Secrets, but get only these.
fn sees(story: &Story, user: &str, may_get: &[&str]) {
    let mut rules = vec![
        json!({"apiGroups": [""], "resources": ["secrets"], "verbs": ["list", "watch"]}),
        json!({"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials"], "verbs": ["get", "list", "watch"]}),
        may_write_status(),
        may_send_events(),
    ];
    if !may_get.is_empty() {
        rules.push(json!({"apiGroups": [""], "resources": ["secrets"], "resourceNames": may_get, "verbs": ["get"]}));
    }
    grant(story, user, &json!(rules));
}

async fn begin(prefix: &str) -> Story {
    let mut story = Story::without_operator(prefix, "2030-12-10T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.start().await;
    story.expect("acme", &[("Expiring", "True/Within30Days"), ("Ready", "True/Assessed")]).await;
    story.calm().await;
    story.stop().await;
    story
}

#[tokio::test]
async fn a_generation_whose_secret_was_not_fetched_is_not_called_assessed() {
    let mut story = begin("not-fetched").await;
    sees(&story, "blind", &[]);
    story.secret("other", &[("push.pem", "apns/a-renewed.pem")]).await;
    let moved = json!({"type": "APNsCertificate", "secretRef": {"name": "other"}, "reminderEveryHours": 0});
    story.credential("acme", moved).await;
    story.start_as("blind").await;
    story.calm().await;
    let status = story.status("acme").await;
    assert_eq!(status["observedGeneration"], 1, "{status:#}");
    for condition in status["conditions"].as_array().unwrap() {
        assert_eq!(condition["observedGeneration"], 1, "{condition}");
        assert!(!condition["message"].as_str().unwrap().contains("Secret other"), "{condition}");
    }
    // The stages of the last read content follow the clock.
    story.at("2030-12-26T00:00:00Z");
    let status = story.expect("acme", &[("Expiring", "True/Within7Days"), ("severity", "Critical")]).await;
    assert_eq!(status["observedGeneration"], 1);
    until_events(&story, &["ExpiresWithin30Days", "ExpiresWithin7Days"]).await;
    story.stop().await;
    story.start().await;
    let status = story.expect("acme", &[("lastChange", "Renewed"), ("Ready", "True/Assessed")]).await;
    assert_eq!(status["observedGeneration"], 2);
}

#[tokio::test]
async fn what_could_not_be_read_does_not_recover_by_a_restart() {
    let mut story = begin("still-forbidden").await;
    sees(&story, "some", &["other"]);
    story.secret("other", &[("push.pem", "apns/b.pem")]).await;
    story.apns("other").await;
    story.secret("acme", &[("push.pem", "apns/a-renewed.pem")]).await;
    story.start_as("some").await;
    story.expect("other", &[("Healthy", "True/Valid")]).await;
    // Forbidden was the first result, before any Secret could be read. The operator retries.
    story.expect("acme", &[("Ready", "False/Forbidden")]).await;
    story.at("2030-12-10T00:00:30Z");
    until_events(&story, &["ExpiresWithin30Days", "Forbidden"]).await;
    story.stop().await;
    // The other Secret did not change. The operator reads no Secret, so it has no proof that Secrets can be read again.
    story.start_as("some").await;
    story.calm().await;
    story.at("2030-12-10T00:01:00Z");
    story.calm().await;
    story.expect("acme", &[("Ready", "False/Forbidden"), ("Healthy", "False/Unreadable")]).await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin30Days", "Forbidden"]);
}

#[tokio::test]
async fn a_secret_that_is_back_but_cannot_be_fetched_has_not_recovered() {
    let mut story = begin("back-unread").await;
    story.delete_secret("acme").await;
    story.start().await;
    story.expect("acme", &[("Ready", "False/SecretNotFound")]).await;
    story.at("2030-12-10T00:00:30Z");
    until_events(&story, &["ExpiresWithin30Days", "SecretNotFound"]).await;
    story.stop().await;
    sees(&story, "blind", &[]);
    story.secret("acme", &[("push.pem", "apns/b.pem")]).await;
    story.start_as("blind").await;
    story.calm().await;
    story.at("2030-12-10T00:01:00Z");
    story.calm().await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin30Days", "SecretNotFound"]);
    story.expect("acme", &[("Healthy", "False/Unreadable")]).await;
}

#[tokio::test]
async fn a_secret_created_before_its_object_is_never_called_missing() {
    let story = Story::begin("just-created", "2030-07-01T00:00:00Z").await;
    let since = story.bed.mark();
    for n in 0..30 {
        let name = format!("acme-{n}");
        story.secret(&name, &[("tls.crt", "x509/rsa.pem")]).await;
        // Several objects may hold this type, so no peer has to be updated.
        story.credential(&name, json!({"type": "X509Certificate", "secretRef": {"name": name}})).await;
    }
    for n in 0..30 {
        story.expect(&format!("acme-{n}"), &[("Healthy", "True/Valid")]).await;
    }
    story.calm().await;
    let requests = story.bed.audit(since);
    let (_, writes) = lapsewatch_test_support::cluster::audit::reads_and_writes(&story, &requests);
    assert_eq!(writes, 30, "{requests:#?}");
}

#[tokio::test]
async fn a_secret_that_the_watch_does_not_tell_of_is_not_called_missing() {
    let story = Story::begin("untold", "2030-07-01T00:00:00Z").await;
    // The watch leaves out Secrets of this type, so it never reports this Secret.
    let data = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        lapsewatch_test_support::cluster::story::fixture("apns/a.pem"),
    );
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "acme", "namespace": story.namespace},
        "type": "helm.sh/release.v1", "data": {"push.pem": data}});
    story.bed.kubectl_ok(&["create", "-f", "-"], &secret.to_string());
    story.apns("acme").await;
    story.expect("acme", &[("Ready", "True/Assessed"), ("Healthy", "True/Valid")]).await;
    story.at("2030-12-10T00:00:00Z");
    story.expect("acme", &[("Ready", "True/Assessed"), ("Expiring", "True/Within30Days")]).await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin30Days"]);
}
