//! Tests that examples applied by another field manager show no drift after the operator has written their status.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::gitops::foreign::root;
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::story::{PATIENCE, Story};

/// Returns the examples that are applied unchanged.
fn examples() -> Vec<PathBuf> {
    let all = fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut yaml: Vec<PathBuf> = all.filter(|path| path.extension().is_some_and(|of| of == "yaml")).collect();
    yaml.sort();
    assert!(yaml.len() >= 5, "{yaml:?}");
    yaml
}

const NAMESPACES: [&str; 3] = ["acme", "globex", "globex-trial"];

/// Returns all objects of both kinds with their managed fields.
fn objects(bed: &Bed) -> Vec<Value> {
    let of = |namespace: &str| -> Vec<Value> {
        let args = ["get", "tcred,mdmt", "-n", namespace, "--show-managed-fields", "-o", "json"];
        let list: Value = serde_json::from_str(&bed.kubectl_ok(&args, "")).unwrap();
        list["items"].as_array().unwrap().clone()
    };
    NAMESPACES.into_iter().flat_map(of).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_s_writes_are_no_drift() {
    let mut story = Story::without_operator("drift", "2030-01-01T00:00:00Z").await;
    let bed = story.bed;
    for namespace in NAMESPACES {
        bed.kubectl_ok(&["create", "namespace", namespace], "");
    }
    story.also = NAMESPACES.map(str::to_owned).to_vec();
    let examples = examples();
    let files: Vec<&str> = examples.iter().flat_map(|path| ["-f", path.to_str().unwrap()]).collect();
    let manager = ["--server-side", "--field-manager=gitops"];
    bed.kubectl_ok(&[&["apply"], &manager[..], &files].concat(), "");
    let diff = || bed.kubectl(&[&["diff"], &manager[..], &files].concat());
    let none = diff();
    assert_eq!((none.status.code(), none.stdout.as_slice()), (Some(0), &b""[..]), "the applied spec is unchanged");

    story.start().await;
    let begun = Instant::now();
    let assessed = |object: &Value| object["status"]["conditions"][0]["status"] == "True";
    while !objects(bed).iter().all(assessed) {
        assert!(begun.elapsed() < PATIENCE, "some objects are not assessed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let after = diff();
    let said = String::from_utf8_lossy(&after.stdout).into_owned();
    assert_eq!(after.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&after.stderr));
    assert_eq!(said, "");

    // Only the GitOps engine owns the spec, and the operator owns nothing but the status.
    let objects = objects(bed);
    assert!(objects.len() >= 9, "{objects:#?}");
    for object in objects {
        for entry in object["metadata"]["managedFields"].as_array().unwrap() {
            let fields: Vec<&String> = entry["fieldsV1"].as_object().unwrap().keys().collect();
            match entry["manager"].as_str().unwrap() {
                "lapsewatch" => assert_eq!(fields, ["f:status"], "{entry:#}"),
                "gitops" => assert!(!fields.iter().any(|field| *field == "f:status"), "{entry:#}"),
                other => panic!("{other}"),
            }
        }
    }

    // A real difference is still detected.
    let changed = fs::read_to_string(root().join("examples/declared.yaml")).unwrap().replace("[60, 14]", "[60, 7]");
    let other = bed.kubectl_with(&[&["diff"], &manager[..], &["-f", "-"]].concat(), &changed);
    assert_eq!(other.status.code(), Some(1), "{}", String::from_utf8_lossy(&other.stderr));
}
