//! Tests the findings about a credential that several objects use.

use lapsewatch_core::api::conditions::ConditionStatus::{False, True, Unknown};
use lapsewatch_core::api::conditions::ConditionType::{Duplicate, Healthy};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::{CredentialType, Severity, TenantCredentialStatus};
use lapsewatch_core::assessment::TenantContext;
use lapsewatch_core::assessment::peers::Peers;
use lapsewatch_core::messages::Side;
use lapsewatch_core::verdict::{Other, SharingState, Unlisted, View};

use lapsewatch_test_support::assessment::facts::{apns, dated};
use lapsewatch_test_support::assessment::story::Story;

const T0: &str = "2030-03-01T00:00:00Z";
const SETTLED: &str = "2030-03-01T00:00:30Z";
const LATER: &str = "2030-03-01T01:00:00Z";
const AGAIN: &str = "2030-03-01T01:00:30Z";

fn others(standing: SharingState) -> Peers {
    let here = Other::Here { name: "theirs".into(), tenant: Some("acme-qa".into()) };
    let claimant = (standing == SharingState::ControlLost).then(|| here.clone());
    Peers::Known(Some(View { standing, others: vec![here, Other::Elsewhere], claimant, unlisted: Unlisted::None }))
}

fn alone() -> Peers {
    Peers::Known(Some(View::unique()))
}

fn token(type_: CredentialType) -> Story {
    let mut story = Story::of(dated('a', Some("2030-01-01T00:00:00Z"), "2031-01-01T00:00:00Z"), type_);
    story.tenant = TenantContext::Found(Side { environment: Some("QA"), support_account: Some("4711") });
    story
}

fn words(status: &TenantCredentialStatus) -> String {
    let said = status.notifications.iter().find(|n| n.type_ == "Duplicate").expect("a notification about duplicates");
    format!("{} | {} | {}", said.message, said.impact, said.remedy)
}

#[test]
fn each_standing_has_its_severity_its_state_and_its_event() {
    use CredentialType::{APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate};
    for (type_, standing, severity, healthy) in [
        (VPPToken, SharingState::SameSecret, Severity::Notice, (True, "Valid")),
        (VPPToken, SharingState::SharedByOthers, Severity::Notice, (True, "Valid")),
        (VPPToken, SharingState::TokenInUse, Severity::Warning, (False, "Duplicate")),
        (VPPToken, SharingState::ControlAssumed, Severity::Notice, (True, "Valid")),
        (VPPToken, SharingState::ControlLost, Severity::Critical, (False, "Duplicate")),
        (VPPToken, SharingState::OverrideContested, Severity::Warning, (False, "Duplicate")),
        (DEPToken, SharingState::TokenInUse, Severity::Warning, (False, "Duplicate")),
        (DEPToken, SharingState::Superseded { certain: true }, Severity::Warning, (False, "Duplicate")),
        (DEPToken, SharingState::Superseded { certain: false }, Severity::Warning, (False, "Duplicate")),
        (APNsCertificate, SharingState::TokenInUse, Severity::Warning, (False, "Duplicate")),
        (APNsCertificate, SharingState::Superseded { certain: true }, Severity::Notice, (True, "Valid")),
        (WindowsSymantecCertificate, SharingState::TokenInUse, Severity::Warning, (False, "Duplicate")),
    ] {
        let mut story = token(type_);
        story.among(others(standing));
        let first = story.at(T0);
        first.quiet().severity(severity).expect(Duplicate, True, standing.reason());
        first.expect(Healthy, healthy.0, healthy.1).next(SETTLED);
        let named = serde_json::to_value(&first.status.duplicates).unwrap();
        assert_eq!(
            named,
            serde_json::json!([{"name": "theirs", "tenant": "acme-qa"}, {"elsewhere": "a credential of another namespace"}])
        );
        let settled = story.at(SETTLED);
        settled.events([standing.reason()]);
        assert_eq!(settled.sent[0].warning, severity >= Severity::Warning, "{standing:?}");
        story.among(alone());
        let mended = story.at(LATER);
        mended.quiet().severity(Severity::None).expect(Duplicate, False, "Unique").next(AGAIN);
        assert!(mended.status.duplicates.is_empty());
        story.at(AGAIN).events(["Recovered"]);
        assert_eq!(story.run(AGAIN, "2030-03-05T00:00:00Z"), []);
    }
}

#[test]
fn what_passes_before_it_has_settled_is_never_announced() {
    let mut story = token(CredentialType::VPPToken);
    story.at("2030-02-01T00:00:00Z");
    story.among(others(SharingState::TokenInUse)).at(T0).quiet();
    story.among(alone()).at("2030-03-01T00:00:29Z").quiet().expect(Duplicate, False, "Unique");
    story.at(LATER).quiet();
}

/// A Secret or object can be replaced by deletion and creation. The other holders then see this holder disappear and
/// return.
#[test]
fn a_holder_that_comes_back_before_that_has_settled_was_never_gone() {
    let mut story = token(CredentialType::VPPToken);
    story.among(others(SharingState::TokenInUse)).at(T0);
    story.at(SETTLED).events(["TokenInUse"]);
    story.among(alone()).at(LATER).quiet().expect(Duplicate, False, "Unique");
    story.among(others(SharingState::TokenInUse)).at("2030-03-01T01:00:29Z").quiet().expect(
        Duplicate,
        True,
        "TokenInUse",
    );
    assert_eq!(story.run(AGAIN, "2030-03-01T12:00:00Z"), []);
    // The event delay begins when the other holder disappeared last, also if the clock is set back.
    story.among(alone()).at("2030-03-01T12:00:00Z").quiet();
    story.at("2030-03-01T12:00:29Z").quiet();
    story.crash_at("2030-03-01T12:00:30Z").events(["Recovered"]);
    story.at("2030-03-01T12:00:31Z").quiet();
    story.among(others(SharingState::TokenInUse)).at("2030-03-01T13:00:00Z").quiet();
    story.at("2030-03-01T13:00:30Z").events(["TokenInUse"]);
    story.among(alone()).at("2030-03-01T14:00:00Z").quiet();
    story.at("2030-03-01T09:00:00Z").events(["Recovered"]);
}

#[test]
fn another_standing_and_another_token_are_news_and_another_holder_is_none() {
    let mut story = token(CredentialType::VPPToken);
    story.among(others(SharingState::TokenInUse)).at(T0);
    story.at(SETTLED).events(["TokenInUse"]);
    let third = Other::Here { name: "third".into(), tenant: None };
    story.among(Peers::Known(Some(View { standing: SharingState::TokenInUse, others: vec![third], ..View::unique() })));
    story.at(LATER).quiet();
    story.at(AGAIN).quiet();
    story.among(others(SharingState::ControlLost)).at("2030-03-01T02:00:00Z").quiet();
    story.at("2030-03-01T02:00:30Z").events(["ControlLost"]);
    story.holds(dated('b', Some("2030-02-01T00:00:00Z"), "2031-02-01T00:00:00Z"));
    // The finding is announced without delay, because the state has already lasted long enough.
    story.at("2030-03-01T03:00:00Z").events(["ControlLost", "Renewed"]);
}

#[test]
fn before_all_were_looked_at_nothing_is_said_and_nothing_is_taken_back() {
    let mut story = token(CredentialType::DEPToken);
    story.among(Peers::Pending);
    story.at(T0).quiet().severity(Severity::None).expect(Duplicate, Unknown, "Pending");
    story.among(others(SharingState::TokenInUse)).at(T0).quiet();
    story.at(SETTLED).events(["TokenInUse"]);
    story.among(Peers::Pending).at(LATER).quiet().expect(Duplicate, Unknown, "Pending");
    story.among(others(SharingState::TokenInUse)).at(AGAIN).quiet();
}

/// Returns a view that covers only some of the holders.
fn partial(peers: Peers) -> Peers {
    let Peers::Known(view) = peers else { panic!("{peers:?} contains no view") };
    Peers::Partial(view)
}

#[test]
fn partial_knowledge_takes_no_verdict_back_and_announces_no_recovery() {
    for standing in [
        SharingState::SameSecret,
        SharingState::SharedByOthers,
        SharingState::ControlAssumed,
        SharingState::TokenInUse,
        SharingState::ControlLost,
        SharingState::OverrideContested,
    ] {
        let mut story = token(CredentialType::VPPToken);
        let before = story.among(others(standing)).at(T0).status;
        story.at(SETTLED).events([standing.reason()]);
        story.among(partial(alone()));
        let kept = story.at(LATER);
        kept.quiet().severity(before.severity.unwrap()).expect(Duplicate, True, standing.reason());
        assert_eq!(kept.status.duplicates, before.duplicates, "{standing:?}");
        assert_eq!(story.run(LATER, "2030-03-01T20:00:00Z"), [], "{standing:?}");
        // After all holders were read, the finding ends.
        story.among(alone()).at("2030-03-02T00:00:00Z").quiet().expect(Duplicate, False, "Unique");
        story.at("2030-03-02T00:00:30Z").events(["Recovered"]);
    }
}

#[test]
fn partial_knowledge_tells_a_holder_that_is_seen_and_no_better_verdict() {
    let mut story = token(CredentialType::VPPToken);
    story.among(partial(others(SharingState::TokenInUse))).at(T0).quiet().expect(Duplicate, True, "TokenInUse");
    story.at(SETTLED).events(["TokenInUse"]);
    story.among(partial(others(SharingState::ControlLost))).at(LATER).quiet().expect(Duplicate, True, "ControlLost");
    story.at(AGAIN).events(["ControlLost"]);
    let kept = story.among(partial(others(SharingState::TokenInUse))).at("2030-03-01T02:00:00Z");
    kept.quiet().severity(Severity::Critical).expect(Duplicate, True, "ControlLost");
    // The view contains fewer holders than the status names, because the others may not have been read yet.
    let mut fewer = others(SharingState::ControlLost);
    if let Peers::Known(Some(view)) = &mut fewer {
        view.others.truncate(1);
    }
    let named = story.among(partial(fewer)).at("2030-03-01T02:30:00Z");
    assert_eq!(named.quiet().status.duplicates, kept.status.duplicates);
    // This object sets the override itself, so a partial view is sufficient for this finding.
    story.among(partial(others(SharingState::ControlAssumed)));
    story.at("2030-03-01T03:00:00Z").quiet().expect(Duplicate, True, "ControlAssumed");
}

#[test]
fn partial_knowledge_calls_no_new_credential_unique() {
    let mut story = token(CredentialType::VPPToken);
    story.among(partial(alone())).at(T0).quiet().expect(Duplicate, Unknown, "Pending").expect(Healthy, True, "Valid");
    story.among(alone()).at(SETTLED).quiet().expect(Duplicate, False, "Unique");
    story.among(partial(alone())).at(LATER).quiet().expect(Duplicate, False, "Unique");
    // The holders of the new token are not known yet.
    story.holds(dated('b', Some("2030-02-01T00:00:00Z"), "2031-02-01T00:00:00Z"));
    story.at(AGAIN).events(["Renewed"]).expect(Duplicate, Unknown, "Pending");
    // Without its Secret the object uses no credential, regardless of other holders.
    story.among(Peers::Partial(None)).fails(FailureReason::SecretNotFound);
    story.at("2030-03-01T02:00:00Z").quiet().expect(Duplicate, False, "Unique");
    story.holds(dated('b', Some("2030-02-01T00:00:00Z"), "2031-02-01T00:00:00Z"));
    story.among(partial(alone())).at("2030-03-01T02:00:10Z").quiet().expect(Duplicate, Unknown, "Pending");
}

#[test]
fn a_verdict_that_is_only_kept_is_not_announced_for_the_first_time() {
    let mut story = token(CredentialType::VPPToken);
    story.among(others(SharingState::TokenInUse)).at(T0).quiet();
    story.among(partial(alone()));
    assert_eq!(story.run(T0, LATER), [], "a partial view can't confirm the finding");
    story.among(others(SharingState::TokenInUse)).at(AGAIN).events(["TokenInUse"]);
}

#[test]
fn one_whose_secret_is_gone_holds_nothing_and_takes_nothing_back() {
    let mut story = token(CredentialType::VPPToken);
    story.among(others(SharingState::TokenInUse)).at(T0);
    story.at(SETTLED).events(["TokenInUse"]);
    story.among(Peers::Known(None)).fails(FailureReason::SecretNotFound);
    let gone = story.at(LATER);
    gone.quiet().expect(Duplicate, False, "Unique").expect(Healthy, False, "Unreadable");
    story.at(AGAIN).events(["SecretNotFound"]);
    story.holds(dated('a', Some("2030-01-01T00:00:00Z"), "2031-01-01T00:00:00Z"));
    story.among(others(SharingState::TokenInUse)).at("2030-03-01T02:00:00Z").events(["Recovered"]);
    story.at("2030-03-01T03:00:00Z").quiet();
}

/// If several Secrets return together, the first that is read does not see the other holders yet.
#[test]
fn a_secret_that_comes_back_with_the_others_is_no_news() {
    for standing in [SharingState::TokenInUse, SharingState::SameSecret] {
        let mut story = token(CredentialType::VPPToken);
        story.among(others(standing)).at(T0);
        story.at(SETTLED).events([standing.reason()]);
        story.among(Peers::Known(None)).fails(FailureReason::SecretNotFound).at(LATER).quiet();
        story.at(AGAIN).events(["SecretNotFound"]);
        story.holds(dated('a', Some("2030-01-01T00:00:00Z"), "2031-01-01T00:00:00Z"));
        story.among(alone()).at("2030-03-01T03:00:00Z").events(["Recovered"]);
        story.among(others(standing)).at("2030-03-01T03:00:01Z").quiet();
        assert_eq!(story.run("2030-03-01T03:00:02Z", "2030-03-01T09:00:00Z"), []);
        // If no other holder returns, the recovery is announced after the event delay.
        story.among(Peers::Known(None)).fails(FailureReason::SecretNotFound).settled("2030-03-01T10:00:00Z");
        story.holds(dated('a', Some("2030-01-01T00:00:00Z"), "2031-01-01T00:00:00Z"));
        story.among(alone()).at("2030-03-01T11:00:00Z").events(["Recovered"]);
        story.at("2030-03-01T11:00:30Z").events(["Recovered"]);
    }
}

#[test]
fn types_that_may_be_used_in_several_places_say_so() {
    let mut story = token(CredentialType::X509Certificate);
    story.among(Peers::Pending);
    story.at(T0).quiet().expect(Duplicate, False, "NotExclusive").expect(Healthy, True, "Valid");
}

#[test]
fn the_words_name_the_side_the_support_account_and_how_to_find_the_others() {
    let mut dep = token(CredentialType::DEPToken);
    dep.spec.tenant_ref = Some(lapsewatch_core::api::credential::TenantRef { name: "acme-prod".into() });
    let said = words(&dep.among(others(SharingState::TokenInUse)).at(T0).status);
    for part in [
        "also held by theirs of tenant acme-qa and a credential of another namespace; whoever",
        "kubectl get tcred -A --field-selector status.credential.fingerprint=aaaa",
        "with the account number 4711",
        "this side is tenant acme-prod, the QA environment",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    let mut older = Story::apns(apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"));
    let said = words(&older.among(others(SharingState::Superseded { certain: true })).at(T0).status);
    assert!(said.contains("--field-selector status.credential.identity=com.apple.mgmt."), "{said}");
}

#[test]
fn an_identity_that_a_shell_would_take_apart_is_not_written_into_a_command() {
    let mut facts = apns('a', "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
    facts.identity = Some("com.apple.mgmt.$(reboot)".into());
    let said = words(&Story::apns(facts).among(others(SharingState::Superseded { certain: true })).at(T0).status);
    assert!(!said.contains("kubectl"), "{said}");
}
