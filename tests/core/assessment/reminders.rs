//! Tests reminders. They follow a grid that each stage restarts, and only the latest due reminder is sent.

use chrono::{DateTime, TimeDelta, Utc};
use lapsewatch_core::api::Severity::{Critical, Notice, Warning};
use lapsewatch_core::api::reasons::FailureReason::SecretNotFound;

use lapsewatch_test_support::assessment::facts::{apns, time};
use lapsewatch_test_support::assessment::story::Story;

const BEGIN: &str = "2030-12-02T00:00:00Z";

fn story() -> Story {
    Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"))
}

fn text(time: DateTime<Utc>) -> String {
    lapsewatch_core::messages::at(time)
}

/// Returns the time of the first reminder, which is due up to one hour after the period.
fn first(story: &mut Story, begin: &str) -> DateTime<Utc> {
    let look = story.at(begin);
    let first = look.next.unwrap();
    let late = first - time(begin) - TimeDelta::hours(24);
    assert!(late >= TimeDelta::zero() && late < TimeDelta::hours(1), "{late}");
    first
}

#[test]
fn they_come_each_period_on_one_grid() {
    let mut story = story();
    let first = first(&mut story, BEGIN);
    story.at(&text(first - TimeDelta::seconds(1))).quiet();
    let events = story.run(&text(first), "2030-12-06T23:00:00Z");
    let expected: Vec<_> =
        (0..4).map(|day| (text(first + TimeDelta::days(day)), "ExpiresWithin30Days".to_owned())).collect();
    assert_eq!(events, expected);
}

#[test]
fn of_several_missed_only_the_latest_is_sent_and_the_grid_stays() {
    let mut story = story();
    let first = first(&mut story, BEGIN);
    let look = story.at(&text(first + TimeDelta::days(5) + TimeDelta::hours(3)));
    look.events(["ExpiresWithin30Days"]).next(&text(first + TimeDelta::days(6)));
    let record = &look.status.announced[0];
    assert_eq!((record.episode, record.reminder, record.time), (1, 6, first + TimeDelta::days(5)));
}

#[test]
fn a_stage_restarts_the_grid() {
    let mut story = story();
    story.at(BEGIN);
    let look = story.at("2030-12-18T00:00:00Z");
    look.events(["ExpiresWithin14Days"]);
    assert_eq!(look.status.announced[0].reminder, 0);
    assert!(look.next.unwrap() >= time("2030-12-19T00:00:00Z"));
}

#[test]
fn below_a_warning_and_with_a_period_of_none_there_are_none() {
    let mut silent = story();
    silent.at("2030-11-03T00:00:00Z").severity(Notice).next("2030-12-02T00:00:00Z");
    silent.at("2030-12-01T00:00:00Z").quiet();
    let mut none = story();
    none.spec.reminder_every_hours = Some(0);
    none.at(BEGIN).severity(Warning).next("2030-12-18T00:00:00Z");
    none.at("2030-12-17T00:00:00Z").quiet();
}

#[test]
fn the_mute_holds_them_back_but_no_stage() {
    let mut story = story();
    story.spec.muted_until = Some(time("2030-12-20T06:00:00Z"));
    story.at(BEGIN).events(["ExpiresWithin30Days"]).next("2030-12-18T00:00:00Z");
    story.at("2030-12-10T00:00:00Z").quiet().severity(Warning);
    story.at("2030-12-18T00:00:00Z").events(["ExpiresWithin14Days"]).next("2030-12-20T06:00:00Z");
    story.at("2030-12-20T05:59:59Z").quiet();
    story.at("2030-12-20T06:00:00Z").events(["ExpiresWithin14Days"]);
}

#[test]
fn critical_ignores_the_mute() {
    let mut story = story();
    story.spec.muted_until = Some(time("2040-01-01T00:00:00Z"));
    let first = first(&mut story, "2030-12-25T00:00:00Z");
    story.at(&text(first)).events(["ExpiresWithin7Days"]).severity(Critical);
}

#[test]
fn another_period_counts_from_the_last_one() {
    let mut story = story();
    let first = first(&mut story, BEGIN);
    let look = story.at(&text(first));
    look.events(["ExpiresWithin30Days"]);
    story.spec.reminder_every_hours = Some(6);
    story.at(&text(first + TimeDelta::hours(1))).quiet().next(&text(first + TimeDelta::hours(6)));
    story.at(&text(first + TimeDelta::hours(6))).events(["ExpiresWithin30Days"]);
    story.spec.reminder_every_hours = Some(48);
    story.at(&text(first + TimeDelta::hours(7))).quiet().next(&text(first + TimeDelta::hours(54)));
}

#[test]
fn they_go_on_when_other_days_lead_back_to_an_earlier_stage() {
    let mut story = story();
    story.at("2030-12-18T00:00:00Z").events(["ExpiresWithin14Days"]);
    story.spec.warn_before_days = Some(vec![30]);
    let look = story.at("2030-12-18T01:00:00Z");
    look.quiet().severity(Warning);
    let next = look.next.expect("another reminder is due");
    story.at(&text(next)).events(["ExpiresWithin30Days"]);
    // With the original warning days, no stage is announced a second time.
    story.spec.warn_before_days = None;
    story.at(&text(next + TimeDelta::hours(1))).quiet();
}

#[test]
fn what_can_not_be_read_is_reminded_of_too() {
    let mut story = story();
    story.fails(SecretNotFound).at("2030-06-01T00:00:00Z");
    let events = story.run("2030-06-01T00:00:30Z", "2030-06-03T12:00:00Z");
    assert_eq!(events.len(), 3, "{events:?}");
}

#[test]
fn a_mute_that_ends_within_a_second_is_no_busy_loop() {
    let mut story = story();
    story.spec.muted_until = Some(time("2030-12-10T00:00:00.5Z"));
    story.at(BEGIN);
    story.at("2030-12-10T00:00:00.9Z").events(["ExpiresWithin30Days"]);
}
