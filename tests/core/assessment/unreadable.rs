//! Tests credentials that can't be read. Expiry conditions continue from the last facts, and the failure is announced
//! after the event delay.

use chrono::TimeDelta;
use lapsewatch_core::api::CredentialType::APNsCertificate;
use lapsewatch_core::api::Severity::{Critical, None, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True};
use lapsewatch_core::api::conditions::ConditionType::{Expired, Expiring, Healthy, Ready};
use lapsewatch_core::api::reasons::FailureReason::{self, Malformed, SecretNotFound};

use lapsewatch_test_support::assessment::facts::{apns, time};
use lapsewatch_test_support::assessment::story::Story;

fn story() -> Story {
    let mut story = Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    story.spec.reminder_every_hours = Some(0);
    story
}

#[test]
fn every_reason_is_told_at_once_and_announced_when_it_settled() {
    for reason in FailureReason::ALL {
        let mut story = story();
        story.at("2030-06-01T00:00:00Z");
        let look = story.fails(reason).at("2030-06-01T01:00:00Z");
        look.expect(Ready, False, reason.as_str()).expect(Healthy, False, "Unreadable").severity(Warning).quiet();
        look.expect(Expiring, False, "OutsideWindow").next("2030-06-01T01:00:30Z");
        assert!(look.condition(Expiring).message.ends_with("(as last read)"));
        story.at("2030-06-01T01:00:29Z").quiet();
        let look = story.at("2030-06-01T01:00:30Z");
        look.events([reason.as_str()]);
        assert!(look.sent[0].warning);
        story.at("2030-06-01T01:00:31Z").quiet();
        let look = story.holds(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")).at("2030-06-01T02:00:00Z");
        look.events(["Recovered"]).severity(None).expect(Ready, True, "Assessed");
        story.at("2030-06-01T02:00:01Z").quiet();
    }
}

#[test]
fn a_passing_failure_is_never_announced() {
    let mut story = Story::unreadable(SecretNotFound, APNsCertificate);
    story.at("2030-06-01T00:00:00Z").quiet();
    story.at("2030-06-01T00:00:29Z").quiet();
    story.holds(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    story.at("2030-06-01T00:00:29Z").quiet().severity(None);
    story.at("2030-06-01T00:01:29Z").quiet();
}

#[test]
fn each_reason_settles_on_its_own() {
    let mut story = Story::unreadable(SecretNotFound, APNsCertificate);
    story.at("2030-06-01T00:00:00Z").quiet();
    story.fails(Malformed).at("2030-06-01T00:00:25Z").quiet().next("2030-06-01T00:00:55Z");
    story.at("2030-06-01T00:00:54Z").quiet();
    story.at("2030-06-01T00:00:55Z").events(["Malformed"]);
}

#[test]
fn without_settling_it_is_announced_at_once() {
    let mut story = Story::unreadable(SecretNotFound, APNsCertificate);
    story.settle = TimeDelta::zero();
    story.at("2030-06-01T00:00:00Z").events(["SecretNotFound"]);
}

#[test]
fn deleted_restored_and_deleted_again_is_said_twice() {
    let mut story = story();
    let events = |story: &mut Story, from: &str, to: &str| {
        story.run(from, to).into_iter().map(|(_, reason)| reason).collect::<Vec<_>>()
    };
    assert!(events(&mut story, "2030-06-01T00:00:00Z", "2030-06-01T00:00:59Z").is_empty());
    story.fails(SecretNotFound);
    assert_eq!(events(&mut story, "2030-06-01T00:01:00Z", "2030-06-01T00:01:59Z"), ["SecretNotFound"]);
    story.holds(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    assert_eq!(events(&mut story, "2030-06-01T00:02:00Z", "2030-06-01T00:02:59Z"), ["Recovered"]);
    story.fails(SecretNotFound);
    assert_eq!(events(&mut story, "2030-06-01T00:03:00Z", "2030-06-01T00:03:59Z"), ["SecretNotFound"]);
}

#[test]
fn the_stages_go_on_from_the_last_facts() {
    let mut story = story();
    story.at("2030-06-01T00:00:00Z");
    story.fails(SecretNotFound).at("2030-06-01T00:01:00Z");
    story.at("2030-06-01T00:02:00Z").events(["SecretNotFound"]).next("2030-11-02T00:00:00Z");
    story.at("2030-12-02T00:00:00Z").expect(Expiring, True, "Within30Days").events(["ExpiresWithin30Days"]);
    story.at("2031-01-01T00:00:01Z").expect(Expired, True, "InGracePeriod").severity(Critical).events(["Expired"]);
    let look = story.at("2031-01-31T00:00:00Z");
    look.expect(Expired, True, "GracePeriodOver").events(["GracePeriodOver"]).expect(Healthy, False, "Unreadable");
    assert_eq!(look.status.credential.as_ref().unwrap().not_after, Some(time("2031-01-01T00:00:00Z")));
}

#[test]
fn the_severity_never_falls_because_of_it() {
    let mut story = story();
    story.at("2030-12-26T00:00:00Z").severity(Critical);
    story.fails(Malformed).at("2030-12-26T01:00:00Z").severity(Critical);
    story.at("2030-12-27T01:00:00Z").severity(Critical);
}

#[test]
fn what_was_wrong_before_is_announced_though_it_can_not_be_read() {
    let mut story = story();
    let mut wrong = apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
    wrong.key_match = lapsewatch_core::api::status::KeyMatch::Mismatch;
    story.holds(wrong).at("2030-06-01T00:00:00Z").events(["KeyMismatch"]);
    let look = story.fails(SecretNotFound).at("2030-06-01T00:00:01Z");
    look.severity(Warning).quiet();
    assert_eq!(look.status.notifications.len(), 2);
}

#[test]
fn it_settles_though_the_clock_was_ahead_when_it_began() {
    let mut story = Story::unreadable(SecretNotFound, APNsCertificate);
    story.at("2031-06-01T00:00:00Z").quiet();
    story.at("2030-06-01T00:00:00Z").quiet().next("2030-06-01T00:00:30Z");
    story.at("2030-06-01T00:00:30Z").events(["SecretNotFound"]);
}
