//! Prints the messages of rehearsals for each type and each situation with its own message.

use std::collections::BTreeSet;
use std::fmt::Write;

use lapsewatch_core::api::credential::{Owner, SecretRef};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::status::{CredentialFacts, Expiry, KeyMatch};
use lapsewatch_core::api::{CredentialType, Failure, TenantCredentialStatus};
use lapsewatch_core::assessment::peers::Peers;
use lapsewatch_core::assessment::verification::{VerifyInput, verify};
use lapsewatch_core::assessment::{Reading, TenantContext};
use lapsewatch_core::messages::verify::DECLARED;
use lapsewatch_core::messages::verify_remarks;

use lapsewatch_test_support::assessment::facts::{of_type, spec, time, undated_dep};
use lapsewatch_test_support::assessment::story::Story;

const NOW: &str = "2030-06-02T00:00:00Z";
const END: &str = "2031-01-01T00:00:00Z";
const LATER: &str = "2032-01-01T00:00:00Z";

struct Page {
    text: String,
    seen: BTreeSet<String>,
    sees_all: bool,
}

impl Page {
    fn case(&mut self, case: &str, story: &Story, previous: &TenantCredentialStatus, reading: Reading, at: &str) {
        let scene = VerifyInput {
            spec: &story.spec,
            previous,
            reading,
            sees_all: self.sees_all,
            peers: Peers::Pending,
            tenant: TenantContext::Unnamed,
            now: time(at),
        };
        let said = verify(scene);
        writeln!(self.text, "\n--- {case}\n{}", said.sentence).unwrap();
        for point in &said.points {
            let mut text = format!("! {} {}: {}", point.outcome.as_str(), point.reason, point.message);
            for (label, words) in [("impact", &point.impact), ("remedy", &point.remedy)] {
                if !words.is_empty() {
                    write!(text, "\n    {label}: {words}").unwrap();
                }
            }
            if self.seen.insert(text.clone()) {
                writeln!(self.text, "{text}").unwrap();
            }
        }
    }
}

fn page(page: &mut Page, type_: CredentialType) {
    writeln!(page.text, "\n\n=== {type_} ===").unwrap();
    let old = of_type(type_, 'a', END);
    let new = {
        let new = of_type(type_, 'b', LATER);
        CredentialFacts { not_before: new.not_before.map(|_| time("2030-06-01T00:00:00Z")), ..new }
    };
    let mut story = Story::of(old.clone(), type_);
    story.spec.owner = Some(Owner { account: Some("mdm@acme.example".into()), ..Owner::default() });
    story.at(NOW);
    let status = story.status.clone();
    let facts = |facts: &CredentialFacts| Reading::Facts(facts.clone());
    page.case("renewed", &story, &status, facts(&new), NOW);
    page.case("renewed, and soon to lapse", &story, &status, facts(&new), "2031-12-31T00:00:00Z");
    page.case("the one in place", &story, &status, facts(&old), NOW);
    page.case("the one in place, soon to lapse", &story, &status, facts(&old), "2030-12-31T00:00:00Z");
    page.case("lapsed", &story, &status, facts(&new), "2032-01-02T00:00:00Z");
    let twin = CredentialFacts { fingerprint: new.fingerprint.clone(), ..old.clone() };
    page.case("another of the same age", &story, &status, facts(&twin), NOW);
    if new.not_before.is_some() {
        let early = CredentialFacts { not_before: Some(time("2030-07-01T00:00:00Z")), ..new.clone() };
        page.case("not yet valid", &story, &status, facts(&early), NOW);
    }
    for key_match in [KeyMatch::Mismatch, KeyMatch::NoKey, KeyMatch::KeyUnreadable] {
        if old.key_match == KeyMatch::Matches {
            let other = CredentialFacts { key_match, ..new.clone() };
            page.case(&format!("its key: {key_match:?}"), &story, &status, facts(&other), NOW);
            page.sees_all = false;
            page.case(&format!("its key: {key_match:?}, the Secret not seen"), &story, &status, facts(&other), NOW);
            page.sees_all = true;
        }
    }
    if old.identity.is_some() {
        let other = CredentialFacts { identity: Some("another-identity".into()), ..new.clone() };
        page.case("another identity", &story, &status, facts(&other), NOW);
        story.pins(["another-identity"]);
        page.case("another identity, pinned", &story, &status, facts(&other), NOW);
        page.case("pinned, with nothing in place", &story, &TenantCredentialStatus::default(), facts(&other), NOW);
        story.pins([]);
    }
    if matches!(type_, CredentialType::VPPToken | CredentialType::WindowsSymantecCertificate) {
        let none = CredentialFacts { identity: None, ..new.clone() };
        page.case("no identity", &story, &status, facts(&none), NOW);
        let undated = CredentialFacts { expiry: Expiry::Unknown, not_before: None, not_after: None, ..none };
        let mut nameless =
            Story::of(CredentialFacts { fingerprint: old.fingerprint.clone(), ..undated.clone() }, type_);
        nameless.at(NOW);
        let status = nameless.status.clone();
        page.case("no identity and no date", &nameless, &status, facts(&undated), NOW);
    }
    page.case("with nothing in place", &story, &TenantCredentialStatus::default(), facts(&new), NOW);
    let mut newer = Story::of(new, type_);
    newer.at(NOW);
    let status = newer.status.clone();
    page.case("an older one", &newer, &status, facts(&old), NOW);
    if type_ == CredentialType::DEPToken {
        page.case("one without a date", &newer, &status, facts(&undated_dep('c')), NOW);
    }
    for reason in FailureReason::ALL {
        let failed = Reading::Failed(Failure { reason, message: "as the reader says".to_owned() });
        page.case(reason.as_str(), &newer, &status, failed, NOW);
    }
}

#[test]
fn the_words_of_a_rehearsal() {
    let mut all = Page { text: String::new(), seen: BTreeSet::new(), sees_all: true };
    for type_ in CredentialType::ALL.into_iter().filter(|type_| *type_ != CredentialType::DeclaredExpiry) {
        page(&mut all, type_);
    }
    let mut spec = spec(CredentialType::APNsCertificate);
    spec.secret_ref =
        Some(SecretRef { name: "acme-apns".into(), key: None, private_key_key: None, password_key: None });
    all.text.push_str("\n\n=== remarks ===\n");
    for remark in [
        verify_remarks::stands_for("new.pem", "push.pem", &spec, false),
        verify_remarks::stands_for("new.pem", "new.pem", &spec, true),
        verify_remarks::secret_unseen(&spec, "403: this user may not"),
        verify_remarks::no_secret(&spec),
        verify_remarks::tenant_unseen("acme-prod", "403: this user may not"),
        verify_remarks::own_namespace_only("acme"),
        verify_remarks::others_unseen("403: this user may not"),
        verify_remarks::REMOVED.to_owned(),
        verify_remarks::password(&spec),
        DECLARED.to_owned(),
    ] {
        writeln!(all.text, "{remark}").unwrap();
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("words__verify", all.text));
}
