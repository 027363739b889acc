//! Tests the stages of an APNs certificate from 61 days before its expiry to 31 days after, to the second.

use lapsewatch_core::api::Severity::{self, Critical, None, Notice, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True};
use lapsewatch_core::api::conditions::ConditionType::{Expired, Expiring, Healthy, Ready};

use lapsewatch_test_support::assessment::facts::apns;
use lapsewatch_test_support::assessment::story::Story;

fn story() -> Story {
    let mut story = Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    story.spec.reminder_every_hours = Some(0);
    story
}

#[test]
fn a_whole_life_announces_each_stage_once_at_its_first_second() {
    let mut story = story();
    let events = story.run("2030-11-01T00:00:00Z", "2031-02-01T00:00:00Z");
    let expected = [
        ("2030-11-02T00:00:00Z", "ExpiresWithin60Days"),
        ("2030-12-02T00:00:00Z", "ExpiresWithin30Days"),
        ("2030-12-18T00:00:00Z", "ExpiresWithin14Days"),
        ("2030-12-25T00:00:00Z", "ExpiresWithin7Days"),
        ("2030-12-31T00:00:00Z", "ExpiresWithin1Days"),
        ("2031-01-01T00:00:01Z", "Expired"),
        ("2031-01-31T00:00:00Z", "GracePeriodOver"),
    ];
    assert_eq!(events, expected.map(|(at, reason)| (at.to_owned(), reason.to_owned())));
}

#[test]
fn before_the_first_stage_all_is_well() {
    let look = story().at("2030-11-01T23:59:59Z");
    look.expect(Ready, True, "Assessed").expect(Healthy, True, "Valid").severity(None).quiet();
    look.expect(Expiring, False, "OutsideWindow").expect(Expired, False, "NotExpired");
    look.next("2030-11-02T00:00:00Z");
    assert!(look.status.notifications.is_empty() && look.status.announced.is_empty());
}

#[track_caller]
fn stage(at: &str, reason: &str, severity: Severity, event: &str, next: &str) {
    let look = story().at(at);
    look.expect(Expiring, True, reason).expect(Expired, False, "NotExpired").expect(Healthy, True, "Expiring");
    look.severity(severity).events([event]).next(next);
    assert_eq!(look.sent[0].warning, severity >= Warning, "type of the Event at {at}");
}

#[test]
fn each_stage_holds_from_its_first_second_to_the_last_before_the_next() {
    let (d60, d30, d14) = ("ExpiresWithin60Days", "ExpiresWithin30Days", "ExpiresWithin14Days");
    let (d7, d1) = ("ExpiresWithin7Days", "ExpiresWithin1Days");
    stage("2030-11-02T00:00:00Z", "Within60Days", Notice, d60, "2030-12-02T00:00:00Z");
    stage("2030-12-01T23:59:59Z", "Within60Days", Notice, d60, "2030-12-02T00:00:00Z");
    stage("2030-12-02T00:00:00Z", "Within30Days", Warning, d30, "2030-12-18T00:00:00Z");
    stage("2030-12-17T23:59:59Z", "Within30Days", Warning, d30, "2030-12-18T00:00:00Z");
    stage("2030-12-18T00:00:00Z", "Within14Days", Warning, d14, "2030-12-25T00:00:00Z");
    stage("2030-12-24T23:59:59Z", "Within14Days", Warning, d14, "2030-12-25T00:00:00Z");
    stage("2030-12-25T00:00:00Z", "Within7Days", Critical, d7, "2030-12-31T00:00:00Z");
    stage("2030-12-30T23:59:59Z", "Within7Days", Critical, d7, "2030-12-31T00:00:00Z");
    stage("2030-12-31T00:00:00Z", "Within1Days", Critical, d1, "2031-01-01T00:00:01Z");
    stage("2030-12-31T23:59:59Z", "Within1Days", Critical, d1, "2031-01-01T00:00:01Z");
}

#[test]
fn the_last_moment_of_validity_is_still_valid() {
    stage("2031-01-01T00:00:00Z", "Within1Days", Critical, "ExpiresWithin1Days", "2031-01-01T00:00:01Z");
    // The certificate is valid throughout its last second.
    stage("2031-01-01T00:00:00.999Z", "Within1Days", Critical, "ExpiresWithin1Days", "2031-01-01T00:00:01Z");
}

#[test]
fn one_second_later_it_is_expired_and_apple_still_renews_it() {
    for at in ["2031-01-01T00:00:01Z", "2031-01-30T23:59:59Z"] {
        let look = story().at(at);
        look.expect(Expiring, False, "AlreadyExpired").expect(Expired, True, "InGracePeriod").severity(Critical);
        look.expect(Healthy, False, "Expired").expect(Ready, True, "Assessed");
        look.events(["Expired"]).next("2031-01-31T00:00:00Z");
    }
}

#[test]
fn at_thirty_days_exactly_the_grace_period_is_over_and_nothing_follows() {
    for at in ["2031-01-31T00:00:00Z", "2031-02-01T00:00:00Z", "2040-01-01T00:00:00Z"] {
        let look = story().at(at);
        look.expect(Expiring, False, "AlreadyExpired").expect(Expired, True, "GracePeriodOver").severity(Critical);
        look.expect(Healthy, False, "Expired").events(["GracePeriodOver"]);
        assert_eq!(look.next, Option::None);
    }
}

#[test]
fn the_end_of_the_grace_period_needs_no_help_from_the_reader() {
    let mut facts = apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
    facts.grace_end_time = Option::None;
    let look = Story::apns(facts).at("2031-01-02T00:00:00Z");
    let message = &look.condition(Expired).message;
    assert!(message.contains("2031-01-31T00:00:00Z"), "{message}");
}

#[test]
fn days_of_the_users_own_have_the_severity_of_their_number() {
    let mut story = story();
    story.spec.warn_before_days = Some(vec![90, 31, 30, 8, 7, 2]);
    for (at, reason, severity) in [
        ("2030-10-03T00:00:00Z", "Within90Days", Notice),
        ("2030-12-01T00:00:00Z", "Within31Days", Notice),
        ("2030-12-02T00:00:00Z", "Within30Days", Warning),
        ("2030-12-24T00:00:00Z", "Within8Days", Warning),
        ("2030-12-25T00:00:00Z", "Within7Days", Critical),
        ("2031-01-01T00:00:00Z", "Within2Days", Critical),
    ] {
        story.at(at).expect(Expiring, True, reason).severity(severity).events([&format!("Expires{reason}")]);
    }
}

#[test]
fn only_one_day_far_ahead_is_still_only_a_notice_until_it_expires() {
    let mut story = story();
    story.spec.warn_before_days = Some(vec![90]);
    story.at("2030-12-31T00:00:00Z").expect(Expiring, True, "Within90Days").severity(Notice);
    story.at("2031-01-01T00:00:01Z").severity(Critical).events(["Expired"]);
}
