//! Tests that every value is used: changing any value that values.yaml describes changes the rendered objects.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::chart::readme::documented;
use lapsewatch_test_support::cluster::helm::template;

/// Returns values that render every part of the chart.
fn everything() -> Value {
    json!({
        "replicaCount": 2,
        "networkPolicy": {"enabled": true},
        "metrics": {"serviceMonitor": {"enabled": true}, "prometheusRule": {"enabled": true}, "dashboard": {"enabled": true}},
    })
}

/// Returns a different valid value for each path.
fn others() -> Vec<(&'static str, Value)> {
    let label = json!({"team": "mobile"});
    vec![
        ("image.repository", json!("registry.example/lapsewatch")),
        ("image.tag", json!("9.9.9")),
        ("image.digest", json!(format!("sha256:{}", "a".repeat(64)))),
        ("image.pullPolicy", json!("Always")),
        ("imagePullSecrets", json!([{"name": "registry"}])),
        ("nameOverride", json!("other")),
        ("fullnameOverride", json!("other")),
        ("commonLabels", label.clone()),
        ("commonAnnotations", label.clone()),
        ("replicaCount", json!(1)),
        ("namespaces", json!(["a"])),
        ("settle", json!("1m")),
        ("logFormat", json!("text")),
        ("logLevel", json!("debug")),
        ("extraArgs", json!(["--context=x"])),
        ("extraEnv", json!([{"name": "A", "value": "b"}])),
        ("crds.enabled", json!(false)),
        ("crds.keep", json!(false)),
        ("aggregatedRoles.enabled", json!(false)),
        ("admissionPolicy.enabled", json!(false)),
        ("rbac.create", json!(false)),
        ("serviceAccount.create", json!(false)),
        ("serviceAccount.name", json!("other")),
        ("serviceAccount.annotations", label.clone()),
        ("listenAddress", json!("[::]")),
        ("service.enabled", json!(false)),
        ("service.port", json!(9090)),
        ("service.annotations", label.clone()),
        ("metrics.serviceMonitor.enabled", json!(false)),
        ("metrics.serviceMonitor.labels", label.clone()),
        ("metrics.serviceMonitor.interval", json!("15s")),
        ("metrics.serviceMonitor.scrapeTimeout", json!("5s")),
        ("metrics.serviceMonitor.relabelings", json!([{"targetLabel": "a"}])),
        ("metrics.serviceMonitor.metricRelabelings", json!([{"targetLabel": "a"}])),
        ("metrics.prometheusRule.enabled", json!(false)),
        ("metrics.prometheusRule.labels", label.clone()),
        ("metrics.dashboard.enabled", json!(false)),
        ("metrics.dashboard.labels", label.clone()),
        ("resources", json!({"limits": {"cpu": "1"}})),
        ("livenessProbe", json!({"initialDelaySeconds": 3})),
        ("readinessProbe", json!({"initialDelaySeconds": 3})),
        ("podLabels", label.clone()),
        ("podAnnotations", label.clone()),
        ("podSecurityContext", json!({"fsGroup": 7})),
        ("securityContext", json!({"runAsUser": 7})),
        ("priorityClassName", json!("system-cluster-critical")),
        ("nodeSelector", label.clone()),
        ("tolerations", json!([{"operator": "Exists"}])),
        ("affinity", json!({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}})),
        ("topologySpreadConstraints", json!([])),
        ("podDisruptionBudget.enabled", json!(false)),
        ("podDisruptionBudget.maxUnavailable", json!("50%")),
        ("networkPolicy.enabled", json!(false)),
        ("networkPolicy.metricsFrom", json!([{"namespaceSelector": {}}])),
        ("networkPolicy.apiServerPorts", json!([8443])),
        ("networkPolicy.apiServerTo", json!([{"ipBlock": {"cidr": "10.0.0.1/32"}}])),
    ]
}

fn rendered(values: &Value) -> Result<Vec<Value>, String> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("values.yaml");
    fs::write(&file, values.to_string()).unwrap();
    template("lapsewatch", "mdm", &["--values", file.to_str().unwrap()])
}

#[test]
fn each_changes_what_is_rendered() {
    let described: BTreeSet<String> = documented().into_iter().map(|value| value.path).collect();
    let tried: BTreeSet<String> = others().into_iter().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(tried, described, "a value was added or removed: change the table here too");
    let as_it_is = rendered(&everything()).unwrap();
    for (path, other) in others() {
        let mut values = everything();
        let mut place = &mut values;
        for key in path.split('.') {
            place = &mut place[key];
        }
        *place = other;
        match rendered(&values) {
            Ok(changed) => assert!(changed != as_it_is, "{path} changes nothing"),
            // Other parts need service.enabled, and the error names this value.
            Err(told) => assert!(path == "service.enabled" && told.contains("needs service.enabled"), "{path}: {told}"),
        }
    }
}
