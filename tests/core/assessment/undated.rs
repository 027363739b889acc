//! Tests DEP tokens that contain no date, with and without `spec.expirationTime`.

use lapsewatch_core::api::CredentialType::{APNsCertificate, DEPToken};
use lapsewatch_core::api::Severity::{None, Notice, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True, Unknown};
use lapsewatch_core::api::conditions::ConditionType::{Expired, Expiring, Healthy, Regressed};
use lapsewatch_core::api::reasons::ChangeReason::Replaced;
use lapsewatch_core::api::status::Expiry;

use lapsewatch_test_support::assessment::facts::{apns, dep, time, undated_dep};
use lapsewatch_test_support::assessment::story::Story;

fn undated() -> Story {
    let mut story = Story::of(undated_dep('a'), DEPToken);
    story.spec.reminder_every_hours = Some(0);
    story
}

#[test]
fn without_a_date_it_says_so_once() {
    let mut story = undated();
    let look = story.at("2030-01-01T00:00:00Z");
    look.expect(Expiring, Unknown, "ExpiryUnknown").expect(Expired, Unknown, "ExpiryUnknown").severity(Notice);
    look.events(["ExpiryUnknown"]);
    story.at("2031-01-01T00:00:00Z").quiet();
}

#[test]
fn the_declared_date_stands_in_and_is_shown() {
    let mut story = undated();
    story.spec.expiration_time = Some(time("2031-01-01T00:00:00Z"));
    let look = story.at("2030-06-01T00:00:00Z");
    look.expect(Expiring, False, "OutsideWindow").expect(Healthy, True, "Valid").severity(None).quiet();
    look.next("2030-12-02T00:00:00Z");
    let facts = look.status.credential.as_ref().unwrap();
    assert_eq!((facts.not_after, facts.expiry), (story.spec.expiration_time, Expiry::Unknown));
    story.at("2030-12-02T00:00:00Z").expect(Expiring, True, "Within30Days").severity(Warning);
}

#[test]
fn a_date_given_taken_away_or_moved_takes_effect_without_another_reading() {
    let mut story = undated();
    story.at("2030-12-20T00:00:00Z").events(["ExpiryUnknown"]);
    story.spec.expiration_time = Some(time("2031-01-01T00:00:00Z"));
    // If the Secret was not read again, the facts in the status are assessed.
    story.holds(story.status.credential.clone().unwrap());
    story.at("2030-12-20T01:00:00Z").expect(Expiring, True, "Within14Days").events(["ExpiresWithin14Days"]);
    story.holds(story.status.credential.clone().unwrap());
    story.spec.expiration_time = Some(time("2032-01-01T00:00:00Z"));
    story.at("2030-12-20T02:00:00Z").expect(Healthy, True, "Valid").events(["Recovered"]);
    story.holds(story.status.credential.clone().unwrap());
    story.spec.expiration_time = Option::None;
    story.at("2030-12-20T03:00:00Z").expect(Healthy, Unknown, "ExpiryUnknown").events(["ExpiryUnknown"]);
    assert_eq!(story.status.credential.as_ref().unwrap().not_after, Option::None);
}

#[test]
fn after_another_declared_date_its_stages_are_announced_too() {
    let mut story = undated();
    story.spec.expiration_time = Some(time("2031-01-01T00:00:00Z"));
    story.at("2031-01-02T00:00:00Z").expect(Expired, True, "Lapsed").events(["Expired"]);
    story.spec.expiration_time = Some(time("2032-01-01T00:00:00Z"));
    story.at("2031-01-03T00:00:00Z").events(["Recovered"]);
    story.at("2031-01-04T00:00:00Z").quiet();
    story.at("2031-12-10T00:00:00Z").events(["ExpiresWithin30Days"]);
    story.at("2032-01-02T00:00:00Z").events(["Expired"]);
}

#[test]
fn a_declared_date_does_not_tell_which_token_is_newer() {
    let mut story = undated();
    story.spec.expiration_time = Some(time("2031-01-01T00:00:00Z"));
    story.at("2030-06-01T00:00:00Z").quiet();
    story.spec.expiration_time = Some(time("2030-12-01T00:00:00Z"));
    story.at("2030-06-02T00:00:00Z").quiet();
    let look = story.holds(undated_dep('b')).settled("2030-06-03T00:00:00Z");
    look.expect(Regressed, False, "Newest").events(["Replaced"]).change(Some(Replaced));
    story.at("2030-06-03T01:00:00Z").quiet();
}

#[test]
fn the_date_that_a_credential_carries_goes_first() {
    let mut story = Story::of(dep('a', "2031-01-01T00:00:00Z"), DEPToken);
    story.spec.expiration_time = Some(time("2035-01-01T00:00:00Z"));
    story.at("2031-01-02T00:00:00Z").expect(Expired, True, "Lapsed");
    let mut undated = apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
    undated.not_after = Option::None;
    undated.expiry = Expiry::Unknown;
    let mut story = Story::of(undated, APNsCertificate);
    story.spec.expiration_time = Some(time("2031-01-01T00:00:00Z"));
    story.at("2031-01-02T00:00:00Z").expect(Expired, Unknown, "ExpiryUnknown");
}
