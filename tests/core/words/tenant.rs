//! Prints the messages about a tenant: one example of each state, and missing, pending and recovered credentials.

use std::fmt::Write;

use lapsewatch_core::api::credential::{Owner, TenantRef};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::status::{CredentialFacts, KeyMatch};
use lapsewatch_core::api::{CredentialType, limits};

use lapsewatch_test_support::assessment::facts::{of_type, time, undated_dep};
use lapsewatch_test_support::assessment::page::{Look, Page};
use lapsewatch_test_support::assessment::story::Story;

const NOW: &str = "2030-12-12T08:00:00Z";
const WELL: &str = "2031-06-01T00:00:00Z";

/// Prints a case as an administrator reads it.
fn case(text: &mut String, case: &str, look: &Look) {
    let status = &look.status;
    writeln!(text, "\n--- {case}\nseverity: {:?}", status.severity.unwrap()).unwrap();
    let counts = status.credentials.as_ref().unwrap();
    let states: Vec<String> = counts.states.iter().map(|s| format!("{} {}", s.count, s.state)).collect();
    writeln!(text, "credentials: {} ({})", counts.total, states.join(", ")).unwrap();
    if let Some(next) = &status.next_deadline {
        writeln!(text, "next: {} {} ({})", next.time.to_rfc3339(), next.name, next.type_).unwrap();
    }
    for c in &status.conditions {
        writeln!(text, "{}={:?} {}: {}", c.type_, c.status, c.reason, c.message).unwrap();
    }
    for n in &status.notifications {
        let type_ = n.credential_type.map_or("", |type_| type_.as_str());
        writeln!(text, "! {:?} {type_} {} {}: {}", n.severity, n.type_, n.reason, n.message).unwrap();
        let more = n.more.map(|more| format!(" and {more} more")).unwrap_or_default();
        for (label, words) in [
            ("impact", n.impact.clone()),
            ("remedy", n.remedy.clone()),
            ("runbook", n.runbook_url.clone().unwrap_or_default()),
            ("contact", n.contact.clone().unwrap_or_default()),
            ("names", n.names.join(", ") + &more),
        ] {
            if !words.is_empty() {
                writeln!(text, "    {label}: {words}").unwrap();
            }
        }
    }
    for n in &look.sent {
        let type_ = if n.warning { "Warning" } else { "Normal" };
        assert!(n.note.len() <= limits::NOTE_BYTES);
        writeln!(text, "* Event {type_} {} ({} bytes): {}", n.reason, n.note.len(), n.note).unwrap();
    }
}

/// Compares the text with a snapshot in the common folder.
fn assert_page(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(format!("words__{name}"), text));
}

fn dressed(mut story: Story) -> Story {
    story.spec.tenant_ref = Some(TenantRef { name: "acme-prod".into() });
    story
}

fn page() -> Page {
    let mut page = Page::new().requires([CredentialType::WindowsSymantecCertificate]);
    page.settle = chrono::TimeDelta::zero();
    page.spec.owner = Some(Owner {
        account: None,
        contact: Some("#mobile-ops".into()),
        runbook_url: Some("https://wiki.acme.example/mdm".into()),
    });
    page
}

#[test]
fn the_page_of_a_tenant_with_one_of_everything() {
    use CredentialType::{APNsCertificate, DEPToken, DeclaredExpiry, VPPToken, X509Certificate};
    let mut page = page();
    let of = |type_, end: &str| dressed(Story::of(of_type(type_, 'a', end), type_));
    let mut apns = of(APNsCertificate, "2030-12-20T08:00:00Z");
    apns.spec.owner = Some(Owner {
        account: Some("mdm@acme.example".into()),
        contact: None,
        runbook_url: Some("https://wiki.acme.example/apns".into()),
    });
    page.has("acme-apns", apns);
    page.has("acme-apns-old", of(APNsCertificate, "2030-12-01T00:00:00Z"));
    for n in 1..=12 {
        page.has(&format!("acme-vpp-{n:02}"), of(VPPToken, &format!("2030-12-{:02}T00:00:00Z", n + 12)));
    }
    page.has("acme-dep", dressed(Story::unreadable(FailureReason::NoMatchingKey, DEPToken)));
    page.has("acme-dep-undated", dressed(Story::of(undated_dep('a'), DEPToken)));
    let mut facts = of_type(X509Certificate, 'a', WELL);
    facts.key_match = KeyMatch::Mismatch;
    page.has("acme-scep", dressed(Story::of(facts, X509Certificate)));
    let early =
        CredentialFacts { not_before: Some(time("2031-01-01T00:00:00Z")), ..of_type(X509Certificate, 'a', WELL) };
    page.has("acme-tls-next", dressed(Story::of(early, X509Certificate)));
    let mut changed = of(APNsCertificate, WELL);
    changed.at("2030-12-01T00:00:00Z");
    let another = CredentialFacts { identity: Some("another-topic".into()), ..of_type(APNsCertificate, 'b', WELL) };
    changed.holds(another);
    page.has("acme-apns-qa", changed);
    page.has("acme-support", of(DeclaredExpiry, "2031-06-30T00:00:00Z"));
    page.unseen("acme-new", VPPToken);
    let mut text = String::new();
    case(&mut text, "one of everything", &page.at(NOW));
    assert_page("MDMTenant", &text);
}

#[test]
fn the_page_of_a_tenant_from_nothing_to_well_again() {
    let mut page = page();
    let mut text = String::new();
    let well = |type_| dressed(Story::of(of_type(type_, 'a', WELL), type_));
    page.spec.required_credentials = None;
    case(&mut text, "nothing", &page.at(NOW));
    page = page.requires([CredentialType::APNsCertificate, CredentialType::VPPToken]);
    case(&mut text, "two types missing", &page.at("2030-12-12T09:00:00Z"));
    page.has("acme-apns", well(CredentialType::APNsCertificate));
    case(&mut text, "one type missing", &page.at("2030-12-12T10:00:00Z"));
    page.unseen("acme-vpp", CredentialType::VPPToken);
    case(&mut text, "one not assessed", &page.at("2030-12-12T11:00:00Z"));
    page.has("acme-vpp", well(CredentialType::VPPToken));
    case(&mut text, "well", &page.at("2030-12-12T12:00:00Z"));
    page.words = false;
    page.due("acme-dep", CredentialType::DEPToken, "2030-12-20T00:00:00Z");
    page.due("acme-dep-2", CredentialType::DEPToken, "2030-12-21T00:00:00Z");
    case(&mut text, "two whose words are not at hand", &page.at("2030-12-12T13:00:00Z"));
    assert_page("MDMTenantInChange", &text);
}
