//! Tests of Kustomize with a generated Secret, run by kubectl. The TenantCredential refers to the Secret's name with
//! its hash, and a renewal changes that reference without losing the history.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::gitops::foreign::{answer, example};
use lapsewatch_test_support::cluster::bed::bed;
use lapsewatch_test_support::cluster::story::{Story, fixture, said};

/// Copies the example into a folder where it can be changed.
fn copy() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(example("kustomize")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

fn change(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(&path, text.replace(from, to)).unwrap();
}

/// Returns kustomize's output for a folder.
fn build(folder: &Path) -> String {
    bed().kubectl_ok(&["kustomize", folder.to_str().unwrap()], "")
}

fn object(text: &str, kind: &str) -> Value {
    let documents = serde_norway::Deserializer::from_str(text).map(|one| Value::deserialize(one).unwrap());
    documents.into_iter().find(|object| object["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in {text}"))
}

#[test]
fn names_of_secrets_and_tenants_are_rewritten() {
    let folder = copy();
    let text = build(folder.path());
    let secret = object(&text, "Secret")["metadata"]["name"].clone();
    assert!(secret.as_str().unwrap().starts_with("wonka-apns-"), "{secret}");
    assert_eq!(object(&text, "TenantCredential")["spec"]["secretRef"]["name"], secret);
    // `check` in a pipeline, before anything is applied, finds the Secret under its new name.
    let checked = answer(Command::new(env!("CARGO_BIN_EXE_lapsewatch")).args(["check", "-"]), &text);
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success() && said.contains("checked 1, skipped 0; 1 tenant"), "{said}");

    change(folder.path(), "kustomization.yaml", "namespace: wonka", "namespace: wonka\nnamePrefix: eu-");
    let text = build(folder.path());
    let credential = object(&text, "TenantCredential");
    assert!(credential["spec"]["secretRef"]["name"].as_str().unwrap().starts_with("eu-wonka-apns-"), "{text}");
    assert_eq!(credential["spec"]["tenantRef"]["name"], "eu-wonka-prod");
    assert_eq!(object(&text, "MDMTenant")["metadata"]["name"], "eu-wonka-prod");

    // Without the configuration file, the references are not rewritten.
    change(folder.path(), "kustomization.yaml", "configurations:\n  - lapsewatch.yaml\n", "");
    let credential = object(&build(folder.path()), "TenantCredential");
    assert_eq!(credential["spec"]["secretRef"]["name"], "wonka-apns");
    assert_eq!(credential["spec"]["tenantRef"]["name"], "wonka-prod");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_is_a_re_point_and_the_history_survives_it() {
    bed().kubectl_ok(&["create", "namespace", "wonka"], "");
    let mut story = Story::within(bed(), "wonka".to_owned(), "2030-12-10T00:00:00Z").await;
    story.start().await;
    let folder = copy();
    let holds = |pem: &str| {
        fs::write(folder.path().join("push.pem"), fixture(pem)).unwrap();
        fs::write(folder.path().join("push.key"), fixture("apns/a.key")).unwrap();
    };
    let apply = || {
        let text = build(folder.path());
        story.bed.kubectl_ok(&["apply", "--server-side", "--field-manager=gitops", "-f", "-"], &text);
        object(&text, "Secret")["metadata"]["name"].as_str().unwrap().to_owned()
    };
    holds("apns/a.pem");
    let first = apply();
    let expiring = [("Expiring", "True/Within30Days"), ("Healthy", "True/Expiring"), ("severity", "Warning")];
    let before = story.expect("wonka-apns", &expiring).await;

    holds("apns/a-renewed.pem");
    let second = apply();
    assert_ne!(first, second, "the Secret has a new name");
    let renewed = [("lastChange", "Renewed"), ("Healthy", "True/Valid"), ("IdentityChanged", "False/Unchanged")];
    story.expect("wonka-apns", &renewed).await;
    // The operator records the Event of the renewal in a second write.
    story.calm().await;
    let status = story.status("wonka-apns").await;
    // A GitOps engine with pruning deletes the previous Secret next.
    story.bed.kubectl_ok(&["delete", "secret", &first, "-n", "wonka"], "");
    story.calm().await;
    let status_after = story.status("wonka-apns").await;
    assert_eq!(status_after, status, "the deleted Secret does not change the status");
    assert_eq!(status["lastRead"]["name"], second.as_str());
    let change = &status["lastChange"];
    assert_eq!(change["from"]["fingerprint"], before["credential"]["fingerprint"]);
    assert_eq!(change["from"]["notAfter"], "2031-01-01T00:00:00Z");
    assert_eq!(change["to"]["notAfter"], "2031-12-01T00:00:00Z");
    assert_eq!(said(&status, "accepted"), said(&before, "accepted"));
}
