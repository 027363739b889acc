//! Tests with objects of a newer version: its fields survive, and an object that this version does not understand
//! affects no other object.

use serde_json::{Value, json};

use lapsewatch_test_support::cluster::bed::bed;
use lapsewatch_test_support::cluster::story::Story;

/// Installs the definition of a newer version, with one more type and more fields in the status.
fn install_newer_definition() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let (_, mut crd) = lapsewatch_core::api::crds::all().remove(0);
        let schema = crd.pointer_mut("/spec/versions/0/schema/openAPIV3Schema/properties").unwrap();
        schema["spec"]["properties"]["type"]["enum"].as_array_mut().unwrap().push("Passkey".into());
        let free = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true, "description": "Newer."});
        schema["status"]["properties"]["forecast"] = free.clone();
        schema["status"]["properties"]["credential"]["properties"]["attestation"] = free;
        bed().kubectl_ok(&["apply", "--server-side", "--force-conflicts", "-f", "-"], &crd.to_string());
    });
}

fn condition(status: &Value, type_: &str) -> Value {
    status["conditions"].as_array().unwrap().iter().find(|c| c["type"] == type_).cloned().unwrap_or_default()
}

#[tokio::test]
async fn fields_and_conditions_of_a_newer_version_survive_the_operators_writes() {
    install_newer_definition();
    let mut story = Story::begin("newer", "2030-07-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    let status = story.expect("acme", &[("Healthy", "True/Valid")]).await;
    story.stop().await;

    // The newer version uses the same field manager. This is the state after an upgrade that was rolled back.
    let mut newer = status.clone();
    newer["forecast"] = json!({"quarter": "Q3", "risks": ["a", "b"]});
    newer["credential"]["attestation"] = json!({"level": 3});
    let quantum = json!({"type": "QuantumSafe", "status": "False", "reason": "RSA", "message": "of a newer version",
        "lastTransitionTime": "2030-06-01T00:00:00Z"});
    newer["conditions"].as_array_mut().unwrap().push(quantum.clone());
    let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": "acme", "namespace": story.namespace}, "status": newer});
    let apply = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--subresource=status",
        "--field-manager=lapsewatch",
        "-f",
        "-",
    ];
    story.bed.kubectl_ok(&apply, &object.to_string());
    assert_eq!(story.status("acme").await["forecast"]["quarter"], "Q3");

    story.start().await;
    story.calm().await;
    story.at("2030-12-10T00:00:00Z");
    let status = story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
    assert_eq!(status["forecast"], json!({"quarter": "Q3", "risks": ["a", "b"]}));
    assert_eq!(status["credential"]["attestation"], json!({"level": 3}));
    assert_eq!(condition(&status, "QuantumSafe"), quantum);
    // After that write, the operator writes nothing more.
    let version = story.get("acme").await["metadata"]["resourceVersion"].clone();
    story.calm().await;
    assert_eq!(story.get("acme").await["metadata"]["resourceVersion"], version);
}

#[tokio::test]
async fn an_object_that_cannot_be_understood_keeps_its_status_but_for_ready_and_stops_nobody() {
    install_newer_definition();
    let mut story = Story::without_operator("undecodable", "2030-07-01T00:00:00Z").await;
    story.credential("future", json!({"type": "Passkey", "secretRef": {"name": "future"}})).await;
    let before = json!({"severity": "Warning", "forecast": {"quarter": "Q4"}, "conditions": [
        {"type": "Ready", "status": "True", "reason": "Assessed", "message": "by a newer version", "lastTransitionTime": "2030-06-01T00:00:00Z"},
        {"type": "Healthy", "status": "True", "reason": "Valid", "message": "fine", "lastTransitionTime": "2030-06-01T00:00:00Z"},
        {"type": "QuantumSafe", "status": "True", "reason": "Kyber", "message": "", "lastTransitionTime": "2030-06-01T00:00:00Z"},
    ]});
    story.merge("future", true, json!({"status": before})).await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.start().await;

    story.expect("acme", &[("Healthy", "True/Valid")]).await;
    let status = story.expect("future", &[("Ready", "False/InvalidObject")]).await;
    assert_eq!(status["severity"], "Warning");
    assert_eq!(status["forecast"]["quarter"], "Q4");
    for (at, type_) in [(1, "Healthy"), (2, "QuantumSafe")] {
        assert_eq!(condition(&status, type_), before["conditions"][at]);
    }
    let message = condition(&status, "Ready")["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("spec.type is of another form"), "{message}");
    assert_eq!(story.events("future").await, ["InvalidObject"]);
    let version = story.get("future").await["metadata"]["resourceVersion"].clone();
    story.calm().await;
    assert_eq!(story.get("future").await["metadata"]["resourceVersion"], version, "InvalidObject is written once");
    assert_eq!(story.events("future").await, ["InvalidObject"]);
}

#[tokio::test]
async fn an_invalid_object_that_an_earlier_version_reported_is_not_reported_again() {
    install_newer_definition();
    let mut story = Story::without_operator("reported-before", "2030-07-01T00:00:00Z").await;
    story.credential("future", json!({"type": "Passkey", "secretRef": {"name": "future"}})).await;
    // A status of version 0.1, which has no record of the Event.
    let before = json!({"conditions": [
        {"type": "Ready", "status": "False", "reason": "InvalidObject", "message": "spec.type is of another form",
            "observedGeneration": 1, "lastTransitionTime": "2030-06-01T00:00:00Z"},
    ]});
    story.merge("future", true, json!({"status": before})).await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    let version = story.get("future").await["metadata"]["resourceVersion"].clone();
    story.start().await;
    // The operator assesses objects in the order of the list, and this object comes later.
    story.apns("acme").await;
    story.expect("acme", &[("Healthy", "True/Valid")]).await;
    assert_eq!(story.get("future").await["metadata"]["resourceVersion"], version, "nothing is written");
    assert_eq!(story.events("future").await, Vec::<String>::new());
    // The next generation is announced.
    story.credential("future", json!({"type": "Passkey", "secretRef": {"name": "other"}})).await;
    story.expect("future", &[("Ready", "False/InvalidObject")]).await;
    crate::cluster::renewal::until_events_of(&story, "future", &["InvalidObject"]).await;
    story.stop().await;
}

#[tokio::test]
async fn another_programs_change_of_the_status_is_put_right() {
    let story = Story::begin("tampered", "2030-07-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    let good = story.expect("acme", &[("Healthy", "True/Valid")]).await;
    story.merge("acme", true, json!({"status": {"severity": "Critical", "lastRead": {"resourceVersion": "1"}}})).await;
    story.expect("acme", &[("severity", "None")]).await;
    assert_eq!(story.status("acme").await, good);
}
