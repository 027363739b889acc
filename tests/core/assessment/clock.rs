//! Tests a clock that is set back or was wrong for some time.

use lapsewatch_core::api::CredentialType::X509Certificate;
use lapsewatch_core::api::conditions::ConditionStatus::{False, True};
use lapsewatch_core::api::conditions::ConditionType::{Expired, Expiring, Healthy};
use lapsewatch_core::api::reasons::FailureReason::SecretNotFound;

use lapsewatch_test_support::assessment::facts::{apns, x509};
use lapsewatch_test_support::assessment::story::Story;

fn story() -> Story {
    Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"))
}

#[test]
fn it_never_repeats_a_stage() {
    let mut story = story();
    story.spec.reminder_every_hours = Some(0);
    story.at("2030-12-20T00:00:00Z").events(["ExpiresWithin14Days"]);
    story.at("2030-12-10T00:00:00Z").quiet().expect(Expiring, True, "Within30Days");
    story.at("2030-11-10T00:00:00Z").quiet().expect(Expiring, True, "Within60Days");
    story.at("2030-12-18T00:00:00Z").quiet().expect(Expiring, True, "Within14Days");
    story.at("2031-01-01T00:00:01Z").events(["Expired"]);
    story.at("2030-12-31T23:59:59Z").quiet().expect(Expiring, True, "Within1Days").expect(Expired, False, "NotExpired");
    story.at("2031-01-01T00:00:02Z").quiet().expect(Expired, True, "InGracePeriod");
    story.at("2031-01-31T00:00:00Z").events(["GracePeriodOver"]);
    story.at("2031-01-30T23:59:59Z").quiet().expect(Expired, True, "InGracePeriod");
    story.at("2031-01-31T00:00:01Z").quiet();
}

#[test]
fn around_the_first_moment_of_validity_it_repeats_nothing() {
    let mut story = Story::of(x509('a', "2030-06-01T00:00:00Z", "2031-01-01T00:00:00Z"), X509Certificate);
    story.at("2030-05-31T23:00:00Z").events(["NotYetValid"]);
    for _ in 0..3 {
        story.at("2030-06-01T00:00:00Z").quiet().expect(Healthy, True, "Valid");
        story.at("2030-05-31T23:30:00Z").quiet().expect(Healthy, False, "NotYetValid");
    }
}

#[test]
fn reminders_go_on_after_a_clock_that_was_years_ahead() {
    let mut story = story();
    story.fails(SecretNotFound).at("2035-01-01T00:00:00Z").quiet();
    story.at("2035-01-01T00:00:30Z").events(["SecretNotFound"]);
    story.at("2030-06-01T00:00:00Z").quiet();
    let events = story.run("2030-06-01T00:00:00Z", "2030-06-03T12:00:00Z");
    assert_eq!(events.len(), 2, "one reminder a day: {events:?}");
}

#[test]
fn a_stage_announced_too_early_is_still_reminded_of() {
    let mut story = story();
    story.at("2035-01-01T00:00:00Z").events(["GracePeriodOver"]);
    story.at("2030-12-20T00:00:00Z").quiet().expect(Expiring, True, "Within14Days");
    let events = story.run("2030-12-20T00:00:01Z", "2030-12-23T12:00:00Z");
    assert_eq!(events.len(), 3, "one reminder a day: {events:?}");
    assert!(events.iter().all(|(_, reason)| reason == "ExpiresWithin14Days"), "{events:?}");
    let events = story.run("2031-01-01T00:00:01Z", "2031-01-03T12:00:00Z");
    assert!(!events.is_empty() && events.iter().all(|(_, reason)| reason == "Expired"), "{events:?}");
}

#[test]
fn a_small_step_back_changes_no_reminder() {
    let mut story = story();
    story.at("2030-12-20T00:00:00Z").events(["ExpiresWithin14Days"]);
    let before = story.status.clone();
    story.at("2030-12-19T23:59:00Z").quiet();
    assert_eq!(story.status, before);
}
