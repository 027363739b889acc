//! Tests with statuses that another program wrote, on a server whose definitions validate nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::{by, declare};
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::story::Story;

/// Removes the schemas from the definitions, as a newer or a careless version might.
fn loosen(bed: &Bed) {
    for name in ["tenantcredentials.lapsewatch.dev", "mdmtenants.lapsewatch.dev"] {
        let open = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
        let patch = json!([{"op": "replace", "path": "/spec/versions/0/schema", "value": open},
            {"op": "remove", "path": "/spec/versions/0/selectableFields"}]);
        bed.kubectl_ok(&["patch", "crd", name, "--type=json", "-p", &patch.to_string()], "");
    }
}

/// Returns true if the text has no character that could control a terminal or reorder its text.
fn is_harmless(text: &str) -> bool {
    !text.contains(|c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{2066}' | '\u{2028}'))
}

#[tokio::test]
async fn whatever_stands_in_a_status_harms_no_terminal_and_hides_nothing_else() {
    let bed: &'static Bed = Box::leak(Box::new(Bed::bare()));
    bed.install_crds().unwrap();
    loosen(bed);
    let story = Story::on(bed, "home-hostile", "2030-01-01T00:00:00Z").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    declare(&story, "honest", "2030-01-20T00:00:00Z").await;
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\r\n\u{202e}\u{2066}\u{2028}";
    let long = "x".repeat(150_000);
    let apns = json!({"type": "APNsCertificate", "secretRef": {"name": "a"}});
    let condition = |reason: &str| {
        json!([{"type": "Healthy", "status": "True", "reason": reason, "message": evil,
        "lastTransitionTime": "2030-01-01T00:00:00Z"}])
    };
    let facts = |text: &str| {
        json!({"identity": text, "subject": text, "fingerprint": text, "expiry": "Known",
        "notAfter": "2030-01-10T00:00:00Z", "keyMatch": "Matches", "keys": {"credential": text}})
    };
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    let statuses: Vec<(&str, Value)> = vec![
        (
            "escapes",
            json!({"observedGeneration": 1, "conditions": condition(evil), "credential": facts(evil), "severity": evil}),
        ),
        ("long", json!({"observedGeneration": 1, "conditions": condition(&long), "credential": facts(&long)})),
        (
            "types",
            json!({"observedGeneration": "one", "conditions": 7, "credential": [], "severity": {}, "lastRead": true, "duplicates": "x"}),
        ),
        (
            "failure",
            json!({"observedGeneration": 1, "lastRead": {"failure": {"reason": "WrongFile", "message": evil}}}),
        ),
        (
            "numbers",
            json!({"observedGeneration": 1e300, "credential": {"notAfter": "-99999-01-01T00:00:00Z"}, "newest": 1}),
        ),
        ("deep", json!({"observedGeneration": 1, "conditions": deep})),
        ("text", json!("status")),
        (
            "others",
            json!({"observedGeneration": 1, "credential": facts(&"ab".repeat(32)), "conditions": [{"type": "Duplicate",
            "status": "True", "reason": "TokenInUse", "lastTransitionTime": "2030-01-01T00:00:00Z"}],
            "duplicates": [{"name": evil, "tenant": evil}, {"name": 7}]}),
        ),
    ];
    for (name, status) in &statuses {
        let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
            "metadata": {"name": name, "namespace": story.namespace}, "spec": apns});
        bed.kubectl_ok(&["create", "--validate=false", "-f", "-"], &object.to_string());
        let path =
            format!("/apis/lapsewatch.dev/v1alpha1/namespaces/{}/tenantcredentials/{name}/status", story.namespace);
        let mut object: Value =
            serde_json::from_str(&bed.kubectl_ok(&["get", "--raw", path.trim_end_matches("/status")], "")).unwrap();
        object["status"] = status.clone();
        let file = bed.folder.join("hostile.json");
        std::fs::write(&file, object.to_string()).unwrap();
        bed.kubectl_ok(&["replace", "--raw", &path, "-f", file.to_str().unwrap()], "");
    }
    // Specs are not trustworthy either.
    let broken = [
        ("no-type", json!({"secretRef": {"name": evil}})),
        ("odd-type", json!({"type": evil, "secretRef": {"name": "a"}})),
        ("no-spec", json!("spec")),
        (
            "owner",
            json!({"type": "DeclaredExpiry", "expirationTime": "2030-01-05T00:00:00Z",
            "owner": {"contact": evil, "account": long, "runbookURL": evil}, "tenantRef": {"name": evil}}),
        ),
    ];
    for (name, spec) in &broken {
        let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
            "metadata": {"name": name, "namespace": story.namespace}, "spec": spec});
        bed.kubectl_ok(&["create", "--validate=false", "-f", "-"], &object.to_string());
    }
    let tenant = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant",
        "metadata": {"name": "odd", "namespace": story.namespace}, "spec": {"warnBeforeDays": evil, "owner": 3}});
    bed.kubectl_ok(&["create", "--validate=false", "-f", "-"], &tenant.to_string());

    for format in ["table", "wide", "json", "yaml", "markdown", "ics"] {
        let seen = by(story.clock.clone(), &bed.kubeconfig, &["-n", &story.namespace, "-o", format]).await;
        let out = if format == "ics" { seen.out.replace("\r\n", "\n") } else { seen.out.clone() };
        assert!(is_harmless(&out), "{format}: {out:?}");
        assert!(is_harmless(&seen.err), "{format}: {:?}", seen.err);
        assert!(out.len() < 120_000, "{format}: {} bytes", out.len());
        seen.is(2).shows("honest");
        for name in ["no-type", "odd-type", "no-spec"] {
            seen.complains(&format!("TenantCredential {}/{name}: ", story.namespace));
        }
        seen.complains(&format!("MDMTenant {}/odd: spec.", story.namespace));
        if matches!(format, "table" | "wide") {
            seen.shows("honest Expiring Warning").shows("escapes Expiring (STALE) Warning").shows("others Duplicate");
            for (name, _) in &statuses {
                assert!(out.contains(&format!("{}  {name} ", story.namespace)), "{name}: {out}");
            }
        }
    }
}
