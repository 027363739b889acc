//! Tests of the CustomResourceDefinitions in a release: an upgrade installs their new version, a rollback the previous
//! version, and an uninstall deletes them if the chart is configured to.

use std::fs;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::chart::documented::{added, contract, helm_ok, objects};
use crate::chart::operator::until;
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::helm::{chart, helm};

/// Returns the chart as an older version, in which a TenantCredential has no field for muting.
fn older() -> TempDir {
    let older = TempDir::new().unwrap();
    let copied = Command::new("cp").arg("-R").arg(chart().join(".")).arg(older.path()).status().unwrap();
    assert!(copied.success());
    let file = older.path().join("files/crds/tenantcredentials.yaml");
    let mut crd: Value = serde_norway::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let spec = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
    crd.pointer_mut(spec).unwrap().as_object_mut().unwrap().remove("mutedUntil").expect("the field is in the CRD");
    fs::write(&file, serde_norway::to_string(&crd).unwrap()).unwrap();
    older
}

#[test]
fn they_follow_the_release_and_objects_stay_until_they_go() {
    let bed = Bed::bare();
    bed.kubectl_ok(&["create", "namespace", "mdm"], "");
    let bare = objects(&bed);
    let kubeconfig = Some(bed.kubeconfig.as_path());
    let run = |args: &[&str]| helm_ok(kubeconfig, &[args, &["--namespace", "mdm"]].concat());
    let mutes = || bed.kubectl(&["--cache-dir=fresh", "explain", "tcred.spec.mutedUntil"]).status.success();
    let until_it_mutes = |is_so: bool| until(&format!("mutedUntil is there: {is_so}"), || mutes() == is_so);

    let older = older();
    run(&["install", "lapsewatch", older.path().to_str().unwrap()]);
    let definition = "crd/tenantcredentials.lapsewatch.dev";
    bed.kubectl_ok(&["wait", "--for=condition=Established", "--timeout=60s", definition], "");
    contract(&bed, "mdm");
    assert!(!mutes());
    let upgrade = ["upgrade", "lapsewatch", chart().to_str().unwrap(), "--set=crds.keep=false"].map(str::to_owned);
    let upgrade: Vec<&str> = upgrade.iter().map(String::as_str).collect();
    run(&upgrade);
    until_it_mutes(true);
    run(&["rollback", "lapsewatch", "1"]);
    until_it_mutes(false);
    run(&upgrade);
    until_it_mutes(true);
    let kept = bed.kubectl_ok(&["get", "tcred", "-n", "mdm", "-o", "name"], "");
    assert!(kept.contains("contract"), "the objects are kept: {kept}");

    run(&["uninstall", "lapsewatch", "--wait"]);
    until("something is left", || added(&bare, &objects(&bed)).is_empty());
    assert!(!helm(kubeconfig, &["status", "lapsewatch", "--namespace", "mdm"]).status.success());
}
