//! Tests a credential that is applied shortly before its tenant. Events of findings wait for the tenant, but not longer
//! than the event delay. Conditions do not wait.

use lapsewatch_core::api::Severity;
use lapsewatch_core::api::conditions::ConditionStatus::True;
use lapsewatch_core::api::conditions::ConditionType;
use lapsewatch_core::api::credential::{Owner, TenantRef};
use lapsewatch_core::assessment::TenantContext;
use lapsewatch_core::messages::Side;

use lapsewatch_test_support::assessment::facts::apns;
use lapsewatch_test_support::assessment::story::{Look, Story};

const END: &str = "2031-01-01T00:00:00Z";
const ABSENT: &str = "MDMTenant \"acme-prod\" does not exist in this namespace, so its runbook and contact are unknown";

/// Returns a credential that expires within 30 days and names a tenant that does not exist.
fn story() -> Story {
    let mut story = Story::apns(apns('a', "2030-01-01T00:00:00Z", END));
    story.spec.tenant_ref = Some(TenantRef { name: "acme-prod".to_owned() });
    story.tenant = TenantContext::NotFound;
    story
}

fn owner(story: &mut Story, contact: Option<&str>, runbook: Option<&str>) {
    let (contact, runbook_url) = (contact.map(str::to_owned), runbook.map(str::to_owned));
    story.spec.owner = Some(Owner { account: None, contact, runbook_url });
}

/// Creates the tenant, so that the credential inherits its runbook and contact.
fn tenant_comes(story: &mut Story) {
    story.tenant = TenantContext::Found(Side::default());
    owner(story, Some("#mdm"), Some("https://runbook.example"));
}

#[track_caller]
fn note(look: &Look) -> &str {
    assert_eq!(look.sent.len(), 1, "{:?}", look.sent);
    &look.sent[0].note
}

#[test]
fn an_event_waits_for_the_tenant_and_conditions_do_not() {
    let mut story = story();
    let look = story.at("2030-12-05T00:00:00Z");
    look.quiet().next("2030-12-05T00:00:30Z").severity(Severity::Warning);
    look.expect(ConditionType::Expiring, True, "Within30Days");
    story.at("2030-12-05T00:00:10Z").quiet().next("2030-12-05T00:00:30Z");
    tenant_comes(&mut story);
    let look = story.at("2030-12-05T00:00:12Z");
    look.events(["ExpiresWithin30Days"]);
    assert!(note(&look).contains("Runbook: https://runbook.example"), "{}", note(&look));
    assert!(!note(&look).contains("does not exist"), "{}", note(&look));
    story.at("2030-12-05T00:00:40Z").quiet();
}

#[test]
fn a_tenant_that_never_comes_is_not_waited_for_longer_and_the_event_says_so() {
    let mut story = story();
    story.at("2030-12-05T00:00:00Z").quiet();
    story.at("2030-12-05T00:00:29Z").quiet();
    let look = story.at("2030-12-05T00:00:30Z");
    look.events(["ExpiresWithin30Days"]);
    assert!(note(&look).contains(&format!(". {ABSENT}. ")), "{}", note(&look));
    // The reminder is sent on time and mentions the missing tenant too.
    let reminder = lapsewatch_core::messages::at(look.next.unwrap());
    assert!(reminder.starts_with("2030-12-06T0"), "{reminder}");
    let look = story.at(&reminder);
    look.events(["ExpiresWithin30Days"]);
    assert!(note(&look).contains(ABSENT), "{}", note(&look));
}

#[test]
fn each_new_finding_waits_also_long_after() {
    let mut story = story();
    let events = story.run("2030-12-05T00:00:00Z", "2030-12-05T12:00:00Z");
    assert_eq!(events, [("2030-12-05T00:00:30Z".to_owned(), "ExpiresWithin30Days".to_owned())]);
    story.at("2030-12-18T00:00:00Z").quiet().next("2030-12-18T00:00:30Z");
    story.at("2030-12-18T00:00:30Z").events(["ExpiresWithin14Days"]);
}

#[test]
fn a_change_for_the_worse_waits_and_another_one_does_not() {
    let mut story = Story::apns(apns('b', "2030-03-01T00:00:00Z", "2031-12-01T00:00:00Z"));
    story.spec.tenant_ref = Some(TenantRef { name: "acme-prod".to_owned() });
    story.tenant = TenantContext::NotFound;
    story.at("2030-06-01T00:00:00Z").quiet();
    story.holds(apns('a', "2030-01-01T00:00:00Z", "2031-11-01T00:00:00Z"));
    story.at("2030-06-02T00:00:00Z").quiet().expect(ConditionType::Regressed, True, "WentBackwards");
    let look = story.at("2030-06-02T00:00:30Z");
    look.events(["WentBackwards"]);
    assert!(note(&look).contains(ABSENT), "{}", note(&look));
    story.holds(apns('c', "2030-06-01T00:00:00Z", "2032-01-01T00:00:00Z"));
    story.at("2030-06-03T00:00:00Z").events(["Renewed"]);
}

#[test]
fn what_the_credential_has_itself_is_not_called_unknown() {
    for (contact, runbook, lacks) in [
        (None, Some("https://own.example"), Some("so its contact is unknown")),
        (Some("#own"), None, Some("so its runbook is unknown")),
        (Some("#own"), Some("https://own.example"), None),
    ] {
        let mut story = story();
        owner(&mut story, contact, runbook);
        story.at("2030-12-05T00:00:00Z").quiet();
        let look = story.at("2030-12-05T00:00:30Z");
        match lacks {
            Some(lacks) => assert!(note(&look).contains(lacks), "{}", note(&look)),
            None => assert!(!note(&look).contains("does not exist"), "{}", note(&look)),
        }
    }
}

#[test]
fn a_clock_that_was_ahead_does_not_prolong_the_wait() {
    let mut story = story();
    story.at("2030-12-05T06:00:00Z").quiet();
    // The clock is corrected to the actual time.
    let events = story.run("2030-12-05T00:00:00Z", "2030-12-05T00:01:00Z");
    assert_eq!(events, [("2030-12-05T00:00:00Z".to_owned(), "ExpiresWithin30Days".to_owned())]);
}

#[test]
fn without_a_tenant_in_the_spec_and_without_a_delay_nothing_waits() {
    let mut unnamed = story();
    (unnamed.spec.tenant_ref, unnamed.tenant) = (None, TenantContext::Unnamed);
    unnamed.at("2030-12-05T00:00:00Z").events(["ExpiresWithin30Days"]);
    let mut at_once = story();
    at_once.settle = chrono::TimeDelta::zero();
    at_once.at("2030-12-05T00:00:00Z").events(["ExpiresWithin30Days"]);
}

#[test]
fn the_wait_outlives_a_restart() {
    let mut before = story();
    before.at("2030-12-05T00:00:00Z").quiet();
    // The new process has only the status.
    let mut after = story();
    after.status = before.status;
    after.at("2030-12-05T00:00:20Z").quiet().next("2030-12-05T00:00:30Z");
    after.at("2030-12-05T00:00:31Z").events(["ExpiresWithin30Days"]);
}
