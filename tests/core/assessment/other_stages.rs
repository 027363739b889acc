//! Tests the stages of the other credential types.

use lapsewatch_core::api::CredentialType::{
    self, DEPToken, DeclaredExpiry, VPPToken, WindowsSymantecCertificate, X509Certificate,
};
use lapsewatch_core::api::Severity::{self, Critical, Notice, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True};
use lapsewatch_core::api::conditions::ConditionType::{Expired, Expiring, Healthy};
use lapsewatch_core::api::status::Expiry;

use lapsewatch_test_support::assessment::facts::{of_type, x509};
use lapsewatch_test_support::assessment::story::Story;

const END: &str = "2031-01-01T00:00:00Z";

#[track_caller]
fn stages(type_: CredentialType, days: Option<&[u16]>, expected: &[(&str, &str, Severity)], expired: Severity) {
    let mut story = Story::of(of_type(type_, 'a', END), type_);
    story.spec.reminder_every_hours = Some(0);
    story.spec.warn_before_days = days.map(<[u16]>::to_vec);
    let mut events = Vec::new();
    for (at, reason, severity) in expected {
        let look = story.at(at);
        look.expect(Expiring, True, reason).severity(*severity).events([&format!("Expires{reason}")]);
        look.expect(Healthy, True, "Expiring");
        events.push(((*at).to_owned(), format!("Expires{reason}")));
    }
    story.at(END).quiet();
    let look = story.at("2031-01-01T00:00:01Z");
    look.expect(Expired, True, "Lapsed").expect(Expiring, False, "AlreadyExpired").expect(Healthy, False, "Expired");
    look.severity(expired).events(["Expired"]);
    assert_eq!(look.next, None, "these types have no grace period");
    events.push(("2031-01-01T00:00:01Z".to_owned(), "Expired".to_owned()));

    let mut again = Story::of(of_type(type_, 'a', END), type_);
    again.spec = story.spec.clone();
    assert_eq!(
        again.run("2030-06-01T00:00:00Z", "2032-01-01T00:00:00Z"),
        events,
        "the boundaries lead to the same Events"
    );
}

#[test]
fn apples_tokens_warn_from_thirty_days_on() {
    for type_ in [VPPToken, DEPToken] {
        let expected = [
            ("2030-12-02T00:00:00Z", "Within30Days", Warning),
            ("2030-12-18T00:00:00Z", "Within14Days", Warning),
            ("2030-12-25T00:00:00Z", "Within7Days", Warning),
            ("2030-12-31T00:00:00Z", "Within1Days", Warning),
        ];
        stages(type_, None, &expected, Critical);
        let own = [("2030-12-01T00:00:00Z", "Within31Days", Notice), ("2030-12-30T00:00:00Z", "Within2Days", Warning)];
        stages(type_, Some(&[31, 2]), &own, Critical);
    }
}

#[test]
fn windows_certificates_warn_only_in_the_last_stage() {
    let expected = [
        ("2030-12-02T00:00:00Z", "Within30Days", Notice),
        ("2030-12-18T00:00:00Z", "Within14Days", Notice),
        ("2030-12-25T00:00:00Z", "Within7Days", Warning),
    ];
    stages(WindowsSymantecCertificate, None, &expected, Warning);
    let own = [("2030-11-02T00:00:00Z", "Within60Days", Notice), ("2030-11-12T00:00:00Z", "Within50Days", Warning)];
    stages(WindowsSymantecCertificate, Some(&[60, 50]), &own, Warning);
}

#[test]
fn others_warn_only_in_the_last_stage() {
    for type_ in [X509Certificate, DeclaredExpiry] {
        let expected =
            [("2030-12-02T00:00:00Z", "Within30Days", Notice), ("2030-12-25T00:00:00Z", "Within7Days", Warning)];
        stages(type_, None, &expected, Warning);
        stages(type_, Some(&[60]), &[("2030-11-02T00:00:00Z", "Within60Days", Warning)], Warning);
    }
}

#[test]
fn what_never_expires_is_never_warned_of() {
    for type_ in CredentialType::ALL {
        let mut facts = of_type(type_, 'a', END);
        facts.not_after = None;
        facts.grace_end_time = None;
        facts.expiry = Expiry::Never;
        let look = Story::of(facts, type_).at("2099-01-01T00:00:00Z");
        look.expect(Expiring, False, "OutsideWindow").expect(Expired, False, "NotExpired");
        look.expect(Healthy, True, "Valid").severity(Severity::None).quiet();
        assert_eq!(look.next, None);
    }
}

#[test]
fn it_is_valid_from_five_minutes_before_its_first_moment() {
    let mut story = Story::of(x509('a', "2030-06-01T00:00:00Z", END), X509Certificate);
    let look = story.at("2030-05-31T23:00:00Z");
    look.expect(Healthy, False, "NotYetValid").severity(Notice).events(["NotYetValid"]).next("2030-05-31T23:55:00Z");
    assert!(!look.sent[0].warning);
    story.at("2030-05-31T23:54:59Z").expect(Healthy, False, "NotYetValid").quiet();
    story.at("2030-05-31T23:55:00Z").expect(Healthy, True, "Valid").severity(Severity::None).quiet();
}
