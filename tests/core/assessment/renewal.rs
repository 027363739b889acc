//! Tests another credential of the same identity: Renewed, Replaced, Restored and WentBackwards.

use lapsewatch_core::api::CredentialType::{DEPToken, DeclaredExpiry, VPPToken, X509Certificate};
use lapsewatch_core::api::Severity::{Critical, None, Notice, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True};
use lapsewatch_core::api::conditions::ConditionType::{Expired, Expiring, Healthy, IdentityChanged, Regressed};
use lapsewatch_core::api::reasons::ChangeReason::{Renewed, Replaced, Restored, WentBackwards};

use lapsewatch_test_support::assessment::facts::{apns, declared, dep, fingerprint, time, vpp, x509};
use lapsewatch_test_support::assessment::story::Story;

const A: (&str, &str) = ("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
const B: (&str, &str) = ("2030-12-10T00:00:00Z", "2031-12-10T00:00:00Z");

fn a() -> lapsewatch_core::api::CredentialFacts {
    apns('a', A.0, A.1)
}

fn b() -> lapsewatch_core::api::CredentialFacts {
    apns('b', B.0, B.1)
}

#[test]
fn the_first_one_is_no_change() {
    let look = Story::apns(a()).at("2030-06-01T00:00:00Z");
    look.change(Option::None)
        .quiet()
        .expect(IdentityChanged, False, "FirstObserved")
        .expect(Regressed, False, "Newest");
    assert_eq!(look.status.newest.as_ref().unwrap().fingerprint, Some(fingerprint('a')));
}

#[test]
fn a_later_one_clears_all_warnings_and_says_so_once() {
    let mut story = Story::apns(a());
    story.at("2030-12-26T00:00:00Z").severity(Critical).events(["ExpiresWithin7Days"]);
    let look = story.holds(b()).at("2030-12-26T10:00:00Z");
    look.change(Some(Renewed)).events(["Renewed"]).severity(None).expect(Healthy, True, "Valid");
    look.expect(IdentityChanged, False, "Unchanged").expect(Expiring, False, "OutsideWindow");
    assert!(!look.sent[0].warning && look.status.notifications.is_empty());
    let change = look.status.last_change.as_ref().unwrap();
    assert_eq!((change.from.fingerprint.clone(), change.from.not_after), (Some(fingerprint('a')), Some(time(A.1))));
    assert_eq!((change.to.fingerprint.clone(), change.to.not_after), (Some(fingerprint('b')), Some(time(B.1))));
    story.at("2030-12-26T10:00:01Z").quiet().change(Some(Renewed));
    story.at("2031-02-26T10:00:01Z").quiet();
}

#[test]
fn an_expired_one_is_mended_by_a_renewal() {
    let mut story = Story::apns(a());
    story.at("2031-02-01T00:00:00Z").expect(Expired, True, "GracePeriodOver");
    story.holds(b()).at("2031-02-01T01:00:00Z").events(["Renewed"]).expect(Expired, False, "NotExpired");
}

#[test]
fn a_renewal_that_is_reverted_warns_again() {
    let mut story = Story::apns(a());
    story.at("2030-12-26T00:00:00Z").events(["ExpiresWithin7Days"]);
    story.holds(b()).at("2030-12-26T10:00:00Z").events(["Renewed"]);
    story.holds(a()).settled("2030-12-27T00:00:00Z").severity(Critical).events(["ExpiresWithin7Days", "WentBackwards"]);
    story.at("2031-01-01T00:00:01Z").events(["Expired"]);
    story.holds(b()).settled("2031-01-02T00:00:00Z").events(["Restored"]);
    story.holds(a()).settled("2031-01-03T00:00:00Z").severity(Critical).events(["Expired", "WentBackwards"]);
}

#[test]
fn a_shorter_lifetime_is_no_fault() {
    let mut story = Story::apns(a());
    story.at("2030-06-01T00:00:00Z");
    let look = story.holds(apns('s', "2030-05-31T00:00:00Z", "2030-12-25T00:00:00Z")).at("2030-06-01T01:00:00Z");
    look.change(Some(Renewed)).severity(None).events(["Renewed"]).expect(Regressed, False, "Newest");
}

#[test]
fn a_renewed_one_inside_its_own_window_says_both() {
    let mut story = Story::apns(a());
    story.at("2030-06-01T00:00:00Z");
    let look = story.holds(apns('s', "2030-05-31T00:00:00Z", "2030-06-20T00:00:00Z")).at("2030-06-01T01:00:00Z");
    look.events(["ExpiresWithin30Days", "Renewed"]);
}

#[test]
fn of_two_that_begin_together_the_one_that_ends_later_is_newer() {
    let mut story = Story::apns(a());
    story.at("2030-06-01T00:00:00Z");
    let look = story.holds(apns('r', A.0, "2031-03-01T00:00:00Z")).at("2030-06-02T00:00:00Z");
    look.change(Some(Renewed)).events(["Renewed"]).severity(None);
    let look = story.holds(apns('s', A.0, "2031-02-01T00:00:00Z")).settled("2030-06-03T00:00:00Z");
    look.change(Some(WentBackwards)).events(["WentBackwards"]).expect(Regressed, True, "WentBackwards");
    assert_eq!(look.status.newest.as_ref().unwrap().fingerprint, Some(fingerprint('r')));
}

#[test]
fn one_of_the_same_dates_replaces() {
    let mut story = Story::apns(a());
    story.at("2030-06-01T00:00:00Z");
    let look = story.holds(apns('r', A.0, A.1)).settled("2030-06-02T00:00:00Z");
    look.change(Some(Replaced)).events(["Replaced"]).expect(Regressed, False, "Newest").severity(None);
    assert_eq!(look.status.newest.as_ref().unwrap().fingerprint, Some(fingerprint('r')));
}

#[test]
fn an_older_one_went_backwards_until_mended() {
    let mut story = Story::apns(a());
    story.at("2030-12-10T00:00:00Z");
    story.holds(b()).at("2030-12-11T00:00:00Z").events(["Renewed"]);
    let look = story.holds(apns('o', "2030-02-01T00:00:00Z", "2031-09-01T00:00:00Z")).settled("2030-12-12T00:00:00Z");
    look.change(Some(WentBackwards)).expect(Regressed, True, "WentBackwards").severity(Notice);
    look.expect(Healthy, True, "Valid").events(["WentBackwards"]);
    assert!(!look.sent[0].warning);
    story.at("2030-12-13T00:00:00Z").expect(Regressed, True, "WentBackwards").quiet();
    let look = story.holds(b()).settled("2030-12-14T00:00:00Z");
    look.change(Some(Restored)).expect(Regressed, False, "Newest").events(["Restored"]).severity(None);
    story.at("2030-12-14T00:01:00Z").quiet();
    // The same regression is announced again, because the first regression had ended.
    story.holds(apns('o', "2030-02-01T00:00:00Z", "2031-09-01T00:00:00Z"));
    story.settled("2030-12-15T00:00:00Z").events(["WentBackwards"]);
    // A newer credential ends the regression too.
    story.holds(apns('c', "2030-12-14T00:00:00Z", "2031-12-14T00:00:00Z"));
    story.at("2030-12-16T00:00:00Z").change(Some(Renewed)).events(["Renewed"]).expect(Regressed, False, "Newest");
}

#[test]
fn a_still_older_one_is_said_too() {
    let mut story = Story::apns(b());
    story.at("2030-12-11T00:00:00Z");
    let older = |letter, begin| apns(letter, begin, "2031-09-01T00:00:00Z");
    story.holds(older('o', "2030-02-01T00:00:00Z")).settled("2030-12-12T00:00:00Z").events(["WentBackwards"]);
    story.holds(older('p', "2030-01-02T00:00:00Z")).settled("2030-12-13T00:00:00Z").events(["WentBackwards"]);
    // The credential is newer than the last, but older than the newest.
    let look = story.holds(older('q', "2030-03-02T00:00:00Z")).settled("2030-12-14T00:00:00Z");
    look.events(["WentBackwards"]).expect(Regressed, True, "WentBackwards").change(Some(WentBackwards));
}

#[test]
fn tokens_are_compared_by_their_expiry() {
    let mut story = Story::of(vpp('a', A.1), VPPToken);
    story.at("2030-06-01T00:00:00Z");
    story.holds(vpp('b', B.1)).at("2030-06-02T00:00:00Z").change(Some(Renewed));
    story.holds(vpp('c', B.1)).settled("2030-06-03T00:00:00Z").change(Some(Replaced)).events(["Replaced"]);
    let look = story.holds(vpp('a', A.1)).settled("2030-06-04T00:00:00Z");
    look.change(Some(WentBackwards)).severity(Notice).events(["WentBackwards"]);
}

#[test]
fn an_older_dep_token_was_reset_and_is_reminded_of() {
    let mut story = Story::of(dep('b', B.1), DEPToken);
    story.at("2030-06-01T00:00:00Z");
    let look = story.holds(dep('a', A.1)).settled("2030-06-02T00:00:00Z");
    look.change(Some(WentBackwards)).severity(Warning).expect(Healthy, False, "Regressed").events(["WentBackwards"]);
    assert!(look.sent[0].warning);
    let events = story.run("2030-06-02T00:00:31Z", "2030-06-04T12:00:00Z");
    assert_eq!(
        events.iter().map(|(_, reason)| reason.as_str()).collect::<Vec<_>>(),
        ["WentBackwards", "WentBackwards"]
    );
    story.holds(dep('b', B.1)).settled("2030-06-04T13:00:00Z").events(["Restored"]).severity(None);
}

#[test]
fn kinds_without_an_identity_are_compared_too() {
    let mut story = Story::of(x509('a', A.0, A.1), X509Certificate);
    story.at("2030-06-01T00:00:00Z").expect(IdentityChanged, False, "NotIdentified");
    story.holds(x509('b', B.0, B.1)).at("2030-12-11T00:00:00Z").change(Some(Renewed)).events(["Renewed"]);
    let look = story.holds(x509('a', A.0, A.1)).at("2030-12-12T00:00:00Z");
    look.change(Some(WentBackwards)).expect(Regressed, True, "WentBackwards").severity(Notice);
}

#[test]
fn a_declared_date_is_never_regressed() {
    let mut story = Story::of(declared(A.1), DeclaredExpiry);
    story.at("2030-06-01T00:00:00Z").expect(IdentityChanged, False, "NotIdentified");
    story.holds(declared(B.1)).at("2030-06-02T00:00:00Z").change(Some(Renewed)).events(["Renewed"]);
    let look = story.holds(declared(A.1)).settled("2030-06-03T00:00:00Z");
    look.change(Some(Replaced)).expect(Regressed, False, "Newest").events(["Replaced"]).severity(None);
    story.holds(declared(B.1)).at("2030-06-04T00:00:00Z").change(Some(Renewed)).events(["Renewed"]);
}

#[test]
fn the_mending_of_a_regression_is_said_even_when_another_topic_came_between() {
    let mut story = Story::apns(b());
    story.at("2030-12-11T00:00:00Z");
    story.holds(a()).settled("2030-12-11T01:00:00Z").expect(Regressed, True, "WentBackwards");
    story
        .holds(lapsewatch_test_support::assessment::facts::apns_of_another_topic('x', B.0, B.1))
        .at("2030-12-11T02:00:00Z");
    story.holds(b()).settled("2030-12-11T02:00:10Z").change(Some(Restored)).events(["Restored"]);
}
