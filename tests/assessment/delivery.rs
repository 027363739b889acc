//! Between an Event and the status: a crash, a refusal, a second replica. Nothing is lost and nothing said twice.

use chrono::TimeDelta;
use lapsewatch::api::CredentialType::APNsCertificate;
use lapsewatch::api::reasons::FailureReason::SecretNotFound;
use lapsewatch::assessment::notices::Notice;

use super::facts::{apns, time};
use super::story::{Story, UID};

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
fn so_it_is_for_a_reminder_a_recovery_and_a_change() {
    let mut story = story();
    let due = story.at("2030-12-02T00:00:00Z").next.unwrap();
    let at = |seconds| lapsewatch::assessment::words::at(due + TimeDelta::seconds(seconds));
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
    look.quiet().severity(lapsewatch::api::Severity::Warning);
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
    // The status is all that a restart leaves, and all that a story keeps.
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
