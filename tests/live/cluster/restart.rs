//! Tests of restarts, crashes and refusals: nothing is lost, repeated or requested twice. The API server's audit log
//! counts the operator's requests.

use serde_json::json;

use crate::cluster::renewal::until_events;
use lapsewatch_test_support::cluster::audit::{count, reads_and_writes};
use lapsewatch_test_support::cluster::story::Story;

#[tokio::test]
async fn one_credential_costs_one_read_and_few_writes_and_a_restart_nothing() {
    let mut story = Story::without_operator("restart", "2030-12-10T00:00:00Z").await;
    let before = story.bed.mark();
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.apns("acme").await;
    story.start().await;
    story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
    story.calm().await;
    let requests = story.bed.audit(before);
    // Three writes: the status, the Event, and the record of the Event.
    assert_eq!(reads_and_writes(&story, &requests), (1, 3), "{requests:#?}");

    story.stop().await;
    let version = story.get("acme").await["metadata"]["resourceVersion"].clone();
    let before = story.bed.mark();
    story.start().await;
    story.calm().await;
    story.calm().await;
    story.stop().await;
    let requests = story.bed.audit(before);
    assert!(count(&requests, |r| r.user_agent == story.agent()) > 0, "the operator ran: {requests:#?}");
    assert_eq!(reads_and_writes(&story, &requests), (0, 0), "{requests:#?}");
    assert_eq!(story.get("acme").await["metadata"]["resourceVersion"], version);
}

#[tokio::test]
async fn events_that_have_lapsed_are_not_repeated_by_a_restart() {
    let mut story = Story::begin("lapsed-events", "2031-01-02T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/other.key")]).await;
    story.apns("acme").await;
    story.expect("acme", &[("Expired", "True/InGracePeriod"), ("KeyMismatch", "True/Mismatch")]).await;
    let events = story.events("acme").await;
    assert_eq!(events.len(), 2, "{events:?}");
    story.stop().await;
    story.delete_events().await;
    story.start().await;
    story.calm().await;
    story.at("2031-01-03T00:00:00Z");
    story.calm().await;
    assert!(story.events("acme").await.is_empty());
}

/// Grants `user` these rules in the story's namespace.
pub fn grant(story: &Story, user: &str, rules: &serde_json::Value) {
    let objects = json!({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
         "metadata": {"name": user, "namespace": story.namespace}, "rules": rules},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
         "metadata": {"name": user, "namespace": story.namespace},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": user},
         "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]},
    ]});
    story.bed.kubectl_ok(&["apply", "-f", "-"], &objects.to_string());
}

pub fn rules(extra: &[serde_json::Value]) -> serde_json::Value {
    let mut rules = vec![
        json!({"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials"], "verbs": ["get", "list", "watch"]}),
        json!({"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch"]}),
    ];
    rules.extend(extra.iter().cloned());
    json!(rules)
}

pub fn may_write_status() -> serde_json::Value {
    json!({"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials/status"], "verbs": ["patch"]})
}

pub fn may_send_events() -> serde_json::Value {
    json!({"apiGroups": ["events.k8s.io"], "resources": ["events"], "verbs": ["create"]})
}

#[tokio::test]
async fn what_the_status_can_not_record_is_not_sent() {
    let mut story = Story::without_operator("unrecorded", "2030-12-10T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    let since = story.bed.mark();
    grant(&story, "half", &rules(&[may_send_events()]));
    story.start_as("half").await;
    let refused = |r: &lapsewatch_test_support::cluster::audit::Request| {
        r.user == "half" && r.subresource == "status" && r.code == 403
    };
    while count(&story.bed.audit(since), refused) < 2 {
        story.calm().await;
    }
    story.stop().await;
    story.expect("acme", &[("Ready", "Unknown/Pending")]).await;
    assert!(story.events("acme").await.is_empty(), "no Event is sent without a record in the status");

    story.start().await;
    story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
    until_events(&story, &["ExpiresWithin30Days"]).await;
    story.calm().await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin30Days"]);
    assert_eq!(story.status("acme").await["announced"][0]["episode"], 1);
}

#[tokio::test]
async fn an_event_that_is_refused_delays_no_condition_and_stays_due() {
    let mut story = Story::without_operator("refused", "2030-12-10T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    grant(&story, "mute", &rules(&[may_write_status()]));
    story.start_as("mute").await;
    let status = story.expect("acme", &[("Expiring", "True/Within30Days"), ("severity", "Warning")]).await;
    assert!(status["announced"].is_null(), "an Event that was not sent is not recorded");
    grant(&story, "mute", &rules(&[may_write_status(), may_send_events()]));
    until_events(&story, &["ExpiresWithin30Days"]).await;
    story.calm().await;
    assert_eq!(story.status("acme").await["announced"][0]["reason"], "ExpiresWithin30Days");
    assert_eq!(story.events("acme").await.len(), 1);
}

#[tokio::test]
async fn a_secret_that_may_not_be_read_is_told_where_others_may() {
    let mut story = Story::without_operator("forbidden", "2030-07-01T00:00:00Z").await;
    let some = json!({"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["acme"], "verbs": ["get"]});
    let watch = json!({"apiGroups": [""], "resources": ["secrets"], "verbs": ["list", "watch"]});
    let own =
        json!({"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials"], "verbs": ["get", "list", "watch"]});
    grant(&story, "some", &json!([some, watch, own, may_write_status(), may_send_events()]));
    for name in ["acme", "closed"] {
        story.secret(name, &[("push.pem", "apns/a.pem")]).await;
        story.apns(name).await;
    }
    story.start_as("some").await;
    story.expect("acme", &[("Healthy", "True/Valid")]).await;
    story.expect("closed", &[("Ready", "False/Forbidden"), ("Healthy", "False/Unreadable")]).await;
    story.expect("acme", &[("Healthy", "True/Valid")]).await;
}

#[tokio::test]
async fn secrets_that_nobody_lets_it_read_are_its_own_failure_and_no_verdict() {
    let mut story = Story::without_operator("no-rights", "2030-07-01T00:00:00Z").await;
    let watch = json!({"apiGroups": [""], "resources": ["secrets"], "verbs": ["list", "watch"]});
    let own =
        json!({"apiGroups": ["lapsewatch.dev"], "resources": ["tenantcredentials"], "verbs": ["get", "list", "watch"]});
    grant(&story, "none", &json!([watch, own, may_write_status(), may_send_events()]));
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.start_as("none").await;
    story.calm().await;
    story.calm().await;
    story.expect("acme", &[("Ready", "Unknown/Pending")]).await;
    story.stop().await;
    story.start().await;
    story.expect("acme", &[("Healthy", "True/Valid")]).await;
}
