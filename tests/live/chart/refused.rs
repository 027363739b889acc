//! Tests that the schema refuses invalid values and names their path, and that it accepts the values which parent
//! charts need.

use std::fs;

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use lapsewatch_test_support::cluster::bed::bed;
use lapsewatch_test_support::cluster::helm::{helm, template};

#[derive(Deserialize)]
struct Refused {
    at: String,
    values: Value,
    #[serde(default)]
    says: String,
}

/// Renders the chart with these values, and returns the objects or Helm's error.
fn with(values: &Value) -> Result<Vec<Value>, String> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("values.yaml");
    fs::write(&file, values.to_string()).unwrap();
    template("lapsewatch", "mdm", &["--values", file.to_str().unwrap()])
}

#[test]
fn each_is_refused_at_its_place() {
    let table: Vec<Refused> = serde_norway::from_str(include_str!("refused.yaml")).unwrap();
    assert!(table.len() >= 40);
    for Refused { at, values, says } in table {
        let told = with(&values).expect_err(&values.to_string());
        let at = if at == "/" { String::new() } else { at };
        let line = told.lines().find(|line| line.contains(&format!("at '{at}'")));
        let line = line.unwrap_or_else(|| panic!("{values} is not refused at '{at}':\n{told}"));
        assert!(line.contains(&says), "{values}: {told}");
    }
}

#[test]
fn what_is_free_passes() {
    for values in [
        json!({"global": {"imageRegistry": "x", "anything": [1]}, "enabled": true}),
        json!({"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}}),
        json!({"podSecurityContext": {"fsGroup": 1}, "securityContext": {"privileged": false}}),
        json!({"resources": null, "livenessProbe": null, "podSecurityContext": null, "commonLabels": null, "commonAnnotations": null, "podLabels": null, "podAnnotations": null, "namespaces": null, "extraArgs": null, "topologySpreadConstraints": null}),
        json!({"resources": {"limits": {"cpu": 1, "memory": "0.5Gi", "vendor.example/thing": "2"}}}),
        json!({"settle": "0s"}),
        json!({"settle": "86400s"}),
        json!({"settle": "24h"}),
        json!({"podDisruptionBudget": {"maxUnavailable": "50%"}}),
        json!({"extraEnv": [
            {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name", "apiVersion": "v1"}}},
            {"name": "B", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi", "containerName": "lapsewatch"}}},
            {"name": "C", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b", "optional": true}}},
            {"name": "D", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}},
        ]}),
        json!({"metrics": {"serviceMonitor": {"interval": "1h5m30s500ms", "scrapeTimeout": "0"}}}),
    ] {
        with(&values).unwrap_or_else(|told| panic!("{values}: {told}"));
    }
}

/// The chart is a dependency, which the parent chart switches on and off.
#[test]
fn a_parent_chart_takes_it_by_its_condition() {
    let parent = TempDir::new().unwrap();
    let at = |name: &str| parent.path().join(name);
    fs::create_dir_all(at("charts")).unwrap();
    let about = json!({"apiVersion": "v2", "name": "parent", "version": "1.0.0", "dependencies": [
        {"name": "lapsewatch", "version": "0.1.0", "condition": "lapsewatch.enabled"}]});
    fs::write(at("Chart.yaml"), about.to_string()).unwrap();
    std::os::unix::fs::symlink(lapsewatch_test_support::cluster::helm::chart(), at("charts/lapsewatch")).unwrap();
    for (enabled, deployments) in [(true, 1), (false, 0)] {
        let values = json!({"global": {"team": "mdm"}, "lapsewatch": {"enabled": enabled, "replicaCount": 2}});
        fs::write(at("values.yaml"), values.to_string()).unwrap();
        let output = helm(None, &["template", "site", parent.path().to_str().unwrap()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.matches("kind: Deployment").count(), deployments, "{text}");
    }
}

/// The schema accepts exactly those durations that the operator accepts.
#[test]
fn the_schema_takes_the_durations_that_the_operator_takes() {
    for settle in
        ["0s", "1s", "30s", "9999s", "86400s", "86401s", "90000s", "1440m", "1441m", "24h", "25h", "1.5h", "5", "s"]
    {
        let argument = format!("--settle={settle}");
        let taken = std::process::Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
            .args(["run", &argument, "--kubeconfig=/nowhere"])
            .output()
            .unwrap();
        let is_taken = !String::from_utf8_lossy(&taken.stderr).contains("invalid value");
        let is_allowed = with(&json!({"settle": settle})).is_ok();
        assert_eq!(is_allowed, is_taken, "{settle}");
    }
}

/// The schema accepts exactly those quantities that the server accepts for a limit. A quantity without a digit, for
/// example `Mi`, is an exception: the server reads it as 0, and the schema refuses it.
#[test]
fn the_schema_takes_the_quantities_that_the_server_takes() {
    let bed = bed();
    let namespace = bed.namespace("quantities");
    let all = [
        "0", "1", ".5", "5.", "+1", "0.5Gi", "64Mi", "1k", "1e9", "1E9", "1e+3", "1.5e3", "100e-2", "2E", "2Ei", "-1",
        "", "64MB", "1K", "1ki", "1e", "1e1Mi", "1.5.2", "1 Gi", "0x10", "1_000", "1e1.5",
    ];
    for quantity in all {
        let limits = json!({"limits": {"vendor.example/thing": "1", "memory": quantity}});
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": namespace},
            "spec": {"containers": [{"name": "x", "image": "x", "resources": limits}]}});
        let created = bed.kubectl_with(&["create", "--dry-run=server", "-f", "-"], &pod.to_string());
        let told = String::from_utf8_lossy(&created.stderr);
        let is_allowed = with(&json!({"resources": limits})).is_ok();
        assert_eq!(is_allowed, created.status.success(), "{quantity:?}: {told}");
    }
    for without_a_digit in ["Mi", "."] {
        let limits = json!({"resources": {"limits": {"memory": without_a_digit}}});
        assert!(with(&limits).is_err(), "{without_a_digit}");
    }
}

#[test]
fn a_kubernetes_that_is_too_old_is_refused_whatever_its_provider_calls_it() {
    for version in ["1.33.0", "v1.33.4-gke.1245000", "1.34.1-eks-aaaaaaa", "1.37.2"] {
        template("lapsewatch", "mdm", &["--kube-version", version]).unwrap_or_else(|told| panic!("{version}: {told}"));
    }
    for version in ["1.32.9", "v1.32.9-gke.1245000"] {
        let told = template("lapsewatch", "mdm", &["--kube-version", version]).expect_err(version);
        assert!(told.contains(">=1.33.0-0"), "{told}");
    }
}
