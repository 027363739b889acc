//! Runs the commands of the runbooks unchanged, on a real API server with a running operator.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use regex::{Captures, Regex};
use serde_json::json;
use tempfile::TempDir;

use crate::prometheus::live::replica;
use crate::prometheus::pages::{blocks, page};
use crate::prometheus::rules;
use crate::prometheus::scene::Scene;
use lapsewatch_test_support::cluster::bed::Bed;

/// Commands that need something which the test bed does not have: nodes that run Pods, and products that others
/// install.
const NOT_HERE: [&str; 5] =
    ["kubectl top ", "NAMESPACE POD ", "kubectl get servicemonitors", "/proxy/readyz", "amtool silence"];

/// Alerts whose namespace is the operator's namespace.
const OF_OPERATOR: [&str; 7] = [
    "LapsewatchDown",
    "LapsewatchNoLeader",
    "LapsewatchNotReady",
    "LapsewatchNotReconciling",
    "LapsewatchReconcilesFailing",
    "LapsewatchRefused",
    "LapsewatchWatchesFailing",
];

/// Returns the commands of all runbooks, each with the name of its page.
fn commands() -> Vec<(String, String)> {
    let of = |name: String| {
        let blocks = blocks(&page(&name), "sh");
        let lines: Vec<String> = blocks.iter().flat_map(|block| block.lines()).map(str::to_owned).collect();
        lines.into_iter().map(move |line| (name.clone(), line))
    };
    rules::names().into_iter().flat_map(of).collect()
}

/// Runs a command, and returns the exit code and the output.
fn run(bed: &Bed, folder: &Path, command: &str) -> (Option<i32>, String) {
    let mut shell = Command::new("bash");
    let binary = Path::new(env!("CARGO_BIN_EXE_lapsewatch")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let folders = [bed.assets.clone(), binary.to_owned()].into_iter().chain(std::env::split_paths(&path));
    shell.env("PATH", std::env::join_paths(folders).unwrap());
    shell.env("KUBECONFIG", &bed.kubeconfig).env("KUBECACHEDIR", bed.folder.join("kubectl-cache"));
    shell.env("KUBECTL_KUBERC", "false").current_dir(folder).args(["-o", "pipefail", "-c", command]);
    let ran = shell.output().unwrap();
    let said = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (ran.status.code(), said)
}

/// Removes the metadata that prevents an object from being created again.
fn without_identity(object: &str) -> String {
    let mut object: serde_json::Value = serde_json::from_str(object).unwrap();
    let metadata = object["metadata"].as_object_mut().unwrap();
    metadata.retain(|name, _| name == "name" || name == "namespace");
    object.to_string()
}

/// Creates an object with the status that the operator writes if it does not understand the object. The API server does
/// not store an object which really is invalid.
fn invalid(bed: &Bed) {
    let namespace = bed.namespace("invalid");
    let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": "odd", "namespace": namespace},
        "spec": {"type": "APNsCertificate", "secretRef": {"name": "odd"}}});
    bed.kubectl_ok(&["apply", "-f", "-"], &object.to_string());
    let patch = json!({"status": {"conditions": [{"type": "Ready", "status": "False", "reason": "InvalidObject",
        "message": "spec.type: odd", "lastTransitionTime": "2030-01-01T00:00:00Z"}]}});
    let patch = ["--subresource=status", "--type=merge", "-p", &patch.to_string()];
    bed.kubectl_ok(&[&["patch", "tcred", "odd", "-n", &namespace], &patch[..]].concat(), "");
}

#[test]
fn every_command_of_a_runbook_works_and_tells_something() {
    // Some commands list all namespaces. On the shared server they would also find the objects of other tests.
    let (bed, folder) = (&Bed::bare(), TempDir::new().unwrap());
    bed.install_crds().unwrap();
    let scene = Scene::new(bed, folder.path());
    let _operator = replica(bed, &scene, folder.path(), "operator");
    scene.push("acme-apns", "-345d", "+20d");
    scene.tenant(&["APNsCertificate"]);
    scene.until_read("acme-apns");
    // The Deployment and ServiceAccount of the operator, which in this test runs outside the cluster.
    let create = |kind: &[&str]| bed.kubectl_ok(&[kind, &["-n", &scene.qa]].concat(), "");
    create(&["create", "deployment", "lapsewatch", "--image=lapsewatch"]);
    create(&["label", "deployment", "lapsewatch", "app.kubernetes.io/name=lapsewatch"]);
    create(&["create", "serviceaccount", "lapsewatch"]);
    let account = format!("--serviceaccount={}:lapsewatch", scene.qa);
    create(&["create", "rolebinding", "lapsewatch", "--clusterrole=lapsewatch", &account]);
    let lease = ["get", "lease", "lapsewatch", "-n", &scene.acme, "-o", "json"];
    let lease = bed.kubectl_ok(&lease, "").replace(&format!("\"{}\"", scene.acme), &format!("\"{}\"", scene.qa));
    bed.kubectl_ok(&["create", "-f", "-"], &without_identity(&lease));
    let status = |path: &str| {
        let path = format!("jsonpath={{.status.{path}}}");
        bed.kubectl_ok(&["get", "tcred", "acme-apns", "-n", &scene.acme, "-o", &path], "")
    };
    let (fingerprint, identity) = (status("credential.fingerprint"), status("credential.identity"));
    for file in ["push.pem", "push.key"] {
        fs::copy(folder.path().join("acme-apns").join(file), folder.path().join(file)).unwrap();
    }
    invalid(bed);
    let placeholder = Regex::new(r"\b(OPERATOR-NAMESPACE|SERVICE-ACCOUNT|[A-Z]+)\b(:?)").unwrap();
    let mut ran = BTreeSet::new();
    for (name, line) in commands() {
        if NOT_HERE.iter().any(|missing| line.contains(missing)) {
            continue;
        }
        let (of_operator, of_tenant) = (OF_OPERATOR.contains(&name.as_str()), name == "LapsewatchMissingCredential");
        let stands_for = |word: &Captures<'_>| match (&word[1], &word[2]) {
            // The word is the heading of a column.
            (_, ":") => word[0].to_owned(),
            ("NAMESPACE", _) if of_operator => scene.qa.clone(),
            ("NAMESPACE", _) => scene.acme.clone(),
            ("OPERATOR-NAMESPACE", _) => scene.qa.clone(),
            ("NAME", _) if of_tenant => "acme-prod".to_owned(),
            ("NAME" | "SECRET", _) => "acme-apns".to_owned(),
            ("LEASE" | "SERVICE" | "SERVICE-ACCOUNT", _) => "lapsewatch".to_owned(),
            ("FINGERPRINT", _) => fingerprint.clone(),
            ("IDENTITY", _) => identity.clone(),
            (other, _) => other.to_owned(),
        };
        let command = placeholder.replace_all(&line, stands_for).into_owned();
        if !ran.insert(command.clone()) {
            continue;
        }
        let (code, said) = run(bed, folder.path(), &command);
        let is_well = match command.split(' ').next() {
            // Exit code 1 means that something needs attention, which is correct here.
            Some("lapsewatch") => matches!(code, Some(0 | 1)),
            // The answer "no" of `auth can-i` is useful too.
            _ if command.contains("auth can-i") => code == Some(0) || said.trim().ends_with("no"),
            _ => code == Some(0),
        };
        assert!(is_well, "{name}: {line}\n{command}: {code:?}\n{said}");
        let is_file = command.contains(" > ");
        assert!(!said.trim().is_empty() || is_file, "{name}: {command} prints nothing");
    }
    assert!(ran.len() > 30, "{ran:?}");
}
