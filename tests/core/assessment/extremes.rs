//! Tests dates and texts at the limits of their formats. Nothing panics, the API accepts each date, and no warning is
//! lost.

use chrono::{DateTime, TimeDelta, Utc};
use lapsewatch_core::api::CredentialType;
use lapsewatch_core::api::Severity::Critical;
use lapsewatch_core::api::conditions::ConditionStatus::{False, True};
use lapsewatch_core::api::conditions::ConditionType::{Expired, Expiring, Healthy};
use lapsewatch_core::api::status::Expiry;

use lapsewatch_test_support::assessment::facts::{apns, of_type, time};
use lapsewatch_test_support::assessment::story::Story;

fn dates() -> Vec<DateTime<Utc>> {
    let mut dates = vec![DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::UNIX_EPOCH];
    for text in ["-0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1950-01-01T00:00:00Z"] {
        dates.push(time(text));
    }
    for text in ["9998-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"] {
        dates.push(time(text));
    }
    dates
}

#[test]
fn no_date_panics_or_is_published_in_a_form_that_the_api_refuses() {
    for type_ in CredentialType::ALL {
        for not_before in dates() {
            for not_after in dates() {
                let mut facts = of_type(type_, 'a', "2031-01-01T00:00:00Z");
                facts.not_before = Some(not_before);
                facts.not_after = Some(not_after);
                let mut story = Story::of(facts, type_);
                story.spec.warn_before_days = Some(vec![3650, 1]);
                story.at("2030-01-01T00:00:00Z");
                story.holds(of_type(type_, 'b', "2031-01-01T00:00:00Z")).at("2030-01-02T00:00:00Z");
            }
        }
    }
}

#[test]
fn no_clock_panics() {
    for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MAX_UTC - TimeDelta::days(2)] {
        let mut story = Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
        story.status = story.assess(time("2030-12-30T00:00:00Z")).status;
        let notices = story.assess(time("2030-12-30T00:00:00Z")).notices;
        story.status.announced = notices.into_iter().map(|notice| notice.record).collect();
        story.spec.muted_until = Some(DateTime::<Utc>::MAX_UTC);
        story.assess(now);
        story.spec.muted_until = Some(DateTime::<Utc>::MIN_UTC);
        story.settle = TimeDelta::MAX;
        story.assess(now);
        story.fails(lapsewatch_core::api::reasons::FailureReason::Malformed).assess(now);
    }
}

#[test]
fn from_the_year_9999_on_there_is_no_expiry() {
    let mut facts = apns('a', "2030-01-01T00:00:00Z", "9999-12-31T23:59:59Z");
    facts.grace_end_time = None;
    let look = Story::apns(facts).at("2030-06-01T00:00:00Z");
    look.expect(Expiring, False, "OutsideWindow").expect(Expired, False, "NotExpired").expect(Healthy, True, "Valid");
    let facts = look.status.credential.as_ref().unwrap();
    assert_eq!((facts.not_after, facts.expiry), (None, Expiry::Never));
}

#[test]
fn long_expired_is_expired() {
    for end in ["0001-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "1950-01-01T00:00:00Z"] {
        let mut facts = apns('a', "2030-01-01T00:00:00Z", end);
        facts.not_before = None;
        Story::apns(facts).at("2030-06-01T00:00:00Z").expect(Expired, True, "GracePeriodOver").severity(Critical);
    }
}

#[test]
fn a_leap_second_is_published_as_the_second_before_it() {
    let facts = apns('a', "2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z");
    let look = Story::apns(facts).at("2016-12-31T00:00:00Z");
    assert_eq!(look.status.credential.as_ref().unwrap().not_after, Some(time("2016-12-31T23:59:59Z")));
}

#[test]
fn long_and_strange_texts_are_cut_to_what_the_schema_takes() {
    let mut facts = apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
    facts.identity = Some("ü".repeat(400));
    facts.subject = Some("CN=\u{1b}[31mred\u{0},".repeat(100));
    facts.issuer = Some("é".repeat(2000));
    facts.serial_number = Some("f".repeat(300));
    let mut story = Story::apns(facts);
    story.pins(["com.apple.mgmt.External.1"]);
    story.settle = TimeDelta::zero();
    let look = story.at("2030-12-20T00:00:00Z");
    let subject = look.status.credential.as_ref().unwrap().subject.clone().unwrap();
    assert!(!subject.contains(char::is_control), "{subject:?}");
    // A pin contains the identity as the status shows it.
    let shown = look.status.credential.as_ref().unwrap().identity.clone().unwrap();
    story.spec.expected_identities = Some(vec![shown]);
    story.at("2030-12-21T00:00:00Z").expect(
        lapsewatch_core::api::conditions::ConditionType::IdentityChanged,
        False,
        "Unchanged",
    );
}
