//! Tests that the operator works if kustomize moves the rendered chart to another namespace. The operator must find its
//! Lease there.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::chart::operator::{Operator, free_port, until};
use crate::chart::rendered::of_kind;
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::helm::{chart, documents, helm};

/// Renders the chart for a namespace `rendered`, and moves it to another namespace with kustomize's `namespace:` field.
fn moved(bed: &Bed, namespace: &str, port: u16) -> String {
    let folder = TempDir::new().unwrap();
    let chart = chart();
    // Cluster-scoped objects would collide with those of other tests.
    let output = helm(
        None,
        &[
            "template",
            "moved",
            chart.to_str().unwrap(),
            "--namespace=rendered",
            "--set=crds.enabled=false",
            "--set=aggregatedRoles.enabled=false",
            "--set=admissionPolicy.enabled=false",
            &format!("--set=service.port={port}"),
        ],
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::write(folder.path().join("rendered.yaml"), output.stdout).unwrap();
    let kustomization = format!("namespace: {namespace}\nresources: [rendered.yaml]\n");
    fs::write(folder.path().join("kustomization.yaml"), kustomization).unwrap();
    bed.kubectl_ok(&["kustomize", folder.path().to_str().unwrap()], "")
}

#[test]
fn a_chart_that_kustomize_moves_to_another_namespace_works_there() {
    // The operator watches all namespaces, so a shared server would also show it the objects of other tests.
    let bed = &Bed::bare();
    bed.install_crds().unwrap();
    let namespace = bed.namespace("moved");
    let port = free_port();
    let text = moved(bed, &namespace, port);
    let objects = documents(&text);
    assert!(!text.contains("rendered"), "a part keeps the old namespace:\n{text}");
    bed.kubectl_ok(&["apply", "--server-side", "-f", "-"], &text);
    let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": "contract", "namespace": namespace},
        "spec": {"type": "DeclaredExpiry", "expirationTime": "2020-01-01T00:00:00Z"}});
    bed.kubectl_ok(&["apply", "-f", "-"], &object.to_string());

    let mut operator = Operator::of(bed, of_kind(&objects, "Deployment")[0], port);
    until("the operator never leads", || operator.get("/readyz").is_some_and(|(_, body)| body == "ok: leading\n"));
    let lease = bed.kubectl_ok(&["get", "lease", "moved-lapsewatch", "-n", &namespace, "-o", "json"], "");
    let lease: Value = serde_json::from_str(&lease).unwrap();
    assert!(lease["spec"]["holderIdentity"].as_str().is_some_and(|holder| !holder.is_empty()), "{lease:#}");
    let wait = ["wait", "--for=condition=Expired", "--timeout=90s", "tcred/contract", "-n", &namespace];
    bed.kubectl_ok(&wait, "");
    operator.stop();
}
