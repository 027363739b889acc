//! Tests of other programs that write to the status: additions are removed, foreign fields do no harm, and no program
//! writes endlessly.

use std::time::Duration;

use serde_json::{Value, json};

use lapsewatch_test_support::cluster::audit::{Marker, count};
use lapsewatch_test_support::cluster::story::Story;

async fn begin(prefix: &str) -> Story {
    let story = Story::begin(prefix, "2030-07-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.apns("acme").await;
    story.expect("acme", &[("Healthy", "True/Valid"), ("KeyMismatch", "False/Matches")]).await;
    story.calm().await;
    story
}

/// Returns the number of status writes of this story's operator.
fn writes(story: &Story, since: Marker) -> usize {
    count(&story.bed.audit(since), |r| r.user_agent == story.agent() && r.subresource == "status")
}

/// Makes the operator reconcile the object without a relevant change.
async fn touch(story: &Story) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos().to_string();
    story.merge("acme", false, json!({"metadata": {"annotations": {"touched": now}}})).await;
    story.calm().await;
}

/// Waits until the status is `good` again, and checks that this took few writes and that no further write follows.
async fn put_right(story: &Story, good: &Value, what: &str, since: Marker) {
    for _ in 0..2400 {
        if story.status("acme").await == *good {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(story.status("acme").await, *good, "{what}");
    story.calm().await;
    // The watch returns the first of two writes while the second is in flight, which may cause a conflict.
    let requests = story.bed.audit(since);
    let wrote =
        |code: u16| count(&requests, |r| r.user_agent == story.agent() && r.subresource == "status" && r.code == code);
    assert!(wrote(200) <= 2 && wrote(409) <= 2, "{what}: {requests:#?}");
    assert_eq!(wrote(200) + wrote(409), writes(story, since), "{what}: {requests:#?}");
    let since = story.bed.mark();
    touch(story).await;
    touch(story).await;
    assert_eq!(writes(story, since), 0, "{what}: a status without a difference is written again");
}

#[tokio::test]
async fn what_another_program_adds_or_takes_is_put_right_with_few_writes() {
    let story = begin("tampered-all").await;
    let good = story.status("acme").await;
    let mut reversed = good["conditions"].as_array().unwrap().clone();
    reversed.reverse();
    let mut bare = good["conditions"].as_array().unwrap().clone();
    bare.iter_mut().for_each(|c| drop(c.as_object_mut().unwrap().remove("message")));
    let false_alarm = json!([{"type": "Expired", "reason": "Expired", "severity": "Critical",
        "since": "2030-06-01T00:00:00Z", "message": "a lie", "remedy": "none"}]);
    let cases = [
        ("severity", json!({"severity": "Critical"})),
        ("no severity", json!({"severity": null})),
        ("generation", json!({"observedGeneration": 99})),
        ("notifications", json!({"notifications": false_alarm})),
        ("order", json!({"conditions": reversed})),
        ("texts", json!({"conditions": bare})),
        ("nothing", json!({"conditions": null, "severity": null, "lastRead": null})),
        ("another state of the Secret", json!({"lastRead": {"resourceVersion": "1"}})),
        (
            "an old failure",
            json!({"lastRead": {"resourceVersion": "1", "failure": {"reason": "WrongFile", "message": "x"}}}),
        ),
    ];
    for (what, patch) in cases {
        let since = story.bed.mark();
        story.merge("acme", true, json!({"status": patch})).await;
        // Only the conditions contain the transition times. If the conditions are removed, the transition times start
        // again.
        let good = if what == "nothing" { continue } else { &good };
        put_right(&story, good, what, since).await;
    }
    assert!(story.events("acme").await.is_empty(), "none of the changes has an Event");
}

#[tokio::test]
async fn others_conditions_survive_as_far_as_there_is_room_and_never_stop_the_own() {
    let story = begin("crowded").await;
    let mut conditions = story.status("acme").await["conditions"].as_array().unwrap().clone();
    conditions.retain(|c| c["type"] == "Ready");
    let foreign = |n: usize| {
        json!({"type": format!("Foreign{n}"), "status": "True", "reason": "Other", "message": "",
        "lastTransitionTime": "2030-06-01T00:00:00Z"})
    };
    conditions.extend((0..31).map(foreign));
    story.merge("acme", true, json!({"status": {"conditions": conditions}})).await;
    let status = story.expect("acme", &[("Healthy", "True/Valid"), ("KeyMismatch", "False/Matches")]).await;
    let left =
        status["conditions"].as_array().unwrap().iter().filter(|c| c["type"].as_str().unwrap().starts_with("Foreign"));
    assert!(left.count() >= 20, "foreign conditions are kept up to the limit");
    story.calm().await;
    let since = story.bed.mark();
    touch(&story).await;
    touch(&story).await;
    assert_eq!(writes(&story, since), 0);
    story.at("2030-12-10T00:00:00Z");
    story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
}

#[tokio::test]
async fn times_of_another_form_are_no_difference() {
    let story = begin("times").await;
    let mut conditions = story.status("acme").await["conditions"].as_array().unwrap().clone();
    conditions[0]["lastTransitionTime"] = "2030-06-01T02:00:00.123456+02:00".into();
    conditions[1]["lastTransitionTime"] = "2030-06-01T00:00:00.5Z".into();
    let since = story.bed.mark();
    story.merge("acme", true, json!({"status": {"conditions": conditions}})).await;
    touch(&story).await;
    touch(&story).await;
    assert!(writes(&story, since) <= 1);
    let since = story.bed.mark();
    touch(&story).await;
    assert_eq!(writes(&story, since), 0);
}
