//! Every state that the operator can report for a tenant.

use lapsewatch_core::api::CredentialType::{APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate};
use lapsewatch_core::api::reasons::FailureReason;
use serde_json::Value;

use crate::gitops::states::{object, unseen};
use lapsewatch_test_support::assessment::facts::{apns, undated_dep};
use lapsewatch_test_support::assessment::page::Page;
use lapsewatch_test_support::assessment::story::Story;

const NOW: &str = "2030-06-01T00:00:00Z";
const WELL: &str = "2031-06-01T00:00:00Z";

/// The kinds of credentials that a tenant may have, by a short name.
const MEMBERS: [&str; 9] =
    ["valid", "expiring", "expired", "symantec", "unreadable", "early", "undated", "pending", "superseded"];

fn add(page: &mut Page, what: &str) {
    match what {
        "valid" => page.due(what, VPPToken, WELL),
        "expiring" => page.due(what, APNsCertificate, "2030-06-02T00:00:00Z"),
        "expired" => page.due(what, APNsCertificate, "2030-05-20T00:00:00Z"),
        "symantec" => page.due(what, WindowsSymantecCertificate, "2030-05-20T00:00:00Z"),
        "unreadable" => page.has(what, Story::unreadable(FailureReason::Malformed, VPPToken)),
        "early" => page.has(what, Story::apns(apns('a', "2030-07-01T00:00:00Z", WELL))),
        "undated" => page.has(what, Story::of(undated_dep('a'), DEPToken)),
        "pending" => page.unseen(what, VPPToken),
        "superseded" => {
            let mut story =
                Story::of(lapsewatch_test_support::assessment::facts::dep('b', "2031-06-02T00:00:00Z"), DEPToken);
            story.at("2030-05-01T00:00:00Z");
            story.holds(lapsewatch_test_support::assessment::facts::dep('a', WELL));
            page.has(what, story)
        }
        other => panic!("{other}"),
    };
}

/// Returns all tenants: without credentials, with each kind of credential, with each pair of kinds, and with a missing
/// type.
pub fn tenants() -> Vec<Value> {
    let mut all = vec![object("MDMTenant", "unseen", &serde_json::json!({}), &unseen("MDMTenant"))];
    let mut look = |name: String, page: &mut Page| {
        let spec = serde_json::to_value(&page.spec).unwrap();
        let status = serde_json::to_value(page.at(NOW).status).unwrap();
        all.push(object("MDMTenant", &name, &spec, &status));
    };
    look("nothing".to_owned(), &mut Page::new());
    look("nothing of what is required".to_owned(), &mut Page::new().requires([APNsCertificate]));
    for (index, one) in MEMBERS.iter().enumerate() {
        for other in &MEMBERS[index..] {
            let mut page = Page::new();
            [one, other].into_iter().for_each(|what| add(&mut page, what));
            look(format!("{one} and {other}"), &mut page);
        }
        let mut page = Page::new().requires([WindowsSymantecCertificate, DEPToken]);
        add(&mut page, one);
        look(format!("{one}, and what is missing"), &mut page);
    }
    all
}
