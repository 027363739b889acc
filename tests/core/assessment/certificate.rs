//! Tests findings about a certificate: reversed dates, an issuer that expires first, other certificates in the same
//! Secret, and a selected private key that can't be read.

use lapsewatch_core::api::CredentialType::{APNsCertificate, X509Certificate};
use lapsewatch_core::api::Severity::{Critical, None, Notice, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True, Unknown};
use lapsewatch_core::api::conditions::ConditionType::{Expired, Healthy, KeyMismatch};
use lapsewatch_core::api::status::{CredentialFacts, IssuerExpiry, KeyMatch, OtherCertificate};

use lapsewatch_test_support::assessment::facts::{apns, of_type, time};
use lapsewatch_test_support::assessment::story::{Look, Story};

const END: &str = "2031-01-01T00:00:00Z";

#[track_caller]
fn reasons<const N: usize>(look: &Look, expected: [&str; N]) {
    let found: Vec<&str> = look.status.notifications.iter().map(|said| said.reason.as_str()).collect();
    assert_eq!(found, expected);
}

fn with_issuer(end: &str) -> CredentialFacts {
    let issuer = IssuerExpiry { subject: Some("CN=Example CA".into()), not_after: Some(time(end)) };
    CredentialFacts { first_issuer_to_expire: Some(issuer), ..of_type(X509Certificate, 'a', END) }
}

#[test]
fn dates_in_the_wrong_order_are_a_warning_and_never_only_not_yet_valid() {
    let reversed = || apns('a', "2031-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
    let look = Story::apns(reversed()).at("2029-06-01T00:00:00Z");
    look.expect(Healthy, False, "DatesReversed").severity(Warning).events(["DatesReversed"]);
    reasons(&look, ["DatesReversed"]);
    let look = Story::apns(reversed()).at("2030-06-01T00:00:00Z");
    look.expect(Expired, True, "GracePeriodOver").expect(Healthy, False, "Expired").severity(Critical);
    reasons(&look, ["GracePeriodOver", "DatesReversed"]);
    // Equal dates are in order: such a certificate is valid for one second.
    let look = Story::apns(apns('a', END, END)).at(END);
    reasons(&look, ["ExpiresWithin1Days"]);
}

#[test]
fn an_issuer_that_expires_first_is_a_notice_with_its_date_and_a_warning_when_it_has() {
    let mut story = Story::of(with_issuer("2030-07-01T00:00:00Z"), X509Certificate);
    let look = story.at("2030-06-01T00:00:00Z");
    look.expect(Healthy, True, "Valid").severity(Notice).events(["IssuerExpiresFirst"]);
    let message = &look.status.notifications[0].message;
    assert!(message.contains("CN=Example CA") && message.contains("2030-07-01T00:00:00Z"), "{message}");
    assert_eq!(look.next, Some(time("2030-07-01T00:00:01Z")));
    story.at("2030-07-01T00:00:00Z").severity(Notice).quiet();
    let look = story.at("2030-07-01T00:00:01Z");
    look.expect(Healthy, False, "IssuerExpired").severity(Warning).events(["IssuerExpired"]);
    let look = story.holds(of_type(X509Certificate, 'a', END)).at("2030-07-01T00:10:00Z");
    look.expect(Healthy, True, "Valid").severity(None).events(["Recovered"]);
    // The same chain is announced again, because the finding had ended.
    story.holds(with_issuer("2030-07-01T00:00:00Z")).at("2030-07-01T00:20:00Z").events(["IssuerExpired"]);
}

#[test]
fn apple_looks_at_no_chain_and_after_the_certificate_the_chain_is_no_matter() {
    let facts = CredentialFacts {
        first_issuer_to_expire: with_issuer("2030-07-01T00:00:00Z").first_issuer_to_expire,
        ..of_type(APNsCertificate, 'a', END)
    };
    Story::apns(facts).at("2030-08-01T00:00:00Z").expect(Healthy, True, "Valid").severity(Notice);
    let look = Story::of(with_issuer("2030-07-01T00:00:00Z"), X509Certificate).at("2031-02-01T00:00:00Z");
    reasons(&look, ["Expired"]);
}

#[test]
fn certificates_of_one_identity_are_told_apart_by_serial_number_and_dates() {
    let other = OtherCertificate {
        serial_number: Some("0a".into()),
        not_before: Some(time("2029-01-01T00:00:00Z")),
        not_after: Some(time("2030-01-01T00:00:00Z")),
    };
    let facts = CredentialFacts {
        serial_number: Some("0b".into()),
        other_certificates: vec![other],
        ..apns('a', "2030-01-01T00:00:00Z", END)
    };
    let mut story = Story::apns(facts);
    let look = story.at("2030-06-01T00:00:00Z");
    look.expect(Healthy, True, "Valid").severity(Notice).events(["SeveralCertificates"]);
    let message = &look.status.notifications[0].message;
    for words in ["0a", "2029-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "0b", END] {
        assert!(message.contains(words), "{words}: {message}");
    }
    let look = story.holds(apns('a', "2030-01-01T00:00:00Z", END)).at("2030-06-02T00:00:00Z");
    look.severity(None).quiet();
}

#[test]
fn a_named_private_key_that_cannot_be_read_is_a_notice() {
    let facts = |key_match| CredentialFacts { key_match, ..apns('a', "2030-01-01T00:00:00Z", END) };
    let mut story = Story::apns(facts(KeyMatch::KeyUnreadable));
    story.at("2030-06-01T00:00:00Z").severity(None).quiet();
    story.spec.secret_ref.as_mut().unwrap().private_key_key = Some("push.key".into());
    let look = story.at("2030-06-01T01:00:00Z");
    look.expect(KeyMismatch, Unknown, "KeyUnreadable").severity(Notice).events(["KeyUnreadable"]);
    assert!(look.status.notifications[0].remedy.contains("key \"push.key\""));
    story.holds(facts(KeyMatch::Matches)).at("2030-06-01T02:00:00Z").severity(None).quiet();
    story.holds(facts(KeyMatch::KeyUnreadable)).at("2030-06-01T03:00:00Z").events(["KeyUnreadable"]);
    // The unreadable key and a mismatch are separate findings: neither replaces the other.
    story.holds(facts(KeyMatch::Mismatch)).at("2030-06-01T04:00:00Z").severity(Warning).events(["KeyMismatch"]);
}
