//! Prints every message that a user can read about a credential or tenant into `tests/snapshots` for review.
//! `INSTA_UPDATE=always cargo test -p lapsewatch-core --test core words` updates the snapshots.

mod tenant;
mod verify;

use std::collections::BTreeSet;
use std::fmt::Write;

use lapsewatch_core::api::credential::{Owner, TenantRef};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::status::{CredentialFacts, EventBudget, Expiry, IssuerExpiry, KeyMatch, OtherCertificate};
use lapsewatch_core::api::{CredentialType, TenantCredentialSpec};
use lapsewatch_core::assessment::TenantContext;
use lapsewatch_core::assessment::peers::Peers;
use lapsewatch_core::messages::Side;
use lapsewatch_core::verdict::{Other, SharingState, Unlisted, View};
use lapsewatch_test_support::assessment::facts::{fingerprint, of_type, time, undated_dep};
use lapsewatch_test_support::assessment::story::{Look, Story};

/// The snapshots lie in one folder for all of core's tests, without the path of the module in their names.
fn snapshot_settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings
}

const END: &str = "2031-01-01T00:00:00Z";
const LATER: &str = "2032-01-01T00:00:00Z";
const WELL: &str = "2030-06-01T00:00:00Z";
const SOON: &str = "2030-06-02T00:00:00Z";

/// The printed text, which contains each line once.
#[derive(Default)]
struct Page {
    text: String,
    seen: BTreeSet<String>,
}

impl Page {
    fn title(&mut self, title: &str) {
        writeln!(self.text, "\n\n=== {title} ===").unwrap();
    }

    fn case(&mut self, case: &str, look: &Look) {
        writeln!(self.text, "\n--- {case}").unwrap();
        for c in &look.status.conditions {
            self.line(format!("{}={:?} {}: {}", c.type_, c.status, c.reason, c.message));
        }
        for n in &look.status.notifications {
            let mut line = format!("! {:?} {} {}: {}", n.severity, n.type_, n.reason, n.message);
            for (label, words) in [("impact", &n.impact), ("remedy", &n.remedy)] {
                if !words.is_empty() {
                    write!(line, "\n    {label}: {words}").unwrap();
                }
            }
            if let Some(url) = &n.runbook_url {
                write!(line, "\n    runbook: {url}").unwrap();
            }
            self.line(line);
        }
        for n in &look.sent {
            let type_ = if n.warning { "Warning" } else { "Normal" };
            self.line(format!("* Event {type_} {} ({} bytes): {}", n.reason, n.note.len(), n.note));
        }
    }

    fn line(&mut self, line: String) {
        if self.seen.insert(line.clone()) {
            writeln!(self.text, "{line}").unwrap();
        }
    }
}

type Dress = fn(&mut TenantCredentialSpec);

fn bare(spec: &mut TenantCredentialSpec) {
    spec.reminder_every_hours = Some(0);
}

fn full(spec: &mut TenantCredentialSpec) {
    bare(spec);
    spec.tenant_ref = Some(TenantRef { name: "acme-prod".into() });
    spec.owner = Some(Owner {
        account: Some("mdm@acme.example".into()),
        contact: Some("#mobile-ops".into()),
        runbook_url: Some("https://wiki.acme.example/renew".into()),
    });
}

fn story(type_: CredentialType, facts: CredentialFacts, dress: Dress) -> Story {
    let mut story = Story::of(facts, type_);
    dress(&mut story.spec);
    story.settle = chrono::TimeDelta::zero();
    story
}

/// The tenant of the credential does not exist, so the Event names the missing owner settings.
fn absent_tenant(page: &mut Page) {
    let type_ = CredentialType::APNsCertificate;
    let dresses: [(&str, Dress); 3] = [
        ("without an owner of its own", |spec| {
            full(spec);
            spec.owner = None;
        }),
        ("with a contact of its own", |spec| {
            full(spec);
            spec.owner.as_mut().unwrap().runbook_url = None;
        }),
        ("with a runbook of its own", |spec| {
            full(spec);
            spec.owner.as_mut().unwrap().contact = None;
        }),
    ];
    for (case, dress) in dresses {
        let mut story = story(type_, of_type(type_, 'a', END), dress);
        story.tenant = TenantContext::NotFound;
        page.case(case, &story.at("2030-12-02T00:00:00Z"));
    }
}

fn times(page: &mut Page, type_: CredentialType, dress: Dress) {
    let facts = || of_type(type_, 'a', END);
    page.case("well", &story(type_, facts(), dress).at(WELL));
    for at in ["2030-11-02T00:00:00Z", "2030-12-02T00:00:00Z", "2030-12-25T00:00:00Z", "2030-12-31T00:00:00Z"] {
        page.case(&format!("at {at}"), &story(type_, facts(), dress).at(at));
    }
    page.case("expired", &story(type_, facts(), dress).at("2031-01-01T00:00:01Z"));
    page.case("expired 30 days ago", &story(type_, facts(), dress).at("2031-01-31T00:00:00Z"));
    let never = CredentialFacts { expiry: Expiry::Never, not_after: None, ..facts() };
    page.case("no expiry", &story(type_, never, dress).at(WELL));
    if type_ != CredentialType::DeclaredExpiry {
        let unknown = CredentialFacts { expiry: Expiry::Unknown, not_after: None, ..facts() };
        page.case("no date", &story(type_, unknown, dress).at(WELL));
        let later = CredentialFacts { not_before: Some(time("2030-07-01T00:00:00Z")), ..facts() };
        page.case("not yet valid", &story(type_, later, dress).at(WELL));
    }
}

fn changes(page: &mut Page, type_: CredentialType, dress: Dress) {
    let facts = || of_type(type_, 'a', END);
    let newer = || {
        let newer = of_type(type_, 'b', LATER);
        CredentialFacts { not_before: newer.not_before.map(|_| time(WELL)), ..newer }
    };
    let mut story = story(type_, facts(), dress);
    story.at(WELL);
    page.case("renewed", &story.holds(newer()).at(SOON));
    page.case("older again", &story.holds(facts()).at("2030-06-03T00:00:00Z"));
    page.case("the newest again", &story.holds(newer()).at("2030-06-04T00:00:00Z"));
    if type_ == CredentialType::DeclaredExpiry {
        return;
    }
    page.case(
        "another of the same age",
        &story.holds(CredentialFacts { fingerprint: Some(fingerprint('c')), ..newer() }).at("2030-06-05T00:00:00Z"),
    );
}

fn identities(page: &mut Page, type_: CredentialType, dress: Dress) {
    let mine = of_type(type_, 'a', END);
    let Some(name) = mine.identity.clone() else { return };
    let wrong = CredentialFacts { identity: Some("another-identity".into()), ..of_type(type_, 'x', LATER) };
    let mut story = story(type_, mine.clone(), dress);
    story.at(WELL);
    page.case("another identity", &story.holds(wrong.clone()).at(SOON));
    page.case("the accepted one again", &story.holds(mine.clone()).at("2030-06-03T00:00:00Z"));
    story.pins([&name]).at("2030-06-03T01:00:00Z");
    page.case("another identity than the pinned", &story.holds(wrong).at("2030-06-04T00:00:00Z"));
    page.case("pinned too", &story.pins([&name, "another-identity"]).at("2030-06-05T00:00:00Z"));
    let mut first = self::story(type_, mine, dress);
    page.case("another identity than the pinned, at first sight", &first.pins(["one", "two"]).at(WELL));
    page.case("the pins dropped", &first.pins([]).at(SOON));
    if !matches!(type_, CredentialType::VPPToken | CredentialType::WindowsSymantecCertificate) {
        return;
    }
    let carries = |letter, identity: Option<String>| CredentialFacts { identity, ..of_type(type_, letter, LATER) };
    let mut story = self::story(type_, of_type(type_, 'a', END), dress);
    story.at(WELL);
    page.case("no identity", &story.holds(carries('y', None)).at(SOON));
    page.case("no identity, with a pin", &story.pins([&name]).at("2030-06-03T00:00:00Z"));
    page.case("one that looks alike", &story.holds(carries('z', Some(name.replacen(['A', '1'], "А", 1)))).at(SOON));
}

fn keys(page: &mut Page, type_: CredentialType, dress: Dress) {
    let with = |key_match| CredentialFacts { key_match, ..of_type(type_, 'a', END) };
    if with(KeyMatch::Matches) != of_type(type_, 'a', END) {
        return;
    }
    let mut story = story(type_, with(KeyMatch::Mismatch), dress);
    page.case("the wrong private key", &story.at(WELL));
    page.case("the right one", &story.holds(with(KeyMatch::Matches)).at(SOON));
    page.case("none", &story.holds(with(KeyMatch::NoKey)).at(SOON));
    page.case("one that can't be read", &story.holds(with(KeyMatch::KeyUnreadable)).at(SOON));
}

fn certificates(page: &mut Page, type_: CredentialType, dress: Dress) {
    let facts = || of_type(type_, 'a', END);
    if facts().key_match == KeyMatch::NotApplicable {
        return;
    }
    let at = |text: &str| Some(time(text));
    let story = |facts| story(type_, facts, dress);
    let reversed = CredentialFacts { not_before: at(LATER), ..facts() };
    page.case("dates in the wrong order", &story(reversed).at(WELL));
    let reversed = CredentialFacts { not_after: at("1950-01-01T00:00:00Z"), ..facts() };
    page.case("a year of two digits", &story(reversed).at(WELL));
    let issuer =
        IssuerExpiry { subject: Some("CN=Example CA,O=Example".into()), not_after: at("2030-07-01T00:00:00Z") };
    let chained = CredentialFacts { first_issuer_to_expire: Some(issuer), ..facts() };
    page.case("an issuer that expires first", &story(chained.clone()).at(WELL));
    page.case("an issuer that has expired", &story(chained.clone()).at("2030-07-02T00:00:00Z"));
    let never = CredentialFacts { expiry: Expiry::Never, not_after: None, ..chained };
    page.case("an issuer that expires, and a certificate that does not", &story(never).at(WELL));
    let other = |serial: &str| OtherCertificate {
        serial_number: Some(serial.to_owned()),
        not_before: at("2028-01-01T00:00:00Z"),
        not_after: at("2029-01-01T00:00:00Z"),
    };
    let several = CredentialFacts { other_certificates: vec![other("0a"), other("0b")], ..facts() };
    page.case("several certificates of one identity", &story(several).at(WELL));
    let mut named = story(CredentialFacts { key_match: KeyMatch::KeyUnreadable, ..facts() });
    named.spec.secret_ref.as_mut().unwrap().private_key_key = Some("push.key".into());
    page.case("a named private key that can't be read", &named.at(WELL));
}

fn shared(page: &mut Page, type_: CredentialType, dress: Dress) {
    let here = |name: &str, tenant: Option<&str>| Other::Here { name: name.into(), tenant: tenant.map(Into::into) };
    let mut cases = vec![SharingState::SameSecret, SharingState::TokenInUse];
    match type_ {
        CredentialType::VPPToken => cases.extend([
            SharingState::SharedByOthers,
            SharingState::ControlAssumed,
            SharingState::ControlLost,
            SharingState::OverrideContested,
        ]),
        CredentialType::APNsCertificate | CredentialType::DEPToken => {
            cases.extend([true, false].map(|certain| SharingState::Superseded { certain }));
        }
        CredentialType::WindowsSymantecCertificate => {}
        CredentialType::X509Certificate | CredentialType::DeclaredExpiry => return,
    }
    for standing in cases {
        let theirs = here("acme-qa-token", Some("acme-qa"));
        let claims = |other: &Other| (standing == SharingState::ControlLost).then(|| other.clone());
        let view = |others: Vec<Other>, claimant| {
            Peers::Known(Some(View { standing, others, claimant, unlisted: Unlisted::None }))
        };
        let mut story = story(type_, of_type(type_, 'a', END), dress);
        if story.spec.tenant_ref.is_some() {
            story.tenant =
                TenantContext::Found(Side { environment: Some("Production"), support_account: Some("4711") });
        }
        page.case(standing.reason(), &story.among(view(vec![theirs.clone()], claims(&theirs))).at(WELL));
        let others = vec![here("one", None), here("two", None), Other::Elsewhere];
        page.case("beside others of another namespace", &story.among(view(others, claims(&Other::Elsewhere))).at(SOON));
        let five = ["one", "two", "three", "four", "five"].map(|name| here(name, None)).to_vec();
        let first = claims(&here("claimant", None));
        page.case("beside many", &story.among(view(five, first)).at("2030-06-03T00:00:00Z"));
        let more = |unlisted| {
            let others = vec![here("one", None), here("two", None)];
            Peers::Known(Some(View { standing, others, claimant: claims(&here("one", None)), unlisted }))
        };
        page.case("beside more than are named", &story.among(more(Unlisted::Some)).at("2030-06-03T00:00:00Z"));
        page.case("beside so many more", &story.among(more(Unlisted::Exactly(17))).at("2030-06-03T00:00:00Z"));
        let alone = View::unique();
        page.case("alone again", &story.among(Peers::Known(Some(alone))).at("2030-06-04T00:00:00Z"));
    }
}

fn failures(page: &mut Page, type_: CredentialType, dress: Dress) {
    if type_ == CredentialType::DeclaredExpiry {
        return;
    }
    for reason in FailureReason::ALL {
        let mut never = Story::unreadable(reason, type_);
        dress(&mut never.spec);
        never.settle = chrono::TimeDelta::zero();
        page.case(&format!("{} at first sight", reason.as_str()), &never.at(WELL));
    }
    let mut story = story(type_, of_type(type_, 'a', END), dress);
    story.at("2030-12-25T00:00:00Z");
    page.case("no longer there", &story.fails(FailureReason::SecretNotFound).at("2030-12-26T00:00:00Z"));
    page.case("there again", &story.holds(of_type(type_, 'a', END)).at("2030-12-27T00:00:00Z"));
    let held_back_since = Some(time("2030-12-20T00:00:00Z"));
    story.status.event_budget = Some(EventBudget { held_back: 12, held_back_since, ..EventBudget::default() });
    let look = story.fails(FailureReason::SecretNotFound).at("2030-12-28T00:00:00Z");
    page.case("no longer there, after Events that were held back", &look);
}

fn page(type_: CredentialType) -> String {
    let mut page = Page::default();
    let rooms: [fn(&mut Page, CredentialType, Dress); 7] =
        [times, changes, identities, keys, certificates, shared, failures];
    page.title(&format!("{}, with tenant, owner, runbook and contact", type_.as_str()));
    rooms.iter().for_each(|room| room(&mut page, type_, full));
    page.title(&format!("{}, with nothing but its Secret", type_.as_str()));
    rooms.iter().for_each(|room| room(&mut page, type_, bare));
    page.text
}

#[test]
fn all_words_are_as_they_were_read_and_agreed() {
    for type_ in CredentialType::ALL {
        snapshot_settings().bind(|| insta::assert_snapshot!(format!("words__{}", type_.as_str()), page(type_)));
    }
}

#[test]
fn the_words_of_a_token_whose_date_is_declared() {
    let mut page = Page::default();
    let mut story = story(CredentialType::DEPToken, undated_dep('a'), full);
    page.case("no date", &story.at(WELL));
    story.spec.expiration_time = Some(time("2030-06-20T00:00:00Z"));
    page.case("a date is declared", &story.at(SOON));
    story.spec.expiration_time = Some(time(LATER));
    page.case("another one", &story.at("2030-06-03T00:00:00Z"));
    page.case("another token", &story.holds(undated_dep('b')).at("2030-06-04T00:00:00Z"));
    snapshot_settings().bind(|| insta::assert_snapshot!("words__DEPTokenWithoutDate", page.text));
}

#[test]
fn of_a_tenant_that_does_not_exist() {
    let mut page = Page::default();
    absent_tenant(&mut page);
    snapshot_settings().bind(|| insta::assert_snapshot!("words__AbsentTenant", page.text));
}
