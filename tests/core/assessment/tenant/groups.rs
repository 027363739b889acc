//! Tests that findings that several credentials share are grouped, with the worst group first.

use lapsewatch_core::api::CredentialType::{
    APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate, X509Certificate,
};
use lapsewatch_core::api::Severity::{Critical, Notice, Warning};
use lapsewatch_core::api::credential::Owner;
use lapsewatch_core::api::limits;
use lapsewatch_core::api::reasons::FailureReason;

use lapsewatch_test_support::assessment::facts::{apns, of_type, time, x509};
use lapsewatch_test_support::assessment::page::Page;
use lapsewatch_test_support::assessment::story::Story;

const NOW: &str = "2030-06-01T00:00:00Z";

fn owner(contact: Option<&str>, runbook: Option<&str>) -> Option<Owner> {
    Some(Owner { account: None, contact: contact.map(str::to_owned), runbook_url: runbook.map(str::to_owned) })
}

#[test]
fn by_type_and_reason_worst_first_then_by_deadline() {
    let mut page = Page::new();
    page.due("vpp-b", VPPToken, "2030-06-20T00:00:00Z");
    page.due("vpp-a", VPPToken, "2030-06-21T00:00:00Z");
    page.due("vpp-later", VPPToken, "2031-06-21T00:00:00Z");
    page.due("apns", APNsCertificate, "2030-06-03T00:00:00Z");
    page.due("dep", DEPToken, "2030-06-19T00:00:00Z");
    page.due("dep-gone", DEPToken, "2030-05-19T00:00:00Z");
    page.due("symantec", WindowsSymantecCertificate, "2030-06-29T00:00:00Z");
    page.has("x509", Story::unreadable(FailureReason::Malformed, X509Certificate));
    let look = page.at(NOW);
    assert_eq!(
        look.said(),
        [
            ("DEPToken", "Expired", vec!["dep-gone"]),
            ("APNsCertificate", "ExpiresWithin7Days", vec!["apns"]),
            ("DEPToken", "ExpiresWithin30Days", vec!["dep"]),
            ("VPPToken", "ExpiresWithin30Days", vec!["vpp-b", "vpp-a"]),
            ("X509Certificate", "Malformed", vec!["x509"]),
            ("WindowsSymantecCertificate", "ExpiresWithin30Days", vec!["symantec"]),
        ]
    );
    let severities: Vec<_> = look.status.notifications.iter().map(|n| n.severity).collect();
    assert_eq!(severities, [Critical, Critical, Warning, Warning, Warning, Notice]);
    assert_eq!(look.counts(), [("Unreadable", 1), ("Expired", 1), ("Expiring", 5), ("Valid", 1)]);
    let next = look.status.next_deadline.as_ref().unwrap();
    assert_eq!((next.name.as_str(), next.time, next.type_), ("apns", time("2030-06-03T00:00:00Z"), APNsCertificate));
}

#[test]
fn a_group_speaks_by_the_one_that_is_due_first() {
    let mut page = Page::new();
    page.spec.owner = owner(Some("#tenant"), Some("https://wiki.example/tenant"));
    page.due("b", VPPToken, "2030-06-20T00:00:00Z").due("a", VPPToken, "2030-06-20T00:00:00Z");
    page.due("c", VPPToken, "2030-06-21T00:00:00Z");
    let look = page.at(NOW);
    let [group] = &look.status.notifications[..] else { panic!("{:?}", look.said()) };
    assert_eq!(group.names, ["a", "b", "c"]);
    assert_eq!((group.deadline, group.more), (Some(time("2030-06-20T00:00:00Z")), None));
    let own = &page.credentials["a"].status.notifications[0];
    assert_eq!(group.message, format!("a: {}; 2 more are in the same state", own.message));
    assert_eq!(group.remedy, format!("for a: {}; likewise for the others", own.remedy));
    assert_eq!(group.impact, own.impact);
    assert_eq!(group.contact.as_deref(), Some("#tenant"));
    assert_eq!(group.runbook_url.as_deref(), Some("https://wiki.example/tenant"));

    page.credentials.get_mut("a").unwrap().spec.owner = owner(Some("#own"), None);
    let look = page.at("2030-06-01T00:01:00Z");
    assert_eq!(look.status.notifications[0].contact.as_deref(), Some("#own"));
    assert_eq!(look.status.notifications[0].runbook_url.as_deref(), Some("https://wiki.example/tenant"));
}

#[test]
fn one_credential_is_named_and_spoken_for_as_it_speaks_itself() {
    let mut page = Page::new();
    page.due("acme", APNsCertificate, "2030-06-20T00:00:00Z");
    let look = page.at(NOW);
    let own = &page.credentials["acme"].status.notifications[0];
    let group = &look.status.notifications[0];
    assert_eq!((group.message.clone(), &group.remedy), (format!("acme: {}", own.message), &own.remedy));
}

#[test]
fn of_many_names_ten_are_shown_and_the_rest_counted() {
    for (count, shown, more) in [(10, 10, None), (11, 10, Some(1)), (500, 10, Some(490))] {
        let mut page = Page::new();
        for n in 0..count {
            page.due(&format!("vpp-{n:03}"), VPPToken, "2030-06-20T00:00:00Z");
        }
        let look = page.at(NOW);
        let [group] = &look.status.notifications[..] else { panic!("{:?}", look.said()) };
        assert_eq!((group.names.len(), group.more), (shown, more), "{count}");
        assert_eq!((group.names[0].as_str(), group.names[9].as_str()), ("vpp-000", "vpp-009"));
        assert!(group.message.ends_with(&format!("; {} more are in the same state", count - 1)));
    }
}

#[test]
fn a_group_without_words_says_what_is_known() {
    let mut page = Page::new();
    page.words = false;
    page.due("a", VPPToken, "2030-06-20T00:00:00Z").due("b", VPPToken, "2030-06-21T00:00:00Z");
    let group = &page.at(NOW).status.notifications[0];
    assert_eq!(
        group.message,
        "a: the VPP content token says ExpiresWithin30Days, with the date 2030-06-20T00:00:00Z; 1 more is in the same state"
    );
    assert!(group.remedy.contains("kubectl describe tcred a"));
}

#[test]
fn it_is_kept_since_when_a_group_is_there() {
    let mut page = Page::new();
    page.due("a", VPPToken, "2030-06-20T00:00:00Z");
    page.at(NOW);
    let look = page.due("b", VPPToken, "2030-06-20T00:00:00Z").at("2030-06-02T00:00:00Z");
    assert_eq!(look.status.notifications[0].since, time(NOW));
    let look = page.at("2030-06-14T00:00:00Z");
    assert_eq!(look.status.notifications[0].since, time("2030-06-14T00:00:00Z"), "the next stage begins another group");
}

#[test]
fn of_too_many_groups_the_least_are_left_out_and_what_is_missing_never() {
    let mut page = Page::new().requires([DEPToken]);
    for days in 1..=40_u16 {
        let mut story = Story::of(of_type(APNsCertificate, 'a', "2030-06-01T00:00:01Z"), APNsCertificate);
        story.spec.warn_before_days = Some(vec![days]);
        page.has(&format!("apns-{days:02}"), story);
    }
    let look = page.at(NOW);
    assert_eq!(look.status.notifications.len(), limits::ENTRIES);
    let reasons: Vec<&str> = look.status.notifications.iter().map(|n| n.reason.as_str()).collect();
    assert!(reasons.contains(&"MissingCredential"), "{reasons:?}");
}

#[test]
fn what_has_expired_is_no_next_deadline() {
    let mut page = Page::new();
    page.due("gone", VPPToken, "2030-05-20T00:00:00Z");
    assert_eq!(page.at(NOW).status.next_deadline, None);
    page.has("z", Story::of(x509('a', "2029-01-01T00:00:00Z", "2031-01-01T00:00:00Z"), X509Certificate));
    page.has("y", Story::apns(apns('a', "2029-01-01T00:00:00Z", "2031-01-01T00:00:00Z")));
    page.due("later", DEPToken, "2031-02-01T00:00:00Z");
    let look = page.at(NOW);
    assert_eq!(
        look.status.next_deadline.as_ref().map(|next| next.name.as_str()),
        Some("y"),
        "the first by name among equal deadlines"
    );
}
