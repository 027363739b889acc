//! Tests that assessments at the times that `next` returns find every change that a scan with small steps finds.

use chrono::{DateTime, TimeDelta, Utc};
use lapsewatch_core::api::CredentialType;
use lapsewatch_core::api::TenantCredentialStatus;
use proptest::prelude::*;

use lapsewatch_test_support::assessment::facts::{apns, of_type, time};
use lapsewatch_test_support::assessment::story::Story;

type Look = (DateTime<Utc>, Vec<String>);

/// Returns the conditions and announcements as texts, without values that only depend on the time of the assessment.
fn said(status: &TenantCredentialStatus) -> Vec<String> {
    let conditions = status.conditions.iter().map(|c| format!("{} {:?} {} {}", c.type_, c.status, c.reason, c.message));
    let announced =
        status.announced.iter().map(|a| format!("{} {} {} {} {}", a.type_, a.reason, a.episode, a.reminder, a.time));
    conditions.chain(announced).collect()
}

fn changes(looks: Vec<Look>) -> Vec<Look> {
    let mut changes: Vec<Look> = Vec::new();
    for look in looks {
        if changes.last().is_none_or(|last| last.1 != look.1) {
            changes.push(look);
        }
    }
    changes
}

fn by_scan(mut story: Story, from: DateTime<Utc>, to: DateTime<Utc>, step: TimeDelta) -> Vec<Look> {
    let mut looks = Vec::new();
    let mut now = from;
    while now <= to {
        let look = story.at(&now.to_rfc3339());
        looks.push((now, said(&look.status)));
        now += step;
    }
    changes(looks)
}

fn by_next(mut story: Story, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Look> {
    let mut looks = Vec::new();
    let mut now = Some(from);
    while let Some(at) = now.filter(|at| *at <= to) {
        let look = story.at(&at.to_rfc3339());
        looks.push((at, said(&look.status)));
        now = look.next;
    }
    changes(looks)
}

fn minute(text: &str, minutes: i64) -> DateTime<Utc> {
    time(text) + TimeDelta::minutes(minutes)
}

fn types() -> impl Strategy<Value = CredentialType> {
    prop::sample::select(CredentialType::ALL.to_vec())
}

/// The greatest delay, 60 seconds, with which a scan finds a state that lasts at least this long. A scan finds the
/// start of a state up to one step late. A reminder that is counted from there can be another step late. Shorter states
/// are found together with the next state.
const LATE: TimeDelta = TimeDelta::seconds(60);

/// Asserts that a scan until `to` finds nothing but states that the boundaries lead to. Also asserts that the scan
/// finds each lasting state in time.
#[track_caller]
fn agree(scan: &[Look], next: &[Look], to: DateTime<Utc>) {
    // The texts differ in the time of the assessment, so times are removed.
    let bare = |said: &[String]| -> Vec<String> {
        said.iter().map(|s| s.split(" 20").next().unwrap_or_default().to_owned()).collect()
    };
    let ends = next.iter().skip(1).map(|(at, _)| *at).chain([to]);
    let lasted: Vec<_> = next.iter().zip(ends).map(|((at, said), until)| (*at, until, bare(said))).collect();
    for (at, said) in scan {
        let said = bare(said);
        let is_led_to = lasted.iter().any(|(from, until, of)| *of == said && from <= at && *at < *until + LATE);
        assert!(is_led_to, "no boundary leads to the state at {at}: {said:#?}\n{next:#?}");
    }
    for (at, _, of) in lasted.iter().filter(|(at, until, _)| *until - *at >= LATE) {
        let is_seen = scan.iter().any(|(seen, said)| *of == bare(said) && at <= seen && *seen - *at < LATE);
        assert!(is_seen, "the scan misses the state from {at}, or finds it late: {of:#?}\n{scan:#?}");
    }
}

/// The credential warns one day before its expiry, and hourly reminders repeat the stage and the read failure. The two
/// reminders are due half a minute apart, so a scan with steps of 30 s finds both at once.
#[test]
fn reminders_that_are_due_in_one_step_of_a_scan_are_all_found() {
    let from = time("2030-12-31T18:00:00Z");
    let story = || {
        let mut story = Story::apns(of_type(CredentialType::APNsCertificate, 'a', "2031-01-01T00:00:00Z"));
        story.spec.warn_before_days = Some(vec![1]);
        story.spec.reminder_every_hours = Some(1);
        story.at("2030-12-30T18:00:00Z");
        story.fails(lapsewatch_core::api::reasons::FailureReason::Malformed);
        story
    };
    let to = from + TimeDelta::hours(14);
    let (scan, next) = (by_scan(story(), from, to, TimeDelta::seconds(30)), by_next(story(), from, to));
    assert!(scan.len() < next.len(), "the scan finds two reminders at once");
    agree(&scan, &next, to);
    let last = &next.last().expect("the boundaries lead to a state").1;
    for sent in ["Expiring ExpiresWithin1Days 1 5 ", "Expired Expired 1 7 ", "Ready Malformed 1 13 "] {
        assert!(last.iter().any(|said| said.starts_with(sent)), "{sent:?} in {last:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Uses random warning days, reminders and mutes over 14 hours near the expiry. A scan each 30 s finds each change
    /// that the boundaries lead to, without much delay, and no other change.
    #[test]
    fn stepping_by_next_finds_what_a_scan_finds(
        type_ in types(),
        days in prop::collection::btree_set(1_u16..90, 1..5),
        reminder in 0_u16..7,
        mute in 0_i64..3000,
        around in -5_i64..95,
        failing in any::<bool>(),
    ) {
        let end = "2031-01-01T00:00:00Z";
        let from = time(end) - TimeDelta::days(around) - TimeDelta::hours(6);
        let to = from + TimeDelta::hours(14);
        let story = || {
            let mut story = Story::of(of_type(type_, 'a', end), type_);
            story.spec.warn_before_days = Some(days.iter().rev().copied().collect());
            story.spec.reminder_every_hours = Some(reminder);
            story.spec.muted_until = Some(from + TimeDelta::minutes(mute));
            if failing && type_ != CredentialType::DeclaredExpiry {
                story.at(&(from - TimeDelta::days(1)).to_rfc3339());
                story.fails(lapsewatch_core::api::reasons::FailureReason::Malformed);
            }
            story
        };
        let scan = by_scan(story(), from, to, TimeDelta::seconds(30));
        let next = by_next(story(), from, to);
        agree(&scan, &next, to);
    }
}

#[test]
fn to_the_second_around_each_boundary() {
    let story = || Story::apns(apns('a', "2030-12-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    for begin in ["2030-11-30T23:54:30Z", "2030-12-01T23:59:30Z", "2030-12-31T23:59:30Z", "2031-01-30T23:59:30Z"] {
        let (from, to) = (time(begin), minute(begin, 1));
        assert_eq!(by_scan(story(), from, to, TimeDelta::seconds(1)), by_next(story(), from, to));
    }
}

#[test]
fn a_fraction_of_a_second_delays_nothing_and_loops_never() {
    let mut facts = apns('a', "2030-06-01T00:00:00.7Z", "2031-01-01T00:00:00.5Z");
    facts.grace_end_time = None;
    let mut story = Story::apns(facts);
    let mut now = time("2030-05-31T00:00:00.25Z");
    let mut looks = 0;
    while let Some(next) = story.at(&now.to_rfc3339()).next.filter(|next| *next < time("2031-03-01T00:00:00Z")) {
        assert!(next > now);
        now = next;
        looks += 1;
    }
    assert!(looks < 120, "{looks}");
    let mut story = Story::apns(apns('a', "2030-06-01T00:00:00Z", "2031-01-01T00:00:00.5Z"));
    story.at("2031-01-01T00:00:00.9Z").next("2031-01-01T00:00:01Z");
}
