//! Every state that the operator can report for a credential, produced by the operator's own assessment.

use lapsewatch_core::api::CredentialType::{
    self, APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate, X509Certificate,
};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::status::{Expiry, KeyMatch};
use lapsewatch_core::api::{CredentialFacts, TenantCredentialStatus};
use lapsewatch_core::assessment::peers::Peers;
use lapsewatch_core::verdict::{Other, SharingState, Unlisted, View};
use serde_json::{Value, json};

use lapsewatch_test_support::assessment::facts::{apns, apns_of_another_topic, of_type, undated_dep};
use lapsewatch_test_support::assessment::story::Story;

const END: &str = "2031-01-01T00:00:00Z";
const WELL: &str = "2030-03-01T00:00:00Z";
/// Times from well before the expiry to long after it: each stage of each type, and the time after the grace period.
const TIMES: [&str; 8] = [
    WELL,
    "2030-11-10T00:00:00Z",
    "2030-12-10T00:00:00Z",
    "2030-12-20T00:00:00Z",
    "2030-12-27T00:00:00Z",
    "2030-12-31T12:00:00Z",
    "2031-01-02T00:00:00Z",
    "2031-02-15T00:00:00Z",
];

/// Returns an object as the API server would, with a name that describes its state.
pub fn object(kind: &str, name: &str, spec: &Value, status: &Value) -> Value {
    json!({
        "apiVersion": "lapsewatch.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "acme", "generation": 1},
        "spec": spec,
        "status": status,
    })
}

/// Returns the status before any operator has assessed the object: the default in the CRD.
pub fn unseen(kind: &str) -> Value {
    let all = lapsewatch_core::api::crds::all();
    let (_, crd) = all.iter().find(|(_, crd)| crd["spec"]["names"]["kind"] == kind).unwrap();
    crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/status/default").unwrap().clone()
}

/// Returns one credential for each state.
pub fn credentials() -> Vec<Value> {
    let mut all = Vec::new();
    let mut add = |name: String, type_: CredentialType, status: &TenantCredentialStatus| {
        let spec = serde_json::to_value(lapsewatch_test_support::assessment::facts::spec(type_)).unwrap();
        all.push(object("TenantCredential", &name, &spec, &serde_json::to_value(status).unwrap()));
    };
    for type_ in CredentialType::ALL {
        for time in TIMES {
            let look = Story::of(of_type(type_, 'a', END), type_).at(time);
            add(format!("{type_:?} at {time}"), type_, &look.status);
            // The credential can't be read any more, so the state follows from the last read content.
            for reason in FailureReason::ALL {
                let mut story = Story::of(of_type(type_, 'a', END), type_);
                story.at(time);
                add(format!("{type_:?} {reason:?} since {time}"), type_, &story.fails(reason).at(time).status);
            }
        }
        for reason in FailureReason::ALL {
            let look = Story::unreadable(reason, type_).at(WELL);
            add(format!("{type_:?} {reason:?} from the beginning"), type_, &look.status);
        }
        let mut never = of_type(type_, 'a', END);
        (never.expiry, never.not_after) = (Expiry::Never, None);
        add(format!("{type_:?} without an end"), type_, &Story::of(never, type_).at(WELL).status);
        let mut story = Story::of(of_type(type_, 'b', END), type_);
        story.at(WELL);
        let older = story.holds(of_type(type_, 'a', "2030-12-01T00:00:00Z")).at("2030-03-02T00:00:00Z");
        add(format!("{type_:?} backwards"), type_, &older.status);
    }
    for (name, type_, status) in identities_and_keys() {
        add(name, type_, &status);
    }
    for (name, type_, status) in holders() {
        add(name, type_, &status);
    }
    let spec = serde_json::to_value(lapsewatch_test_support::assessment::facts::spec(APNsCertificate)).unwrap();
    all.push(object("TenantCredential", "unseen", &spec, &unseen("TenantCredential")));
    all
}

type Named = (String, CredentialType, TenantCredentialStatus);

/// Returns the states in which the credential itself is wrong.
fn identities_and_keys() -> Vec<Named> {
    let mut all = Vec::new();
    for type_ in [APNsCertificate, WindowsSymantecCertificate, X509Certificate] {
        for key in [KeyMatch::Mismatch, KeyMatch::NoKey, KeyMatch::KeyUnreadable] {
            let mut facts = of_type(type_, 'a', END);
            facts.key_match = key;
            all.push((format!("{type_:?} {key:?}"), type_, Story::of(facts, type_).at(WELL).status));
        }
        let early = Story::of(of_type(type_, 'a', END), type_).at("2029-12-01T00:00:00Z");
        all.push((format!("{type_:?} early"), type_, early.status));
    }
    let brief = apns('a', "2030-12-31T00:00:00Z", "2031-01-02T00:00:00Z");
    let look = Story::apns(brief).at("2030-12-30T00:00:00Z");
    all.push(("early and of a short life".to_owned(), APNsCertificate, look.status));
    for type_ in [APNsCertificate, VPPToken, DEPToken, WindowsSymantecCertificate] {
        let mut story = Story::of(of_type(type_, 'a', END), type_);
        story.at(WELL);
        let mut other = of_type(type_, 'b', END);
        other.identity = Some("another".to_owned());
        all.push((format!("{type_:?} of another"), type_, story.holds(other).at("2030-03-02T00:00:00Z").status));
    }
    let pinned = Story::apns(apns_of_another_topic('c', "2029-01-01T00:00:00Z", END)).pins(["x"]).at(WELL);
    all.push(("not as pinned".to_owned(), APNsCertificate, pinned.status));
    let nameless = CredentialFacts { identity: None, ..of_type(VPPToken, 'n', END) };
    let nameless = Story::of(nameless, VPPToken).pins(["x"]).at(WELL);
    all.push(("without the pinned identity".to_owned(), VPPToken, nameless.status));
    all.push(("undated".to_owned(), DEPToken, Story::of(undated_dep('a'), DEPToken).at(WELL).status));
    all
}

/// Returns the states of a credential with several holders.
fn holders() -> Vec<Named> {
    let standings = [
        SharingState::SameSecret,
        SharingState::SharedByOthers,
        SharingState::ControlAssumed,
        SharingState::Superseded { certain: true },
        SharingState::Superseded { certain: false },
        SharingState::TokenInUse,
        SharingState::ControlLost,
        SharingState::OverrideContested,
    ];
    let mut all = Vec::new();
    for type_ in [APNsCertificate, VPPToken, DEPToken, WindowsSymantecCertificate] {
        for standing in standings {
            let others = vec![Other::Here { name: "other".into(), tenant: None }];
            let mut story = Story::of(of_type(type_, 'a', END), type_);
            let look = story
                .among(Peers::Known(Some(View { standing, others, claimant: None, unlisted: Unlisted::None })))
                .at(WELL);
            all.push((format!("{type_:?} {standing:?}"), type_, look.status));
        }
        let look = Story::of(of_type(type_, 'a', END), type_).among(Peers::Pending).at(WELL);
        all.push((format!("{type_:?} while others are looked at"), type_, look.status));
    }
    all
}
