//! Tests of the chart's Pods with the server's own Pod Security admission.

use serde_json::{Value, json};

use crate::chart::rendered::of_kind;
use lapsewatch_test_support::cluster::bed::{Bed, bed};
use lapsewatch_test_support::cluster::helm::template;

/// Creates a namespace that enforces the Pod Security Standard `restricted`.
fn restricted(bed: &Bed) -> String {
    let namespace = bed.namespace("restricted");
    let label = ["label", "namespace", &namespace, "pod-security.kubernetes.io/enforce=restricted"];
    bed.kubectl_ok(&label, "");
    namespace
}

/// Returns the Pod that the Deployment would create.
fn pod(namespace: &str, more: &[&str]) -> Value {
    let objects = template("lapsewatch", namespace, more).unwrap();
    let template = &of_kind(&objects, "Deployment")[0]["spec"]["template"];
    let metadata = json!({"name": "lapsewatch", "namespace": namespace, "labels": template["metadata"]["labels"]});
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]})
}

#[test]
fn the_server_takes_them_where_restricted_is_enforced() {
    let bed = bed();
    let namespace = restricted(bed);
    bed.kubectl_ok(&["create", "-f", "-"], &pod(&namespace, crate::chart::lint::EVERYTHING).to_string());
    // Admission must not have changed the Pod: its security context is the rendered one.
    let made = bed.kubectl_ok(&["get", "pod", "lapsewatch", "-n", &namespace, "-o", "json"], "");
    let made: Value = serde_json::from_str(&made).unwrap();
    assert_eq!(made["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"], true);
    assert!(made["spec"]["volumes"].is_null(), "{made:#}");
}

#[test]
fn each_part_of_the_context_is_needed_for_that() {
    let bed = bed();
    let namespace = restricted(bed);
    for (part, told) in [
        ("podSecurityContext.runAsNonRoot", "runAsNonRoot"),
        ("podSecurityContext.seccompProfile", "seccompProfile"),
        ("securityContext.allowPrivilegeEscalation", "allowPrivilegeEscalation"),
        ("securityContext.capabilities", "unrestricted capabilities"),
    ] {
        let without = pod(&namespace, &[&format!("--set={part}=null")]);
        let output = bed.kubectl_with(&["create", "--dry-run=server", "-f", "-"], &without.to_string());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("violates PodSecurity"), "{part}: {said}");
        assert!(said.contains(told), "{part}: {said}");
    }
}
