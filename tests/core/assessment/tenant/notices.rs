//! Tests the Events about a tenant.

use lapsewatch_core::api::CredentialType::{APNsCertificate, DEPToken, VPPToken};
use lapsewatch_core::api::Severity::{self, Critical, Warning};
use lapsewatch_core::api::conditions::ConditionStatus::{False, True, Unknown};

use lapsewatch_test_support::assessment::page::Page;

const GONE: &str = "2030-05-31T00:00:00Z";
const WELL: &str = "2031-06-01T00:00:00Z";

fn at(seconds: u32) -> String {
    format!("2030-06-01T00:{:02}:{:02}Z", seconds / 60, seconds % 60)
}

#[test]
fn a_healthy_tenant_is_not_spoken_of() {
    let mut page = Page::new().requires([VPPToken]);
    page.due("vpp", VPPToken, WELL);
    page.at(&at(0)).quiet().next(None).state(True, "Valid", Severity::None);
    page.at(&at(60)).quiet();
}

#[test]
fn a_state_is_announced_once_it_has_lasted_and_never_again() {
    let mut page = Page::new();
    page.due("vpp", VPPToken, GONE);
    page.at(&at(0)).quiet().next(Some(&at(30))).state(False, "Expired", Critical);
    page.at(&at(29)).quiet().next(Some(&at(30)));
    let look = page.at(&at(30));
    look.events(["Expired"]).next(None);
    assert!(look.sent[0].warning);
    for later in ["2030-06-01T01:00:00Z", "2030-06-03T00:00:00Z", "2030-07-03T00:00:00Z"] {
        page.at(later).quiet();
    }
    // The tenant's state does not change for a second expired credential, nor for a credential in a less severe state.
    page.due("other", VPPToken, "2030-07-01T00:00:00Z").due("soon", DEPToken, "2030-07-09T00:00:00Z");
    page.at("2030-07-03T01:00:00Z").quiet();
    page.at("2030-07-03T02:00:00Z").quiet();
}

#[test]
fn the_stages_of_one_credential_are_its_own_news() {
    let mut page = Page::new();
    page.due("apns", APNsCertificate, WELL);
    page.at("2031-04-03T00:00:00Z").quiet().state(True, "Expiring", Severity::Notice);
    let look = page.at("2031-04-03T00:00:30Z");
    look.events(["Expiring"]);
    assert!(!look.sent[0].warning);
    for later in ["2031-05-03T00:00:00Z", "2031-05-20T00:00:00Z", "2031-05-31T00:00:00Z", "2031-06-01T00:00:00Z"] {
        page.at(later).quiet();
        page.at(&later.replace("00Z", "40Z").replace("00:00:40Z", "00:00:00Z")).quiet();
    }
    page.at("2031-06-01T00:00:01Z").quiet();
    page.at("2031-06-01T00:00:31Z").events(["Expired"]);
}

#[test]
fn what_is_mended_within_the_wait_is_not_spoken_of() {
    let mut page = Page::new().requires([VPPToken]);
    page.at(&at(0)).quiet().state(False, "MissingCredential", Warning);
    page.unseen("vpp", VPPToken);
    page.at(&at(10)).quiet().state(Unknown, "Pending", Severity::None);
    page.due("vpp", VPPToken, WELL);
    page.at(&at(20)).quiet().next(None);
    page.at(&at(90)).quiet();
}

#[test]
fn well_again_is_said_once_and_only_where_something_was_said() {
    let mut page = Page::new();
    page.due("vpp", VPPToken, GONE);
    page.at(&at(0));
    page.at(&at(30)).events(["Expired"]);
    page.due("vpp", VPPToken, WELL);
    page.at(&at(40)).quiet().next(Some(&at(70)));
    let look = page.at(&at(70));
    look.events(["Recovered"]).next(None);
    assert!(!look.sent[0].warning);
    page.at(&at(600)).quiet();
    // The same problem is announced again after the recovery.
    page.due("vpp", VPPToken, GONE);
    page.at(&at(700)).quiet();
    page.at(&at(730)).events(["Expired"]);
}

#[test]
fn a_credential_that_is_replaced_is_neither_a_recovery_nor_a_problem() {
    let mut page = Page::new().requires([VPPToken]);
    page.due("vpp", VPPToken, GONE).due("dep", DEPToken, WELL);
    page.at(&at(0));
    page.at(&at(30)).events(["Expired"]);
    page.lacks("vpp").at(&at(40)).quiet().state(False, "MissingCredential", Warning);
    page.unseen("vpp", VPPToken).at(&at(41)).quiet();
    page.due("vpp", VPPToken, GONE).at(&at(42)).quiet().state(False, "Expired", Critical);
    page.at(&at(300)).quiet();
}

#[test]
fn what_is_missing_is_said_once_for_each_type() {
    let mut page = Page::new().requires([APNsCertificate, VPPToken, DEPToken]);
    page.due("vpp", VPPToken, WELL).at(&at(0)).quiet().next(Some(&at(30)));
    let look = page.at(&at(30));
    look.events(["MissingCredential"]);
    assert!(look.sent[0].note.contains("APNsCertificate, DEPToken") && look.sent[0].warning, "{}", look.sent[0].note);
    // A missing credential is created. This is not announced, because another credential is still missing.
    page.due("apns", APNsCertificate, WELL).at(&at(60)).quiet().next(None);
    page.at(&at(100)).quiet();
    // The credential is deleted, which is announced after the event delay.
    page.lacks("apns").at(&at(200)).quiet().next(Some(&at(230)));
    page.at(&at(230)).events(["MissingCredential"]);
    page.lacks("vpp").at(&at(300)).quiet().next(Some(&at(330)));
    let look = page.at(&at(330));
    look.events(["MissingCredential"]);
    assert!(look.sent[0].note.contains("APNsCertificate, VPPToken, DEPToken"));
    page.at(&at(3000)).quiet();
    for (name, type_) in [("apns", APNsCertificate), ("vpp", VPPToken), ("dep", DEPToken)] {
        page.due(name, type_, WELL);
    }
    page.at(&at(3100)).quiet();
    page.at(&at(3130)).events(["Recovered"]);
    page.at(&at(3300)).quiet();
}

#[test]
fn one_type_more_waits_though_another_is_missing_for_long() {
    let mut page = Page::new().requires([APNsCertificate, VPPToken]);
    page.due("vpp", VPPToken, WELL).at(&at(0));
    page.at(&at(30)).events(["MissingCredential"]);
    // The credential is deleted and created again within the event delay.
    page.lacks("vpp").at(&at(600)).quiet();
    page.due("vpp", VPPToken, WELL).at(&at(610)).quiet().next(None);
    page.at(&at(700)).quiet();
}

#[test]
fn of_two_problems_each_is_said_and_well_again_once() {
    let mut page = Page::new().requires([DEPToken]);
    page.due("vpp", VPPToken, GONE).at(&at(0));
    page.at(&at(30)).events(["MissingCredential", "Expired"]);
    // The problems end and return separately. The recovery is announced only after all problems have ended, and a
    // problem that returns is announced again.
    page.due("vpp", VPPToken, WELL).at(&at(60)).quiet().state(False, "MissingCredential", Warning);
    page.at(&at(100)).quiet();
    page.due("vpp", VPPToken, GONE).at(&at(200));
    page.at(&at(230)).events(["Expired"]);
    page.due("dep", DEPToken, WELL).at(&at(300)).quiet();
    page.at(&at(340)).quiet();
    page.due("vpp", VPPToken, WELL).at(&at(400)).quiet();
    page.at(&at(430)).events(["Recovered"]);
    page.at(&at(500)).quiet();
}

#[test]
fn what_is_not_known_is_neither_well_nor_a_problem() {
    let mut page = Page::new();
    page.due("vpp", VPPToken, GONE).at(&at(0));
    page.at(&at(30)).events(["Expired"]);
    page.lacks("vpp").at(&at(60)).state(Unknown, "NoCredentials", Severity::None).quiet().next(None);
    page.at(&at(600)).quiet();
    page.unseen("vpp", VPPToken).at(&at(700)).quiet().next(None);
    page.due("vpp", VPPToken, WELL).at(&at(800)).quiet();
    page.at(&at(830)).events(["Recovered"]);
}

#[test]
fn from_what_is_missing_to_what_is_not_assessed_to_well() {
    let mut page = Page::new().requires([VPPToken]);
    page.at(&at(0));
    page.at(&at(30)).events(["MissingCredential"]);
    page.unseen("vpp", VPPToken).at(&at(60)).quiet();
    page.due("vpp", VPPToken, GONE).at(&at(61)).quiet();
    // The second problem ends before its Event is sent. The recovery refers to the announced problem.
    page.due("vpp", VPPToken, WELL).at(&at(70)).quiet();
    page.at(&at(100)).events(["Recovered"]);
}

#[test]
fn a_crash_a_refusal_and_a_clock_set_back_repeat_and_lose_nothing() {
    let mut page = Page::new().requires([DEPToken]);
    page.due("vpp", VPPToken, GONE).at(&at(0));
    page.refused_at(&at(30)).quiet();
    page.crash_at(&at(40)).events(["MissingCredential", "Expired"]);
    page.at(&at(50)).quiet();
    assert_eq!(page.status.announced.len(), 2);
    page.due("vpp", VPPToken, WELL).due("dep", DEPToken, WELL).at("2030-06-03T00:00:00Z").quiet();
    // The clock is set back two days. The event delay begins at the current time at the latest.
    page.at(&at(60)).quiet().next(Some(&at(90)));
    page.at(&at(90)).events(["Recovered"]);
}

#[test]
fn a_clock_that_was_ahead_delays_nothing() {
    let mut page = Page::new().requires([DEPToken]);
    page.due("vpp", VPPToken, GONE).at("2030-06-03T00:00:00Z");
    page.at(&at(0)).quiet().next(Some(&at(30)));
    page.at(&at(30)).events(["MissingCredential", "Expired"]);
}

#[test]
fn the_note_says_what_how_to_act_and_whom_to_ask() {
    let mut page = Page::new();
    page.settle = chrono::TimeDelta::zero();
    page.due("acme-vpp", VPPToken, GONE).credentials.get_mut("acme-vpp").unwrap().spec.owner =
        Some(lapsewatch_core::api::credential::Owner {
            account: None,
            contact: Some("#mobile-ops".into()),
            runbook_url: Some("https://wiki.acme.example/vpp".into()),
        });
    let look = page.at(&at(0));
    assert_eq!(
        look.sent[0].note,
        "Its credential acme-vpp: the VPP content token expired at 2030-05-31T00:00:00Z. How to act: download a new content token for \
         the same location, upload it to the MDM and put it into Secret acme-secret. Runbook: \
         https://wiki.acme.example/vpp. Contact: #mobile-ops. Stops: new app distributions and licence assignments, \
         until a new token is in place; goes on: apps and devices already deployed"
    );
}
