//! Tests the condition Healthy of a tenant, whose reason is a single word for the state.

use chrono::TimeDelta;
use lapsewatch_core::api::CredentialType::{
    APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate, X509Certificate,
};
use lapsewatch_core::api::Severity::{self, Critical, Notice, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{self, False, True, Unknown};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::status::KeyMatch;
use lapsewatch_core::api::{MDMTenantSpec, MDMTenantStatus};
use lapsewatch_core::assessment::tenant::{TenantInput, TenantMember, assess};

use lapsewatch_test_support::assessment::facts::{apns, time, undated_dep, x509};
use lapsewatch_test_support::assessment::page::Page;
use lapsewatch_test_support::assessment::story::Story;

const NOW: &str = "2030-06-01T00:00:00Z";
const WELL: &str = "2031-06-01T00:00:00Z";

fn mismatch() -> Story {
    let mut facts = x509('a', "2029-01-01T00:00:00Z", WELL);
    facts.key_match = KeyMatch::Mismatch;
    Story::of(facts, X509Certificate)
}

/// Adds a credential or setting to the tenant by a short name.
fn add(page: &mut Page, what: &str) {
    match what {
        "valid" => page.due("valid", VPPToken, WELL),
        "expiring" => page.due("expiring", APNsCertificate, "2030-06-02T00:00:00Z"),
        "expired" => page.due("expired", APNsCertificate, "2030-05-20T00:00:00Z"),
        "old symantec" => page.due("old-symantec", WindowsSymantecCertificate, "2030-05-20T00:00:00Z"),
        "unreadable" => page.has("unreadable", Story::unreadable(FailureReason::Malformed, VPPToken)),
        "mismatch" => page.has("mismatch", mismatch()),
        "early" => page.has("early", Story::apns(apns('a', "2030-07-01T00:00:00Z", WELL))),
        "undated" => page.has("undated", Story::of(undated_dep('a'), DEPToken)),
        "pending" => page.unseen("pending", VPPToken),
        other => panic!("{other}"),
    };
}

#[test]
fn the_worst_decides_and_a_gate_passes_only_where_each_would_let_it_pass() {
    let table: [(&[&str], ConditionStatus, &str, Severity); 17] = [
        (&["valid"], True, "Valid", Severity::None),
        (&["valid", "expiring"], True, "Expiring", Critical),
        (&["valid", "expired"], False, "Expired", Critical),
        (&["unreadable", "expired"], False, "Expired", Critical),
        (&["unreadable", "old symantec"], False, "Unreadable", Warning),
        (&["mismatch", "old symantec"], False, "Expired", Warning),
        (&["mismatch", "early"], False, "KeyMismatch", Warning),
        (&["early", "undated"], False, "NotYetValid", Notice),
        (&["undated", "valid"], Unknown, "ExpiryUnknown", Notice),
        (&["pending"], Unknown, "Pending", Severity::None),
        (&["pending", "valid"], Unknown, "Pending", Severity::None),
        (&["pending", "undated"], Unknown, "ExpiryUnknown", Notice),
        (&["pending", "unreadable"], False, "Unreadable", Warning),
        // A gate on Healthy must not pass with an unhealthy credential, even if another finding is more urgent.
        (&["expiring", "mismatch"], False, "KeyMismatch", Critical),
        (&["expiring", "early"], False, "NotYetValid", Critical),
        (&["expiring", "pending"], Unknown, "Pending", Critical),
        (&[], Unknown, "NoCredentials", Severity::None),
    ];
    for (has, status, reason, severity) in table {
        let mut page = Page::new();
        has.iter().for_each(|what| add(&mut page, what));
        let look = page.at(NOW);
        println!("{has:?}");
        look.state(status, reason, severity);
        let ready = look.condition("Ready");
        assert_eq!((ready.status, ready.reason.as_str()), (True, "Assessed"), "{has:?}");
    }
}

#[test]
fn what_is_required_and_missing_is_a_warning() {
    type Row = (&'static [&'static str], &'static [&'static str], ConditionStatus, &'static str, Severity);
    let table: [Row; 7] = [
        (&[], &["APNsCertificate", "VPPToken"], False, "MissingCredential", Warning),
        (&["valid"], &["APNsCertificate"], False, "MissingCredential", Warning),
        (&["valid", "expiring"], &[], True, "Expiring", Critical),
        (&["pending", "expiring"], &[], Unknown, "Pending", Critical),
        (&["unreadable"], &["APNsCertificate"], False, "Unreadable", Warning),
        (&["valid", "early"], &[], False, "NotYetValid", Notice),
        (&["expiring", "old symantec"], &["VPPToken"], False, "Expired", Critical),
    ];
    for (has, missing, status, reason, severity) in table {
        let mut page = Page::new().requires([VPPToken, APNsCertificate]);
        has.iter().for_each(|what| add(&mut page, what));
        let look = page.at(NOW);
        println!("{has:?}");
        look.state(status, reason, severity);
        let found = &look.status.credentials.as_ref().unwrap().missing;
        assert_eq!(found.iter().map(|type_| type_.as_str()).collect::<Vec<_>>(), missing, "{has:?}");
        let said: Vec<_> = look.status.notifications.iter().filter(|n| n.reason == "MissingCredential").collect();
        assert_eq!(said.len(), usize::from(!missing.is_empty()), "{has:?}");
        for said in said {
            assert!(missing.iter().all(|type_| said.message.contains(type_)), "{}", said.message);
            assert_eq!((said.severity, said.credential_type, said.names.len()), (Warning, None, 0));
        }
    }
}

#[test]
fn a_missing_one_goes_before_one_that_is_not_valid_yet_and_not_before_what_is_worse() {
    let mut page = Page::new().requires([DEPToken]);
    add(&mut page, "early");
    page.at(NOW).state(False, "MissingCredential", Warning);
    add(&mut page, "mismatch");
    page.at(NOW).state(False, "KeyMismatch", Warning);
    add(&mut page, "undated");
    page.at(NOW).state(False, "KeyMismatch", Warning);
}

#[test]
fn the_state_says_which_credential_it_is_of() {
    for (has, says) in [
        (&["valid", "expired"][..], "expired: the APNs certificate expired at 2030-05-20T00:00:00Z"),
        (&["valid", "expiring"], "expiring: the APNs certificate expires at 2030-06-02T00:00:00Z"),
        (&["unreadable", "valid"], "unreadable: Malformed: as the reader says"),
        (&["early"], "early: the APNs certificate is not valid before 2030-07-01T00:00:00Z"),
        (&["undated"], "undated: the DEP server token carries no date of expiry"),
        (&["mismatch"], "mismatch: the private key does not belong to the certificate"),
        (&["valid", "pending"], "1 of 2 credentials not assessed yet: pending"),
        (&["valid"], "its one credential is valid; the next to expire is valid, at 2031-06-01T00:00:00Z"),
        (&[], "no TenantCredential names this tenant: set spec.tenantRef.name to acme-prod"),
    ] {
        let mut page = Page::new();
        has.iter().for_each(|what| add(&mut page, what));
        let message = page.at(NOW).condition("Healthy").message.clone();
        assert!(message.starts_with(says), "{has:?}: {message}");
    }
}

#[test]
fn an_expiring_one_is_not_spoken_for_by_one_without_a_date() {
    let mut page = Page::new();
    add(&mut page, "undated");
    page.due("soon", WindowsSymantecCertificate, "2030-06-20T00:00:00Z");
    let look = page.at(NOW);
    look.state(Unknown, "ExpiryUnknown", Notice);
    assert!(look.condition("Healthy").message.starts_with("undated: "));
    let look = page.lacks("undated").at(NOW);
    look.state(True, "Expiring", Notice);
    assert!(look.condition("Healthy").message.starts_with("soon: "));
}

#[test]
fn nothing_changes_where_nothing_changes() {
    let mut page = Page::new().requires([DEPToken]);
    ["valid", "expiring", "mismatch"].iter().for_each(|what| add(&mut page, what));
    page.at(NOW);
    let settled = page.at("2030-06-01T00:00:30Z").status;
    for later in ["2030-06-01T00:10:00Z", "2030-06-01T13:00:00Z", "2030-06-01T23:59:59Z"] {
        assert_eq!(page.at(later).status, settled, "{later}");
    }
}

/// The object was written for a newer version than the operator, so only its condition Ready reports the failure.
#[test]
fn one_that_cannot_be_understood_is_neither_missing_nor_well() {
    let mut page = Page::new().requires([VPPToken]);
    page.due("token", VPPToken, WELL);
    page.at(NOW).state(True, "Valid", Severity::None);
    page.not_understood("token");
    let look = page.at("2030-06-01T00:01:00Z");
    look.state(False, "Unreadable", Warning);
    let counts = look.status.credentials.as_ref().unwrap();
    assert_eq!((counts.total, counts.missing.len(), counts.states[0].state.as_str()), (1, 0, "Unreadable"));
    let [said] = &look.status.notifications[..] else { panic!("{:?}", look.status.notifications) };
    assert_eq!((said.reason.as_str(), said.severity, said.names.len()), ("InvalidObject", Warning, 1));
    assert_eq!(
        said.message,
        "token: the spec of the VPP content token can't be understood, so that nothing warns before it lapses"
    );
    assert_eq!(said.remedy, "see kubectl describe tcred token");
}

#[test]
fn a_state_of_a_newer_version_is_taken_as_it_is() {
    let of = |name| TenantMember {
        name,
        type_: VPPToken,
        state: "Revoked",
        healthy: False,
        severity: Warning,
        not_after: None,
        expired: false,
        invalid: false,
        owner: None,
        notifications: &[],
    };
    for members in [[of("a"), of("b")], [of("b"), of("a")]] {
        let assessment = assess(&TenantInput {
            name: "acme-prod",
            generation: 1,
            spec: &MDMTenantSpec::default(),
            previous: &MDMTenantStatus::default(),
            members: &members,
            words: &|_, _, _| None,
            now: time(NOW),
            settle: TimeDelta::zero(),
        });
        let healthy = &assessment.status.conditions[1];
        assert_eq!((healthy.status, healthy.reason.as_str()), (False, "Revoked"));
        assert_eq!(healthy.message, "a: its state is Revoked; see kubectl describe tcred a");
        assert_eq!(
            assessment.notices.iter().map(|n| (n.reason.as_str(), n.warning)).collect::<Vec<_>>(),
            [("Revoked", true)]
        );
    }
}
