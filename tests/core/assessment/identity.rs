//! Tests the identity of a credential: accepted at first sight, pinned, changed and accepted again.

use lapsewatch_core::api::CredentialType::{DEPToken, VPPToken, WindowsSymantecCertificate};
use lapsewatch_core::api::Severity::{Critical, None, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True};
use lapsewatch_core::api::conditions::ConditionType::{Healthy, IdentityChanged, Regressed};
use lapsewatch_core::api::reasons::ChangeReason::{self, IdentityAccepted, Renewed, Restored, WentBackwards};
use lapsewatch_core::api::{CredentialFacts, CredentialType};

use lapsewatch_test_support::assessment::facts::{
    OTHER_TOPIC, TOPIC, apns, apns_of_another_topic, dep, fingerprint, symantec, vpp,
};
use lapsewatch_test_support::assessment::story::Story;

const A: (&str, &str) = ("2030-01-01T00:00:00Z", "2031-06-01T00:00:00Z");
const NEWER: (&str, &str) = ("2030-06-01T00:00:00Z", "2031-12-01T00:00:00Z");

fn mine() -> CredentialFacts {
    apns('a', A.0, A.1)
}

fn other() -> CredentialFacts {
    apns_of_another_topic('x', NEWER.0, NEWER.1)
}

#[test]
fn another_topic_is_critical_at_once_and_announced_when_it_settled() {
    let mut story = Story::apns(mine());
    story.at("2030-06-02T00:00:00Z").quiet();
    let look = story.holds(other()).at("2030-06-02T01:00:00Z");
    look.expect(IdentityChanged, True, "TopicChanged").expect(Healthy, False, "IdentityChanged").severity(Critical);
    look.quiet().change(Some(ChangeReason::IdentityChanged)).next("2030-06-02T01:00:30Z");
    assert_eq!(look.status.accepted_identity.as_deref(), Some(TOPIC));
    assert_eq!(look.status.newest.as_ref().unwrap().fingerprint, Some(fingerprint('a')), "the newest accepted");
    story.at("2030-06-02T01:00:29Z").quiet();
    let look = story.at("2030-06-02T01:00:30Z");
    look.events(["IdentityChanged"]);
    assert!(look.sent[0].warning);
    story.at("2030-06-02T02:00:00Z").quiet().expect(IdentityChanged, True, "TopicChanged");
}

#[test]
fn back_in_time_nobody_is_alarmed() {
    let mut story = Story::apns(mine());
    story.at("2030-06-02T00:00:00Z");
    story.holds(other()).at("2030-06-02T01:00:00Z").quiet();
    let look = story.holds(mine()).at("2030-06-02T01:00:29Z");
    look.quiet().change(Some(Restored)).severity(None).expect(IdentityChanged, False, "Unchanged");
    story.at("2030-06-03T01:00:29Z").quiet();
}

#[test]
fn back_after_the_alarm_is_one_recovery() {
    let mut story = Story::apns(mine());
    story.at("2030-06-02T00:00:00Z");
    story.holds(other()).at("2030-06-02T01:00:00Z");
    story.at("2030-06-02T01:01:00Z").events(["IdentityChanged"]);
    story.holds(mine()).at("2030-06-02T02:00:00Z").events(["Recovered"]).severity(None);
    story.at("2030-06-02T03:00:00Z").quiet();
    // The same change is announced again, because the first change had ended.
    story.holds(other()).at("2030-06-02T04:00:00Z").quiet();
    story.at("2030-06-02T04:00:30Z").events(["IdentityChanged"]);
    story.holds(mine()).at("2030-06-02T05:00:00Z").events(["Recovered"]);
}

#[test]
fn a_renewal_of_the_accepted_topic_mends_it_too() {
    let mut story = Story::apns(mine());
    story.at("2030-06-02T00:00:00Z");
    story.holds(other()).at("2030-06-02T01:00:00Z");
    story.at("2030-06-02T01:01:00Z").events(["IdentityChanged"]);
    let look = story.holds(apns('b', NEWER.0, NEWER.1)).at("2030-06-02T02:00:00Z");
    look.change(Some(Renewed)).events(["Renewed"]).severity(None);
    story.at("2030-06-02T02:00:01Z").quiet();
}

#[test]
fn an_older_one_of_the_accepted_topic_mends_the_identity_and_says_so() {
    let mut story = Story::apns(apns('b', NEWER.0, NEWER.1));
    story.at("2030-06-02T00:00:00Z");
    story.holds(other()).at("2030-06-02T01:00:00Z");
    story.at("2030-06-02T01:01:00Z").events(["IdentityChanged"]);
    let look = story.holds(mine()).at("2030-06-02T02:00:00Z");
    look.change(Some(WentBackwards)).expect(IdentityChanged, False, "Unchanged").expect(
        Regressed,
        True,
        "WentBackwards",
    );
    look.events(["Recovered"]);
    story.at("2030-06-02T02:00:30Z").events(["WentBackwards"]);
    story.at("2030-06-02T02:01:00Z").quiet();
}

#[test]
fn a_second_wrong_one_is_news() {
    let mut story = Story::apns(mine());
    story.at("2030-06-02T00:00:00Z");
    story.holds(other()).at("2030-06-02T01:00:00Z");
    story.at("2030-06-02T01:01:00Z").events(["IdentityChanged"]);
    let mut third = other();
    third.fingerprint = Some(fingerprint('y'));
    third.identity = Some("com.apple.mgmt.External.3".into());
    story.holds(third).at("2030-06-02T02:00:00Z").events(["IdentityChanged"]);
}

#[test]
fn a_pin_accepts_the_new_topic() {
    let mut story = Story::apns(mine());
    story.at("2030-06-02T00:00:00Z");
    story.holds(other()).at("2030-06-02T01:00:00Z");
    story.at("2030-06-02T01:01:00Z").events(["IdentityChanged"]);
    let look = story.pins([OTHER_TOPIC]).at("2030-06-02T02:00:00Z");
    look.change(Some(IdentityAccepted)).events(["IdentityAccepted"]).expect(IdentityChanged, False, "Unchanged");
    look.severity(None).expect(Healthy, True, "Valid");
    assert_eq!(look.status.accepted_identity.as_deref(), Some(OTHER_TOPIC));
    assert_eq!(look.status.newest.as_ref().unwrap().fingerprint, Some(fingerprint('x')));
    let change = look.status.last_change.as_ref().unwrap();
    assert_eq!(change.from.fingerprint, Some(fingerprint('a')), "the last accepted credential");
    // The accepted identity remains accepted after the pin is removed.
    story.pins([]).at("2030-06-02T03:00:00Z").quiet().severity(None);
    story.holds(mine()).at("2030-06-02T04:00:00Z").expect(IdentityChanged, True, "TopicChanged");
}

#[test]
fn the_clean_way_alarms_at_no_step() {
    let mut story = Story::apns(mine());
    story.pins([TOPIC]).at("2030-06-02T00:00:00Z").quiet().severity(None);
    story.pins([TOPIC, OTHER_TOPIC]).at("2030-06-02T01:00:00Z").quiet().severity(None);
    let look = story.holds(other()).at("2030-06-02T02:00:00Z");
    look.change(Some(IdentityAccepted)).events(["IdentityAccepted"]).severity(None);
    assert!(!look.sent[0].warning);
    story.pins([OTHER_TOPIC]).at("2030-06-02T03:00:00Z").quiet().severity(None);
    story.at("2030-06-05T03:00:00Z").quiet();
}

#[test]
fn a_pin_holds_at_first_sight() {
    let mut story = Story::apns(other());
    let look = story.pins([TOPIC]).at("2030-06-02T00:00:00Z");
    look.expect(IdentityChanged, True, "TopicChanged").severity(Critical).change(Option::None).quiet();
    assert_eq!(look.status.accepted_identity, Option::None);
    story.at("2030-06-02T00:00:30Z").events(["IdentityChanged"]);
    let look = story.holds(mine()).at("2030-06-02T01:00:00Z");
    look.expect(IdentityChanged, False, "Unchanged").change(Some(IdentityAccepted)).severity(None);
    look.events(["IdentityAccepted"]);

    let look = Story::apns(mine()).pins([OTHER_TOPIC, TOPIC]).at("2030-06-02T00:00:00Z");
    look.expect(IdentityChanged, False, "FirstObserved").quiet();
    assert_eq!(look.status.accepted_identity.as_deref(), Some(TOPIC));
}

#[test]
fn a_pin_that_names_another_topic_alarms_and_taking_it_away_recovers() {
    let mut story = Story::apns(mine());
    story.at("2030-06-02T00:00:00Z");
    story.pins([OTHER_TOPIC]).at("2030-06-02T01:00:00Z").expect(IdentityChanged, True, "TopicChanged").quiet();
    story.at("2030-06-02T01:00:30Z").events(["IdentityChanged"]).change(Option::None);
    story.pins([]).at("2030-06-02T02:00:00Z").events(["Recovered"]).severity(None);
}

#[test]
fn dropping_the_pins_does_not_call_what_was_accepted_pinned() {
    let mut story = Story::apns(other());
    story.pins([TOPIC]).at("2030-06-02T00:00:00Z");
    let look = story.pins([]).at("2030-06-02T01:00:00Z");
    look.change(Some(IdentityAccepted)).events(["IdentityAccepted"]);
    assert!(!look.sent[0].note.contains("expectedIdentities"), "{}", look.sent[0].note);
}

#[test]
fn it_stays_changed_while_it_can_not_be_read() {
    let mut story = Story::apns(mine());
    story.at("2030-06-02T00:00:00Z");
    story.holds(other()).at("2030-06-02T01:00:00Z");
    story.at("2030-06-02T01:01:00Z").events(["IdentityChanged"]);
    let look = story.fails(lapsewatch_core::api::reasons::FailureReason::SecretNotFound).at("2030-06-02T02:00:00Z");
    look.expect(IdentityChanged, True, "TopicChanged").severity(Critical).quiet();
}

#[test]
fn each_kind_has_its_own_word_and_is_a_warning() {
    let cases: [(CredentialType, CredentialFacts, CredentialFacts, &str); 3] = [
        (DEPToken, dep('a', A.1), dep('b', NEWER.1), "ConsumerKeyChanged"),
        (VPPToken, vpp('a', A.1), vpp('b', NEWER.1), "OrganizationChanged"),
        (WindowsSymantecCertificate, symantec('a', A.0, A.1), symantec('b', NEWER.0, NEWER.1), "PublisherChanged"),
    ];
    for (type_, before, mut after, reason) in cases {
        let mut story = Story::of(before, type_);
        story.at("2030-06-02T00:00:00Z");
        after.identity = Some("another".into());
        let look = story.holds(after).at("2030-06-02T01:00:00Z");
        look.expect(IdentityChanged, True, reason).severity(Warning).expect(Healthy, False, "IdentityChanged");
        story.at("2030-06-02T01:00:30Z").events(["IdentityChanged"]);
    }
}

#[test]
fn the_first_identity_after_none_is_no_acceptance() {
    let none = CredentialFacts { identity: Option::None, ..vpp('a', A.1) };
    let mut story = Story::of(none, VPPToken);
    story.at("2030-06-02T00:00:00Z").expect(IdentityChanged, False, "NotIdentified");
    let look = story.holds(vpp('a', A.1)).at("2030-06-02T01:00:00Z");
    look.quiet().change(Option::None).expect(IdentityChanged, False, "FirstObserved");
    assert_eq!(look.status.accepted_identity.as_deref(), Some("Acme Ltd"));
}
