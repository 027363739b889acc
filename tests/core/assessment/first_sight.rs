//! Tests the first assessment of an object, missed boundaries and changed warning days.

use lapsewatch_core::api::Severity::{Notice, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True};
use lapsewatch_core::api::conditions::ConditionType::{Expiring, Healthy};

use lapsewatch_test_support::assessment::facts::apns;
use lapsewatch_test_support::assessment::story::Story;

fn story() -> Story {
    let mut story = Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    story.spec.reminder_every_hours = Some(0);
    story
}

#[test]
fn of_a_healthy_object_nothing_is_said() {
    let mut story = story();
    let look = story.at("2030-06-01T00:00:00Z");
    look.quiet().expect(Healthy, True, "Valid");
    assert!(look.status.announced.is_empty());
}

#[test]
fn of_a_warning_object_only_the_present_stage_is_announced() {
    let mut story = story();
    story.at("2030-12-20T00:00:00Z").events(["ExpiresWithin14Days"]);
    story.at("2030-12-20T00:00:01Z").quiet();
}

#[test]
fn of_several_missed_boundaries_only_the_latest_is_announced() {
    let mut story = story();
    story.at("2030-11-03T00:00:00Z").events(["ExpiresWithin60Days"]);
    story.at("2030-12-26T00:00:00Z").events(["ExpiresWithin7Days"]);
    story.at("2031-03-01T00:00:00Z").events(["GracePeriodOver"]);
}

#[test]
fn more_days_announce_the_stage_that_begins_with_them() {
    let mut story = story();
    story.at("2030-12-20T00:00:00Z").events(["ExpiresWithin14Days"]);
    story.spec.warn_before_days = Some(vec![30, 13]);
    story.at("2030-12-20T01:00:00Z").events(["ExpiresWithin13Days"]).expect(Expiring, True, "Within13Days");
}

#[test]
fn fewer_days_never_go_back_to_an_earlier_stage() {
    let mut story = story();
    story.at("2030-12-20T00:00:00Z").events(["ExpiresWithin14Days"]).severity(Warning);
    story.spec.warn_before_days = Some(vec![60, 10]);
    story.at("2030-12-20T01:00:00Z").quiet().expect(Expiring, True, "Within60Days").severity(Notice);
    story.spec.warn_before_days = Some(vec![5]);
    story.at("2030-12-20T02:00:00Z").quiet().expect(Expiring, False, "OutsideWindow");
    story.spec.warn_before_days = None;
    story.at("2030-12-20T03:00:00Z").quiet().expect(Expiring, True, "Within14Days");
    story.at("2030-12-25T00:00:00Z").events(["ExpiresWithin7Days"]);
}

#[test]
fn days_in_any_order_are_taken_in_theirs() {
    let mut story = story();
    story.spec.warn_before_days = Some(vec![7, 30, 7, 14]);
    story.at("2030-12-02T00:00:00Z").expect(Expiring, True, "Within30Days").next("2030-12-18T00:00:00Z");
    story.spec.warn_before_days = Some(vec![]);
    story.at("2030-12-02T00:00:00Z").expect(Expiring, True, "Within30Days");
}
