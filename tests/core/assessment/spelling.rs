//! Tests spellings of one identity, identities that look alike, and credentials without an identity.

use lapsewatch_core::api::CredentialFacts;
use lapsewatch_core::api::CredentialType::{VPPToken, WindowsSymantecCertificate};
use lapsewatch_core::api::Severity::{None, Notice, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True, Unknown};
use lapsewatch_core::api::conditions::ConditionType::{Healthy, IdentityChanged, Regressed};
use lapsewatch_core::api::reasons::ChangeReason::{self, IdentityUnknown, Renewed};

use lapsewatch_test_support::assessment::facts::{fingerprint, symantec, vpp};
use lapsewatch_test_support::assessment::story::Story;

const NAME: &str = "Müller & Söhne GmbH";
const NOW: &str = "2030-06-01T00:00:00Z";
const END: &str = "2031-01-01T00:00:00Z";
const LATER: &str = "2032-01-01T00:00:00Z";
const SPELLINGS: [&str; 3] =
    ["Mu\u{308}ller & So\u{308}hne GmbH", "Müller\u{a0}& Söhne\u{202f}GmbH", " Müller  & Söhne GmbH "];

fn named(letter: char, end: &str, name: Option<&str>) -> CredentialFacts {
    CredentialFacts { identity: name.map(str::to_owned), ..vpp(letter, end) }
}

#[test]
fn another_spelling_is_the_same_identity() {
    for spelling in SPELLINGS {
        for (before, after) in [(NAME, spelling), (spelling, NAME)] {
            let mut story = Story::of(named('a', END, Some(before)), VPPToken);
            story.at(NOW).quiet();
            let look = story.holds(named('b', LATER, Some(after))).at("2030-06-02T00:00:00Z");
            look.expect(IdentityChanged, False, "Unchanged").change(Some(Renewed)).events(["Renewed"]).severity(None);
            let mut pinned = Story::of(named('a', END, Some(before)), VPPToken);
            pinned.pins([after]).at(NOW).expect(IdentityChanged, False, "FirstObserved").severity(None);
        }
    }
}

/// A status can contain an identity in the spelling of an earlier version.
#[test]
fn the_same_credential_in_another_spelling_is_no_change() {
    let cut = format!("{}…", "u\u{308}".repeat(128).chars().take(255).collect::<String>());
    let whole = "ü".repeat(128);
    for (before, after) in SPELLINGS
        .map(|spelling| (spelling, NAME))
        .into_iter()
        .chain([("Müller\u{fffd}& Söhne GmbH", "Müller & Söhne GmbH"), (cut.as_str(), whole.as_str())])
    {
        let mut story = Story::of(named('a', END, Some(before)), VPPToken);
        story.at(NOW).quiet();
        let look = story.holds(named('a', END, Some(after))).at("2030-06-02T00:00:00Z");
        look.quiet().change(Option::None).severity(None);
        assert_eq!(look.status.accepted_identity.as_deref(), Some(after));
        story.holds(named('b', LATER, Some(after))).at("2030-06-03T00:00:00Z").events(["Renewed"]).severity(None);
    }
}

/// The identities look the same on a screen, so the message contains the position and the code points.
#[test]
fn identities_that_only_look_alike_differ_and_the_place_is_told() {
    for (other, words) in [
        ("Mϋller & Söhne GmbH", "differ at character 2: expected \"ü\" (U+00FC), found \"ϋ\" (U+03CB)"),
        ("Müller & Sӧhne GmbH", "differ at character 11: expected \"ö\" (U+00F6), found \"ӧ\" (U+04E7)"),
        ("Müller\u{fffd} & Söhne GmbH", "differ at character 7: expected nothing, found an invisible character"),
        ("Müller & Söhne GmbH.", "differ at character 20: expected nothing, found \".\" (U+002E)"),
    ] {
        let mut story = Story::of(named('a', END, Some(NAME)), VPPToken);
        story.at(NOW).quiet();
        let look = story.holds(named('b', LATER, Some(other))).at("2030-06-02T00:00:00Z");
        look.expect(IdentityChanged, True, "OrganizationChanged").severity(Warning);
        let said = &look.status.notifications[0].message;
        assert!(said.contains(words) && said.contains(&format!("expected \"{NAME}\"")), "{said}");
        let mut pinned = Story::of(named('a', END, Some(other)), VPPToken);
        let look = pinned.pins([NAME]).at(NOW);
        assert!(look.status.notifications[0].message.contains(words), "{:?}", look.status.notifications);
    }
    let mut story = Story::of(named('a', END, Some(NAME)), VPPToken);
    story.at(NOW);
    let look = story.holds(named('b', LATER, Some("Zenith Inc"))).at("2030-06-02T00:00:00Z");
    assert!(!look.status.notifications[0].message.contains("character"), "an obvious difference needs no position");
}

#[test]
fn no_identity_where_one_was_accepted_is_not_told_to_be_the_same() {
    let mut story = Story::of(named('a', END, Some(NAME)), VPPToken);
    story.at(NOW).quiet();
    let look = story.holds(named('b', LATER, Option::None)).at("2030-06-02T00:00:00Z");
    look.expect(IdentityChanged, Unknown, "IdentityUnknown").expect(Healthy, Unknown, "IdentityUnknown");
    look.expect(Regressed, False, "Newest").severity(Notice).change(Some(IdentityUnknown)).quiet();
    assert_eq!(look.status.accepted_identity.as_deref(), Some(NAME));
    assert_eq!(look.status.newest.as_ref().unwrap().fingerprint, Some(fingerprint('a')), "the newest accepted");
    let look = story.at("2030-06-02T00:01:00Z");
    look.events(["IdentityUnknown"]);
    assert!(!look.sent[0].warning);
    story.at("2030-06-02T02:00:00Z").quiet();
    // The newest credential of the accepted identity returns.
    let look = story.holds(named('a', END, Some(NAME))).at("2030-06-03T00:00:00Z");
    look.events(["Recovered"]).severity(None).change(Some(ChangeReason::Restored));
    // A renewal with the accepted identity ends the finding too.
    story.holds(named('c', LATER, Option::None)).at("2030-06-04T00:00:00Z");
    story.at("2030-06-04T00:01:00Z").events(["IdentityUnknown"]);
    let look = story.holds(named('d', LATER, Some(NAME))).at("2030-06-05T00:00:00Z");
    look.events(["Renewed"]).severity(None).change(Some(Renewed));
}

#[test]
fn no_identity_where_one_is_pinned_is_not_told_to_be_the_pinned_one() {
    let mut story = Story::of(named('a', END, Option::None), VPPToken);
    story.pins([NAME]).at(NOW).expect(IdentityChanged, Unknown, "IdentityUnknown").severity(Notice).quiet();
    story.at("2030-06-01T00:01:00Z").events(["IdentityUnknown"]);
    // Without a pin and without an accepted identity, an identity is not expected.
    story.pins([]).at("2030-06-02T00:00:00Z").expect(IdentityChanged, False, "NotIdentified").severity(None);
    story.holds(named('b', LATER, Option::None)).at("2030-06-03T00:00:00Z").change(Some(Renewed)).severity(None);
    // An enrollment token replaces a certificate.
    let mut story = Story::of(symantec('a', NOW, END), WindowsSymantecCertificate);
    story.at(NOW);
    let token = CredentialFacts { identity: Option::None, ..symantec('b', NOW, LATER) };
    story.holds(token).at("2030-06-02T00:00:00Z").expect(IdentityChanged, Unknown, "IdentityUnknown").severity(Notice);
}
