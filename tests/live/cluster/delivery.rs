//! Tests of crashes and lost answers at each request of a publication. No Event is lost, none is repeated, and the
//! status becomes correct.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

use crate::cluster::renewal::until_events;
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::faults::{Fault, Faults};
use lapsewatch_test_support::cluster::story::Story;

const PATIENCE: Duration = Duration::from_secs(60);
const STATUS: &str = "/tenantcredentials/acme/status";
const EVENTS: &str = "/events?";

async fn begin(prefix: &str) -> Story {
    let mut story = Story::without_operator(prefix, "2030-07-01T00:00:00Z").await;
    story.faults = Some(Arc::new(Faults::default()));
    story
}

fn faults(story: &Story) -> Arc<Faults> {
    story.faults.clone().unwrap()
}

/// Waits until all faults have occurred. If a fault kills the operator, this function stops it.
async fn met(story: &mut Story) {
    let (faults, begun) = (faults(story), Instant::now());
    while !faults.are_over() {
        assert!(begun.elapsed() < PATIENCE, "some faults have not occurred");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    if faults.is_killed() {
        story.stop().await;
    }
}

async fn secret(story: &Story) {
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
}

/// Lets the operator announce a missing Secret with a fault at one request, and restores the Secret before the operator
/// can look again. Then deletes and restores the Secret once more.
async fn missing_twice(prefix: &str, (method, path, well): (Method, &'static str, usize), fault: Fault) -> Vec<String> {
    let mut story = begin(prefix).await;
    story.apns("acme").await;
    story.start().await;
    story.expect("acme", &[("Ready", "False/SecretNotFound")]).await;
    story.calm().await;
    faults(&story).at(method, path, well, fault);
    story.at("2030-07-01T00:00:30Z");
    met(&mut story).await;
    secret(&story).await;
    faults(&story).end();
    if story.operator.is_none() {
        story.start().await;
    }
    story.expect("acme", &[("Ready", "True/Assessed")]).await;
    at_rest(&story).await;
    story.at("2030-07-01T01:00:00Z");
    story.delete_secret("acme").await;
    story.expect("acme", &[("Ready", "False/SecretNotFound")]).await;
    story.at("2030-07-01T01:00:30Z");
    at_rest(&story).await;
    secret(&story).await;
    story.expect("acme", &[("Ready", "True/Assessed")]).await;
    at_rest(&story).await;
    let events = story.events("acme").await;
    story.stop().await;
    events
}

/// Waits until nothing in the object changes any more.
async fn at_rest(story: &Story) {
    let mut before = (Value::Null, 0);
    loop {
        story.calm().await;
        let now = (story.get("acme").await, story.events("acme").await.len());
        if now == before && now.0["status"]["pendingEvents"].is_null() {
            return;
        }
        before = now;
    }
}

const BOTH: [&str; 4] = ["SecretNotFound", "Recovered", "SecretNotFound", "Recovered"];

#[tokio::test]
async fn an_event_whose_record_was_lost_is_recovered_from_and_the_next_one_is_sent() {
    for (name, request, fault) in [
        ("killed-after-event", (Method::POST, EVENTS, 0), Fault::KilledAfter),
        ("killed-before-record", (Method::PATCH, STATUS, 1), Fault::KilledBefore),
        ("killed-after-record", (Method::PATCH, STATUS, 1), Fault::KilledAfter),
    ] {
        assert_eq!(missing_twice(name, request, fault).await, BOTH, "{name}");
    }
}

#[tokio::test]
async fn an_event_that_was_not_sent_before_the_problem_was_gone_is_not_sent() {
    for (name, request, fault) in [
        ("killed-before-event", (Method::POST, EVENTS, 0), Fault::KilledBefore),
        ("killed-before-status", (Method::PATCH, STATUS, 0), Fault::KilledBefore),
        ("killed-after-status", (Method::PATCH, STATUS, 0), Fault::KilledAfter),
    ] {
        assert_eq!(missing_twice(name, request, fault).await, BOTH[2..], "{name}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_or_a_refusal_neither_loses_nor_repeats_an_event() {
    for (name, method, path, well) in [
        ("first-status", Method::PATCH, STATUS, 0),
        ("event", Method::POST, EVENTS, 0),
        ("record", Method::PATCH, STATUS, 1),
    ] {
        for (how, fault) in [("lost", Fault::Unanswered), ("refused", Fault::Refused(500))] {
            let mut story = begin(&format!("{name}-{how}")).await;
            secret(&story).await;
            story.apns("acme").await;
            faults(&story).at(method.clone(), path, well, fault);
            story.at("2030-12-10T00:00:00Z");
            story.start().await;
            met(&mut story).await;
            story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
            until_events(&story, &["ExpiresWithin30Days"]).await;
            at_rest(&story).await;
            let status = story.status("acme").await;
            assert_eq!(status["announced"][0]["reason"], "ExpiresWithin30Days", "{name} {how}: {status:#}");
            assert_eq!(story.events("acme").await, ["ExpiresWithin30Days"], "{name} {how}");
            story.stop().await;
        }
    }
}

/// If the server refuses the first status write once, later writes still correct the status.
#[tokio::test]
async fn a_status_comes_to_be_right_whatever_write_is_refused_or_cut_short() {
    for (name, well, fault) in [
        ("second-killed", 1, Fault::KilledBefore),
        ("second-unanswered", 1, Fault::Unanswered),
        ("first-killed", 0, Fault::KilledBefore),
        ("first-unanswered", 0, Fault::Unanswered),
    ] {
        let mut story = begin(name).await;
        story.secret("acme", &[("push.pem", "vpp/a.vpptoken")]).await;
        faults(&story).at(Method::PATCH, STATUS, 0, Fault::Refused(500));
        story.apns("acme").await;
        story.start().await;
        let wrong = story.expect("acme", &[("Healthy", "False/Unreadable")]).await;
        assert!(!wrong["lastRead"]["failure"].is_null(), "{wrong:#}");
        story.calm().await;
        faults(&story).at(Method::PATCH, STATUS, well, fault);
        secret(&story).await;
        let begun = Instant::now();
        while !faults(&story).are_over() && begun.elapsed() < Duration::from_secs(5) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        story.stop().await;
        faults(&story).end();
        story.start().await;
        let status = story.expect("acme", &[("Ready", "True/Assessed"), ("Healthy", "True/Valid")]).await;
        assert!(status["lastRead"]["failure"].is_null(), "{name}: {status:#}");
        at_rest(&story).await;
        story.expect("acme", &[("Ready", "True/Assessed"), ("Healthy", "True/Valid")]).await;
        story.stop().await;
    }
}

#[tokio::test]
async fn the_event_of_an_object_that_is_not_understood_survives_a_refusal_and_a_kill() {
    let bed: &'static Bed = Box::leak(Box::new(Bed::bare()));
    bed.install_crds().unwrap();
    let (_, mut crd) = lapsewatch_core::api::crds::all().remove(0);
    let type_ = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/type/enum";
    crd.pointer_mut(type_).unwrap().as_array_mut().unwrap().push("Passkey".into());
    bed.kubectl_ok(&["apply", "--server-side", "--force-conflicts", "-f", "-"], &crd.to_string());
    for (name, fault) in [
        ("refused", Fault::Refused(500)),
        ("unanswered", Fault::Unanswered),
        ("killed-before", Fault::KilledBefore),
        ("killed-after", Fault::KilledAfter),
    ] {
        let mut story = Story::on(bed, name, "2030-07-01T00:00:00Z").await;
        story.faults = Some(Arc::new(Faults::default()));
        faults(&story).at(Method::POST, EVENTS, 0, fault);
        story.credential("acme", json!({"type": "Passkey", "secretRef": {"name": "acme"}})).await;
        story.start().await;
        met(&mut story).await;
        faults(&story).end();
        if story.operator.is_none() {
            story.start().await;
        }
        story.expect("acme", &[("Ready", "False/InvalidObject")]).await;
        until_events(&story, &["InvalidObject"]).await;
        at_rest(&story).await;
        story.stop().await;
        story.start().await;
        at_rest(&story).await;
        assert_eq!(story.events("acme").await, ["InvalidObject"], "{name}");
        story.stop().await;
    }
}

/// The content of a Secret alternates. Each content stays a little longer than the debounce delay.
#[tokio::test]
async fn a_secret_that_alternates_spends_no_more_than_the_budget_and_its_last_state_is_announced() {
    let mut story = begin("alternates").await;
    let contents = ["apns/a-renewed.pem", "apns/a.pem"];
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    story.apns("acme").await;
    story.start().await;
    story.expect("acme", &[("Ready", "True/Assessed")]).await;
    let time = |second: usize| format!("2030-12-10T00:{:02}:{:02}Z", second / 60, second % 60);
    for turn in 0..44 {
        story.at(&time(turn * 40));
        story.secret("acme", &[("push.pem", contents[turn % 2])]).await;
        let change = if turn == 0 { "Renewed" } else { ["Restored", "WentBackwards"][turn % 2] };
        story.expect("acme", &[("lastChange", change)]).await;
        story.at(&time(turn * 40 + 31));
        decided(&story, change).await;
        // A restart does not renew the budget.
        if turn == 22 {
            story.stop().await;
            story.start().await;
        }
    }
    let sent = story.events("acme").await.len();
    // The budget allows 20 Events at once, and one more every five minutes.
    assert!((20..=30).contains(&sent), "{sent}: {:?}", story.events("acme").await);
    // A state that persists is announced. Some Event then contains the number of Events that were held back.
    story.secret("acme", &[("push.pem", contents[1])]).await;
    story.expect("acme", &[("lastChange", "WentBackwards")]).await;
    for hour in 1..4 {
        story.at(&format!("2030-12-10T{hour:02}:00:00Z"));
        story.calm().await;
    }
    at_rest(&story).await;
    let events = story.event_objects("acme").await;
    let notes: Vec<&str> = events.iter().filter_map(|event| event.message.as_deref()).collect();
    assert!(notes.iter().any(|note| note.contains("lapsewatch has held back")), "{notes:#?}");
    let announced = story.status("acme").await["announced"].clone();
    let of = |type_: &str| announced.as_array().unwrap().iter().find(|a| a["type"] == type_).unwrap()["reason"].clone();
    assert_eq!((of("Regressed"), of("Expiring")), (json!("WentBackwards"), json!("ExpiresWithin30Days")));
    story.stop().await;
}

/// Waits until the Event of a change was sent or held back.
async fn decided(story: &Story, change: &str) {
    let begun = Instant::now();
    loop {
        let status = story.status("acme").await;
        let of = |list: &str| {
            let entries = status[list].as_array().cloned().unwrap_or_default();
            entries.into_iter().find(|entry| entry["type"] == "Regressed" && entry["reason"] == change)
        };
        if of("announced").is_some() || of("pendingEvents").is_some_and(|entry| entry["heldBack"] == true) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{change}: {status:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A peer that can't be read again must not be treated as deleted.
#[tokio::test]
async fn a_peer_that_can_be_neither_read_again_nor_written_is_not_taken_for_gone() {
    let mut story = begin("unread-peer").await;
    let spec = |name: &str| json!({"type": "VPPToken", "secretRef": {"name": name}, "reminderEveryHours": 0});
    for name in ["acme", "peer"] {
        story.secret(name, &[("sToken", "vpp/a.vpptoken")]).await;
    }
    story.credential("acme", spec("acme")).await;
    story.start().await;
    story.expect("acme", &[("Duplicate", "False/Unique")]).await;
    let faults = faults(&story);
    faults.from(&Method::PATCH, "/tenantcredentials/peer/status", 0, Fault::Refused(503));
    tokio::time::sleep(Duration::from_millis(1050)).await;
    story.credential("peer", spec("peer")).await;
    story.expect("acme", &[("Duplicate", "True/SharedByOthers")]).await;
    story.at("2030-07-01T00:00:30Z");
    until_events(&story, &["SharedByOthers"]).await;
    faults.from(&Method::GET, "/secrets/peer", 0, Fault::Refused(503));
    let (begun, before) = (Instant::now(), faults.met());
    while faults.met() < before + 2 {
        assert!(begun.elapsed() < PATIENCE, "the request is not retried");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for minute in [1, 2, 3] {
        story.at(&format!("2030-07-01T00:{minute:02}:00Z"));
        story.calm().await;
    }
    faults.end();
    story.expect("peer", &[("Ready", "True/Assessed"), ("Duplicate", "True/TokenInUse")]).await;
    story.at("2030-07-01T00:10:00Z");
    story.calm().await;
    story.expect("acme", &[("Duplicate", "True/SharedByOthers")]).await;
    assert_eq!(story.events("acme").await, ["SharedByOthers"]);
    story.stop().await;
}
