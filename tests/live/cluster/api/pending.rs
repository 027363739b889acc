//! Tests that an object which no operator has seen is pending, for users and for tools that wait for the object.

use serde_json::Value;

use lapsewatch_test_support::cluster::bed::bed;

const NEW: &str = "
apiVersion: lapsewatch.dev/v1alpha1
kind: TenantCredential
metadata: {name: acme-apns}
spec: {type: APNsCertificate, secretRef: {name: acme-apns}}
";

const NEW_TENANT: &str = "
apiVersion: lapsewatch.dev/v1alpha1
kind: MDMTenant
metadata: {name: acme-prod}
spec: {}
";

/// Judges a custom resource by the rules of kstatus, which Flux and Helm use.
fn kstatus(object: &Value) -> &'static str {
    let status = &object["status"];
    if status["observedGeneration"].is_i64() && status["observedGeneration"] != object["metadata"]["generation"] {
        return "InProgress";
    }
    let of = |type_: &str| {
        let conditions = status["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
        conditions.iter().find(|c| c["type"] == type_).and_then(|c| c["status"].as_str())
    };
    match (of("Stalled"), of("Reconciling"), of("Ready")) {
        (Some("True"), _, _) => "Failed",
        (_, Some("True"), _) | (_, _, Some("False" | "Unknown")) => "InProgress",
        _ => "Current",
    }
}

#[test]
fn before_any_operator_runs_a_new_object_is_pending() {
    let bed = bed();
    let namespace = bed.namespace("pending");
    let kubectl = |args: &[&str]| bed.kubectl_ok(&[&["-n", namespace.as_str()], args].concat(), "");
    bed.kubectl_ok(&["-n", &namespace, "apply", "-f", "-"], NEW);

    let table = kubectl(&["get", "tcred"]);
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["NAME", "STATE", "SEVERITY", "TYPE", "TENANT", "EXPIRES", "AGE"], "{table}");
    assert_eq!(rows[1][..3], ["acme-apns", "Pending", "APNsCertificate"], "{table}");
    assert_eq!(kubectl(&["get", "lapsewatch", "-o", "name"]), "tenantcredential.lapsewatch.dev/acme-apns\n");

    bed.kubectl_ok(&["-n", &namespace, "apply", "-f", "-"], NEW_TENANT);
    let pending = |type_: &str| {
        serde_json::json!({
            "type": type_, "status": "Unknown", "reason": "Pending", "message": "waiting for the operator",
            "lastTransitionTime": "1970-01-01T00:00:00Z",
        })
    };
    for object in ["tcred/acme-apns", "mdmt/acme-prod"] {
        let object: Value = serde_json::from_str(&kubectl(&["get", object, "-o", "json"])).expect("JSON");
        assert_eq!(object["status"], serde_json::json!({"conditions": [pending("Ready"), pending("Healthy")]}));
        assert_eq!(kstatus(&object), "InProgress");
    }
}

#[test]
fn waiting_for_an_object_that_no_operator_saw_does_not_succeed() {
    let bed = bed();
    let namespace = bed.namespace("waiting");
    for (new, object) in [(NEW, "tcred/acme-apns"), (NEW_TENANT, "mdmt/acme-prod")] {
        bed.kubectl_ok(&["-n", &namespace, "apply", "-f", "-"], new);
        for condition in ["Ready", "Healthy"] {
            let awaited = format!("--for=condition={condition}");
            let output = bed.kubectl(&["-n", &namespace, "wait", &awaited, "--timeout=2s", object]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && said.contains("timed out waiting"), "{object} {condition}: {said}");
        }
    }
}
