//! Tests that the condition Healthy names the first applicable state, and that the notifications contain all of them.

use lapsewatch_core::api::CredentialType::{APNsCertificate, DEPToken};
use lapsewatch_core::api::Severity::{Critical, Notice, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True, Unknown};
use lapsewatch_core::api::conditions::ConditionType::{
    Expired, Expiring, Healthy, IdentityChanged, KeyMismatch, Ready,
};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::status::{Expiry, KeyMatch};

use lapsewatch_test_support::assessment::facts::{apns, apns_of_another_topic, dep, undated_dep};
use lapsewatch_test_support::assessment::story::{Look, Story};

fn reasons(look: &Look) -> Vec<&str> {
    look.status.notifications.iter().map(|n| n.reason.as_str()).collect()
}

#[test]
fn the_first_that_holds_in_the_order_of_the_documentation() {
    // The certificate is expired, has another topic and does not match the private key.
    let mut story = Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    story.at("2030-06-01T00:00:00Z").expect(Healthy, True, "Valid");
    let mut all = apns_of_another_topic('c', "2029-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
    all.key_match = KeyMatch::Mismatch;
    let look = story.holds(all.clone()).at("2030-06-02T00:00:00Z");
    look.expect(Healthy, False, "Expired").severity(Critical);
    assert_eq!(reasons(&look), ["GracePeriodOver", "IdentityChanged", "KeyMismatch"]);

    let look = story.fails(FailureReason::Malformed).at("2030-06-02T00:01:00Z");
    look.expect(Healthy, False, "Unreadable").severity(Critical);
    assert_eq!(reasons(&look), ["GracePeriodOver", "IdentityChanged", "Malformed", "KeyMismatch"]);

    all.not_after = Some(lapsewatch_test_support::assessment::facts::time("2030-06-20T00:00:00Z"));
    let look = story.holds(all.clone()).at("2030-06-03T00:00:00Z");
    look.expect(Healthy, False, "IdentityChanged").severity(Critical);
    assert_eq!(reasons(&look), ["IdentityChanged", "ExpiresWithin30Days", "KeyMismatch"]);

    all.identity = Some(lapsewatch_test_support::assessment::facts::TOPIC.into());
    let look = story.holds(all.clone()).at("2030-06-04T00:00:00Z");
    look.expect(Healthy, False, "KeyMismatch").severity(Warning);
    assert_eq!(reasons(&look), ["ExpiresWithin30Days", "KeyMismatch", "WentBackwards"]);

    all.key_match = KeyMatch::Matches;
    let look = story.holds(all).at("2030-06-05T00:00:00Z");
    look.expect(Healthy, True, "Expiring").severity(Warning);
    assert_eq!(reasons(&look), ["ExpiresWithin30Days", "WentBackwards"], "a staged renewal passes the gate");
}

#[test]
fn a_reset_dep_token_stops_the_gate() {
    let mut story = Story::of(dep('b', "2031-01-01T00:00:00Z"), DEPToken);
    story.at("2030-06-01T00:00:00Z");
    let look = story.holds(dep('a', "2030-12-01T00:00:00Z")).at("2030-06-02T00:00:00Z");
    look.expect(Healthy, False, "Regressed").severity(Warning);
}

#[test]
fn not_yet_valid_goes_before_an_unknown_expiry_and_that_before_expiring() {
    let mut facts = apns('a', "2031-01-01T00:00:00Z", "2031-01-05T00:00:00Z");
    let look = Story::apns(facts.clone()).at("2030-12-31T00:00:00Z");
    look.expect(Healthy, False, "NotYetValid").expect(Expiring, True, "Within7Days").severity(Critical);
    facts.expiry = Expiry::Unknown;
    facts.not_after = None;
    let look = Story::apns(facts).at("2030-12-31T00:00:00Z");
    look.expect(Healthy, False, "NotYetValid").expect(Expiring, Unknown, "ExpiryUnknown").severity(Notice);
    let look = Story::of(undated_dep('a'), DEPToken).at("2030-12-31T00:00:00Z");
    look.expect(Healthy, Unknown, "ExpiryUnknown").expect(Expired, Unknown, "ExpiryUnknown").severity(Notice);
    look.events(["ExpiryUnknown"]);
}

#[test]
fn what_was_never_read_is_pending() {
    let look = Story::unreadable(FailureReason::SecretNotFound, APNsCertificate).at("2030-01-01T00:00:00Z");
    look.expect(Ready, False, "SecretNotFound").expect(Healthy, False, "Unreadable").severity(Warning);
    for type_ in [Expiring, Expired, IdentityChanged, KeyMismatch] {
        look.expect(type_, Unknown, "Pending");
    }
}
