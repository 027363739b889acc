//! Tests with definitions that differ from those of this version: older definitions, definitions without rules, and
//! definitions that are absent for a while.

use serde_json::{Value, json};

use lapsewatch_test_support::cluster::audit::{Request, count};
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::story::Story;

/// Starts a control plane of its own with a changed definition.
fn bed_with(change: impl Fn(&mut Value)) -> &'static Bed {
    let bed = Bed::bare();
    bed.install_crds().unwrap();
    let (_, mut crd) = lapsewatch_core::api::crds::all().remove(0);
    change(&mut crd);
    bed.kubectl_ok(&["apply", "--server-side", "--force-conflicts", "-f", "-"], &crd.to_string());
    Box::leak(Box::new(bed))
}

fn schema(crd: &mut Value) -> &mut Value {
    crd.pointer_mut("/spec/versions/0/schema/openAPIV3Schema/properties").unwrap()
}

#[tokio::test]
async fn an_older_definition_takes_what_it_knows_and_warnings_go_on() {
    let bed = bed_with(|crd| {
        let status = schema(crd)["status"]["properties"].as_object_mut().unwrap();
        status.remove("newest");
        status["credential"]["properties"].as_object_mut().unwrap().remove("graceEndTime");
    });
    let mut story = Story::on(bed, "older", "2030-07-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.start().await;
    story.expect("acme", &[("Healthy", "True/Valid")]).await;
    story.at("2030-12-10T00:00:00Z");
    story.expect("acme", &[("Expiring", "True/Within30Days"), ("severity", "Warning")]).await;
    story.calm().await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin30Days"]);
    // A write that the server does not accept must not be retried endlessly.
    let since = bed.mark();
    story.calm().await;
    story.calm().await;
    let requests = bed.audit(since);
    assert_eq!(count(&requests, |r| r.user_agent == story.agent() && r.subresource == "status"), 0, "{requests:#?}");
}

#[tokio::test]
async fn a_status_of_any_form_is_replaced_by_a_true_one() {
    let bed = bed_with(|crd| {
        let free = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        schema(crd)["status"] = free;
        let fields = crd.pointer_mut("/spec/versions/0/selectableFields").unwrap().as_array_mut().unwrap();
        fields.retain(|field| !field["jsonPath"].as_str().unwrap().starts_with(".status"));
    });
    let story = Story::on(bed, "free", "2030-12-10T00:00:00Z").await;
    let mut story = story;
    let time = "2030-06-01T00:00:00Z";
    let ready = json!({"type": "Ready", "status": "Maybe", "reason": "", "lastTransitionTime": "yesterday"});
    let cases = [
        ("lists", json!({"conditions": {}, "notifications": "none", "announced": 7, "severity": []})),
        (
            "enums",
            json!({"severity": "Apocalyptic", "credential": {"format": "Clay", "expiry": "Perhaps"},
            "lastRead": {"failure": {"reason": "Tired", "message": 1}}, "lastChange": {"reason": "Danced", "time": time}}),
        ),
        (
            "twice",
            json!({"conditions": [ready, ready, {"type": "Ready", "status": "True", "reason": "Assessed", "lastTransitionTime": time, "message": ""},
            {"type": "Ready", "status": "True", "reason": "Assessed", "lastTransitionTime": time, "message": ""}],
            "announced": [{"type": "Expiring", "reason": "ExpiresWithin60Days", "episode": 1, "reminder": 0, "time": time},
                          {"type": "Expiring", "reason": "ExpiresWithin60Days", "episode": 1, "reminder": 0, "time": time}]}),
        ),
        (
            "numbers",
            json!({"observedGeneration": 1.5, "announced": [{"type": "Expiring", "reason": "x", "episode": -1e300, "reminder": "", "time": time}]}),
        ),
        (
            "long",
            json!({"acceptedIdentity": null, "newest": {"fingerprint": "x".repeat(5000), "notAfter": "12026-01-01T00:00:00Z"}}),
        ),
        (
            "foreign",
            json!({"conditions": [{"type": 7}, "x", null, {"type": "Mine", "anything": [1]}], "more": {"a": 1}}),
        ),
    ];
    for (name, status) in &cases {
        story.secret(name, &[("push.pem", "apns/a.pem")]).await;
        story.apns(name).await;
        story.merge(name, true, json!({"status": null})).await;
        story.merge(name, true, json!({"status": status})).await;
    }
    let since = bed.mark();
    story.start().await;
    for (name, _) in &cases {
        let all = [("Ready", "True/Assessed"), ("Expiring", "True/Within30Days"), ("severity", "Warning")];
        let status = story.expect(name, &all).await;
        assert_eq!(status["credential"]["expiry"], "Known", "{name}");
        assert_eq!(
            status["conditions"].as_array().unwrap().iter().filter(|c| c["type"] == "Ready").count(),
            1,
            "{name}"
        );
    }
    story.calm().await;
    let requests = bed.audit(since);
    let writes = count(&requests, |r| r.user_agent == story.agent() && r.subresource == "status");
    assert!(writes <= 2 * cases.len(), "{requests:#?}");
    let since = bed.mark();
    story.at("2030-12-10T00:00:01Z");
    for (name, _) in &cases {
        story.merge(name, false, json!({"metadata": {"annotations": {"touched": "1"}}})).await;
    }
    story.calm().await;
    let requests = bed.audit(since);
    assert_eq!(count(&requests, |r| r.user_agent == story.agent() && r.subresource == "status"), 0, "{requests:#?}");
    let foreign = story.status("foreign").await;
    assert_eq!(foreign["more"], json!({"a": 1}));
}

#[tokio::test]
async fn definitions_that_go_unseen_take_their_objects_along_and_are_watched_again() {
    let bed: &'static Bed = Box::leak(Box::new(Bed::bare()));
    bed.install_crds().unwrap();
    let mut story = Story::on(bed, "reinstalled", "2030-12-10T00:00:00Z").await;
    story.connect_by_relay().await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.start().await;
    story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
    story.calm().await;
    let relay = story.relay.take().unwrap();
    relay.cut().await;
    bed.kubectl_ok(&["delete", "crd", "tenantcredentials.lapsewatch.dev", "--timeout=60s"], "");
    relay.mend();
    // Deleted objects get no more messages, as soon as the operator can find out that they are gone.
    tokio::time::sleep(std::time::Duration::from_secs(8)).await;
    let since = bed.mark();
    story.at("2030-12-31T00:00:00Z");
    story.calm().await;
    let requests = bed.audit(since);
    let own = |r: &Request| r.user_agent == story.agent();
    assert_eq!(count(&requests, |r| own(r) && r.resource == "events"), 0, "{requests:#?}");
    bed.install_crds().unwrap();
    story.apns("acme").await;
    story.expect("acme", &[("Expiring", "True/Within1Days")]).await;
    story.calm().await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin1Days"]);
}
