//! Tests crashes, refused Events and a second replica between an Event and its record in the status. No Event is lost
//! or sent twice.

use chrono::TimeDelta;
use lapsewatch_core::api::CredentialType::APNsCertificate;
use lapsewatch_core::api::reasons::FailureReason::SecretNotFound;
use lapsewatch_core::api::status::Announced;
use lapsewatch_core::assessment::notices::Notice;

use lapsewatch_test_support::assessment::facts::{apns, time};
use lapsewatch_test_support::assessment::story::{Story, UID};

fn story() -> Story {
    Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"))
}

fn names(notices: &[Notice]) -> Vec<String> {
    notices.iter().map(|notice| notice.event_name("acme-apns", UID)).collect()
}

#[test]
fn after_a_crash_the_same_event_is_found_there() {
    let mut story = story();
    story.at("2030-11-01T00:00:00Z");
    story.crash_at("2030-12-02T00:00:00Z").events(["ExpiresWithin30Days"]);
    story.at("2030-12-02T00:00:20Z").quiet();
    story.at("2030-12-02T00:00:40Z").quiet();
    assert_eq!(story.status.announced.len(), 1);
}

#[test]
fn an_event_whose_record_was_lost_is_recovered_from_and_the_next_one_is_sent() {
    let mut story = story();
    story.at("2030-06-01T00:00:00Z");
    let back = || apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
    story.fails(SecretNotFound).at("2030-06-01T00:01:00Z").quiet();
    story.crash_at("2030-06-01T00:01:30Z").events(["SecretNotFound"]);
    // The problem ends before the next assessment.
    story.holds(back()).at("2030-06-01T00:02:00Z").events(["Recovered"]);
    story.fails(SecretNotFound).settled("2030-06-01T00:03:00Z").events(["SecretNotFound"]);
    story.holds(back()).at("2030-06-01T00:04:00Z").events(["Recovered"]);
    story.at("2030-06-01T00:04:01Z").quiet();
}

#[test]
fn an_entry_is_over_once_an_earlier_version_has_announced_more() {
    let mut story = story();
    story.at("2030-06-01T00:00:00Z");
    story.fails(SecretNotFound).at("2030-06-01T00:01:00Z").quiet();
    story.crash_at("2030-06-01T00:01:30Z").events(["SecretNotFound"]);
    let entry = story.status.pending_events.first().cloned().unwrap();
    // Version 0.1 runs for some time. This version announces the problem and its end, and keeps the unknown field with
    // the entry.
    story.status.announced.push(Announced {
        type_: entry.type_,
        reason: "Recovered".to_owned(),
        fingerprint: String::new(),
        episode: entry.episode + 1,
        reminder: 0,
        time: time("2030-06-01T00:03:00Z"),
    });
    story.holds(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")).at("2030-06-01T00:05:00Z").quiet();
    story.at("2030-06-01T00:06:00Z").quiet();
    assert!(story.status.pending_events.is_empty(), "the pending Event is removed");
}

#[test]
fn an_event_that_was_not_sent_while_its_problem_lasted_is_dropped_without_a_recovery() {
    let mut story = story();
    story.at("2030-06-01T00:00:00Z");
    let back = || apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
    story.fails(SecretNotFound).at("2030-06-01T00:01:00Z").quiet();
    story.refused_at("2030-06-01T00:01:30Z").quiet();
    assert_eq!(story.status.pending_events.len(), 1, "the Event is recorded as pending before it is sent");
    story.holds(back()).at("2030-06-01T00:02:00Z").quiet();
    assert!(story.status.pending_events.is_empty() && story.status.announced.is_empty());
    story.fails(SecretNotFound).settled("2030-06-01T00:03:00Z").events(["SecretNotFound"]);
    story.holds(back()).at("2030-06-01T00:04:00Z").events(["Recovered"]);
}

#[test]
fn so_it_is_for_stages_mismatches_and_changes() {
    use lapsewatch_core::api::status::KeyMatch;
    let mut story = story();
    let facts = |key_match| lapsewatch_core::api::CredentialFacts {
        key_match,
        ..apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")
    };
    story.holds(facts(KeyMatch::Matches)).at("2030-06-01T00:00:00Z").quiet();
    for minute in [1, 11, 21] {
        let at = |seconds: i64| {
            lapsewatch_core::messages::at(time("2030-06-01T00:00:00Z") + TimeDelta::seconds(minute * 60 + seconds))
        };
        story.holds(facts(KeyMatch::Mismatch)).crash_at(&at(0)).events(["KeyMismatch"]);
        story.holds(facts(KeyMatch::Matches)).at(&at(1)).events(["Recovered"]);
    }
    // The credential is renewed, and renewed again before the first renewal is recorded. Then the old credential
    // returns.
    story.spec.reminder_every_hours = Some(0);
    story.crash_at("2030-12-10T00:00:00Z").events(["ExpiresWithin30Days"]);
    story.holds(apns('b', "2030-12-01T00:00:00Z", "2031-12-01T00:00:00Z"));
    story.crash_at("2030-12-10T00:00:01Z").events(["Renewed"]);
    story.holds(apns('c', "2030-12-02T00:00:00Z", "2031-12-02T00:00:00Z"));
    story.crash_at("2030-12-10T00:00:02Z").events(["Renewed"]);
    story
        .holds(facts(KeyMatch::Matches))
        .settled("2030-12-10T00:00:03Z")
        .events(["ExpiresWithin30Days", "WentBackwards"]);
    assert!(story.status.pending_events.is_empty());
}

#[test]
fn so_it_is_for_a_reminder_a_recovery_and_a_change() {
    let mut story = story();
    let due = story.at("2030-12-02T00:00:00Z").next.unwrap();
    let at = |seconds| lapsewatch_core::messages::at(due + TimeDelta::seconds(seconds));
    story.crash_at(&at(0)).events(["ExpiresWithin30Days"]);
    story.at(&at(10)).quiet();
    story.fails(SecretNotFound).at(&at(20));
    story.crash_at(&at(50)).events(["SecretNotFound"]);
    story.at(&at(51)).quiet();
    story.holds(apns('b', "2030-12-01T00:00:00Z", "2031-12-01T00:00:00Z"));
    story.crash_at(&at(60)).events(["Renewed", "Recovered"]);
    story.at(&at(61)).quiet();
    story.at(&at(62)).quiet();
}

#[test]
fn a_refused_event_stays_due_under_its_name_and_delays_no_condition() {
    let mut story = story();
    story.at("2030-11-01T00:00:00Z");
    let before = names(&story.assess(time("2030-12-02T00:00:00Z")).notices);
    let look = story.refused_at("2030-12-02T00:00:00Z");
    look.quiet().severity(lapsewatch_core::api::Severity::Warning);
    assert_eq!(story.status.announced, []);
    assert_eq!(names(&story.assess(time("2030-12-02T05:00:00Z")).notices), before);
    story.at("2030-12-02T05:00:00Z").events(["ExpiresWithin30Days"]);
    story.at("2030-12-02T05:00:01Z").quiet();
}

#[test]
fn a_refused_change_stays_due() {
    let mut story = story();
    story.at("2030-12-02T00:00:00Z");
    story.holds(apns('b', "2030-12-01T00:00:00Z", "2031-12-01T00:00:00Z"));
    story.refused_at("2030-12-02T01:00:00Z").quiet();
    story.at("2030-12-02T02:00:00Z").events(["Renewed"]);
}

#[test]
fn a_refused_recovery_stays_due_and_a_new_failure_goes_first() {
    let mut story = story();
    story.spec.reminder_every_hours = Some(0);
    story.at("2030-06-01T00:00:00Z");
    story.fails(SecretNotFound).at("2030-06-01T00:01:00Z");
    story.at("2030-06-01T00:01:30Z").events(["SecretNotFound"]);
    let back = apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
    story.holds(back).refused_at("2030-06-01T00:02:00Z").quiet();
    story.at("2030-06-01T00:02:01Z").events(["Recovered"]);
}

#[test]
fn a_restart_while_it_settles_starts_nothing_anew() {
    // After a restart only the status remains, and a story keeps nothing else.
    let mut story = Story::unreadable(SecretNotFound, APNsCertificate);
    story.at("2030-06-01T00:00:00Z").quiet();
    let look = story.at("2030-06-01T00:00:20Z");
    look.quiet().next("2030-06-01T00:00:30Z");
    assert_eq!(look.status.notifications[0].since, time("2030-06-01T00:00:00Z"));
}

#[test]
fn names_tell_apart_what_differs_and_fit_any_object() {
    let mut story = story();
    let one = story.assess(time("2030-12-02T00:00:00Z")).notices;
    story.at("2030-12-02T00:00:00Z");
    let two = story.assess(time("2030-12-18T00:00:00Z")).notices;
    let three = story.assess(time("2030-12-05T00:00:00Z")).notices;
    let mut all: Vec<String> = [one.clone(), two, three].iter().flat_map(|notices| names(notices)).collect();
    assert_eq!(all.len(), 3);
    all.push(one[0].event_name("acme-apns", "another-uid"));
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 4);
    for object in ["a".repeat(253), format!("{}.{}", "a".repeat(199), "b".repeat(53)), "a".into()] {
        let name = one[0].event_name(&object, UID);
        assert!(name.len() <= 253 && !name.contains("..") && !name.contains("-."), "{name}");
    }
}
