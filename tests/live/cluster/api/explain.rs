//! Tests of `kubectl explain`, and that the server accepts the CRDs without a warning.

use std::time::{Duration, Instant};

use lapsewatch_core::api::{CredentialType, crds};
use serde_json::Value;

use lapsewatch_test_support::cluster::bed::bed;

/// Collects the paths of all fields below a schema that have no description.
fn undescribed(schema: &Value, path: &str, found: &mut Vec<String>) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        if field["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
            found.push(path.clone());
        }
        undescribed(field, &path, found);
    }
    if schema["items"].is_object() {
        undescribed(&schema["items"], &format!("{path}[]"), found);
    }
}

#[test]
fn every_field_has_a_description() {
    for (file, crd) in crds::all() {
        for version in crd["spec"]["versions"].as_array().expect("a CRD has versions") {
            let schema = &version["schema"]["openAPIV3Schema"];
            assert!(schema["properties"]["status"]["properties"].is_object(), "{file}");
            let mut found = Vec::new();
            undescribed(schema, file, &mut found);
            assert_eq!(found, Vec::<String>::new());
        }
    }
}

#[test]
fn kubectl_explains_every_field_of_the_spec() {
    let bed = bed();
    // The server publishes the schema of a new kind a moment after it serves the kind.
    let begun = Instant::now();
    for kind in ["tcred", "mdmt"] {
        while !bed.kubectl(&["explain", &format!("{kind}.spec")]).status.success() {
            assert!(begun.elapsed() < Duration::from_secs(180), "kubectl explain does not find {kind}");
            std::thread::sleep(Duration::from_millis(500));
        }
    }
    let type_ = bed.kubectl_ok(&["explain", "tcred.spec.type"], "");
    assert!(type_.contains("The type of the credential."), "{type_}");
    assert!(CredentialType::ALL.iter().all(|t| type_.contains(&format!("\n    {t}\n"))), "{type_}");
    let environment = bed.kubectl_ok(&["explain", "mdmt.spec.environment"], "");
    assert!(environment.contains("The purpose of a tenant."), "{environment}");
    for value in ["Production", "Trial", "QA", "Development"] {
        assert!(environment.contains(&format!("\n    {value}\n")), "{environment}");
    }

    for (_, crd) in crds::all() {
        let kind = crd["spec"]["names"]["singular"].as_str().expect("the kind has a name").to_owned();
        for half in ["spec", "status"] {
            let all = bed.kubectl_ok(&["explain", &format!("{kind}.{half}"), "--recursive"], "");
            let level = bed.kubectl_ok(&["explain", &format!("{kind}.{half}")], "");
            assert!(!level.contains("<no description>") && !level.contains("<empty>"), "{level}");
            let pointer = format!("/spec/versions/0/schema/openAPIV3Schema/properties/{half}/properties");
            for name in crd.pointer(&pointer).and_then(Value::as_object).expect("the spec has fields").keys() {
                assert!(all.lines().any(|line| line.split_whitespace().next() == Some(name)), "{name} in {all}");
            }
        }
    }
}

#[test]
fn the_server_takes_the_crds_without_a_warning() {
    let bed = bed();
    let text = lapsewatch_cli::crds::yaml().expect("the CRDs can be written");
    for way in ["--server-side=true", "--server-side=false"] {
        let output = bed.kubectl_with(&["apply", way, "--dry-run=server", "--force-conflicts=false", "-f", "-"], &text);
        let said = String::from_utf8_lossy(&output.stderr);
        // kubectl prints this warning because the test bed created the CRDs with server-side apply.
        let said: Vec<_> = said.lines().filter(|line| !line.contains("last-applied-configuration")).collect();
        assert!(output.status.success() && said.is_empty(), "{way}: {said:?}");
    }
}
