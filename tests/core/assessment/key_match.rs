//! Tests the findings about the private key beside the certificate.

use lapsewatch_core::api::Severity::{None, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True, Unknown};
use lapsewatch_core::api::conditions::ConditionType::{Healthy, KeyMismatch};
use lapsewatch_core::api::reasons::ChangeReason::Renewed;
use lapsewatch_core::api::status::{CredentialFacts, KeyMatch};

use lapsewatch_test_support::assessment::facts::apns;
use lapsewatch_test_support::assessment::story::Story;

fn with_key(letter: char, begin: &str, key_match: KeyMatch) -> CredentialFacts {
    CredentialFacts { key_match, ..apns(letter, begin, "2032-01-01T00:00:00Z") }
}

const JAN: &str = "2030-01-01T00:00:00Z";

#[test]
fn every_match_has_its_condition() {
    for (key_match, status, reason) in [
        (KeyMatch::Matches, False, "Matches"),
        (KeyMatch::NotApplicable, False, "NotApplicable"),
        (KeyMatch::NoKey, Unknown, "NoKey"),
        (KeyMatch::KeyUnreadable, Unknown, "KeyUnreadable"),
    ] {
        let look = Story::apns(with_key('a', JAN, key_match)).at("2030-06-01T00:00:00Z");
        look.expect(KeyMismatch, status, reason).expect(Healthy, True, "Valid").severity(None).quiet();
    }
    let look = Story::apns(with_key('a', JAN, KeyMatch::Mismatch)).at("2030-06-01T00:00:00Z");
    look.expect(KeyMismatch, True, "Mismatch").expect(Healthy, False, "KeyMismatch").severity(Warning);
    look.events(["KeyMismatch"]);
}

#[test]
fn the_right_key_is_a_recovery_said_once_and_the_wrong_one_again_is_news() {
    let mut story = Story::apns(with_key('a', JAN, KeyMatch::Mismatch));
    story.at("2030-06-01T00:00:00Z").events(["KeyMismatch"]);
    story.holds(with_key('a', JAN, KeyMatch::Matches)).at("2030-06-01T01:00:00Z").events(["Recovered"]);
    story.at("2030-06-01T02:00:00Z").quiet();
    story.holds(with_key('a', JAN, KeyMatch::Mismatch)).at("2030-06-01T03:00:00Z").events(["KeyMismatch"]);
}

#[test]
fn a_renewal_beside_the_same_wrong_key_says_only_that_it_was_renewed() {
    let mut story = Story::apns(with_key('a', JAN, KeyMatch::Mismatch));
    story.at("2030-06-01T00:00:00Z").events(["KeyMismatch"]);
    let look = story.holds(with_key('b', "2030-06-01T00:00:00Z", KeyMatch::Mismatch)).at("2030-06-01T01:00:00Z");
    look.events(["Renewed"]).change(Some(Renewed)).severity(Warning);
}

#[test]
fn a_key_that_can_no_longer_be_judged_is_no_recovery() {
    for lost in [KeyMatch::KeyUnreadable, KeyMatch::NoKey] {
        let mut story = Story::apns(with_key('a', JAN, KeyMatch::Mismatch));
        story.at("2030-06-01T00:00:00Z").events(["KeyMismatch"]);
        story
            .holds(with_key('a', JAN, lost))
            .at("2030-06-01T01:00:00Z")
            .expect(KeyMismatch, Unknown, &format!("{lost:?}"))
            .quiet();
        story.holds(with_key('a', JAN, KeyMatch::Mismatch)).at("2030-06-01T02:00:00Z").quiet();
        story.holds(with_key('a', JAN, KeyMatch::Matches)).at("2030-06-01T03:00:00Z").events(["Recovered"]);
    }
}
