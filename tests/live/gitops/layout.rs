//! Tests of the health checks in the layout of Argo CD's resource_customizations, with tests in Argo CD's format. The
//! test cases are statuses that the operator's code creates. LAPSEWATCH_WRITE=1 writes them again.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::gitops::foreign::{argo_tests, example};
use crate::gitops::states::credentials;
use crate::gitops::tenants::tenants;

/// A file of testdata, the state in that file, and the expected verdict of Argo CD.
type Case = (&'static str, &'static str, &'static str);

const CREDENTIALS: [Case; 8] = [
    ("pending", "unseen", "Progressing"),
    ("spec-changed", "APNsCertificate at 2030-03-01T00:00:00Z", "Progressing"),
    ("valid", "APNsCertificate at 2030-03-01T00:00:00Z", "Healthy"),
    ("expiring", "APNsCertificate at 2030-12-27T00:00:00Z", "Healthy"),
    ("expired", "VPPToken at 2031-01-02T00:00:00Z", "Degraded"),
    ("secret-not-found", "APNsCertificate SecretNotFound from the beginning", "Degraded"),
    ("token-in-use", "VPPToken TokenInUse", "Degraded"),
    ("staged-renewal", "APNsCertificate Superseded { certain: true }", "Healthy"),
];
const TENANTS: [Case; 5] = [
    ("pending", "unseen", "Progressing"),
    ("spec-changed", "valid and valid", "Progressing"),
    ("expiring", "valid and expiring", "Healthy"),
    ("expired", "valid and expired", "Degraded"),
    ("missing", "valid, and what is missing", "Degraded"),
];

fn condition<'a>(object: &'a Value, type_: &str) -> &'a Value {
    object["status"]["conditions"].as_array().unwrap().iter().find(|c| c["type"] == type_).unwrap()
}

/// Returns the expected message, which is that of the deciding condition.
fn message(case: &str, object: &Value) -> String {
    let ready = condition(object, "Ready");
    let said = if ready["status"] == "False" { ready } else { condition(object, "Healthy") };
    match case {
        "pending" => "waiting for the operator".to_owned(),
        "spec-changed" => "waiting for the operator to look at the changed spec".to_owned(),
        _ => format!("{}: {}", said["reason"].as_str().unwrap(), said["message"].as_str().unwrap()),
    }
}

/// Compares a file with the expected text, or writes the text to the file.
fn holds(path: &Path, text: &str) {
    if std::env::var_os("LAPSEWATCH_WRITE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(found == text, "{} is outdated: run the test with LAPSEWATCH_WRITE=1", path.display());
}

fn check(kind: &str, cases: &[Case], all: &[Value]) {
    let folder = example("argocd/resource_customizations/lapsewatch.dev").join(kind);
    let mut tests = "tests:\n".to_owned();
    for (case, name, expected) in cases {
        let mut object = all.iter().find(|object| object["metadata"]["name"] == *name).unwrap().clone();
        object["metadata"]["name"] = json!(case);
        if *case == "spec-changed" {
            object["metadata"]["generation"] = json!(2);
        }
        holds(&folder.join(format!("testdata/{case}.yaml")), &serde_norway::to_string(&object).unwrap());
        let message = Value::from(message(case, &object));
        write!(
            tests,
            "- healthStatus:\n    status: {expected}\n    message: {message}\n  inputPath: testdata/{case}.yaml\n"
        )
        .unwrap();
    }
    holds(&folder.join("health_test.yaml"), &tests);
    let files = fs::read_dir(folder.join("testdata")).unwrap().count();
    assert_eq!(files, cases.len(), "testdata contains a file without a test");
    assert_eq!(argo_tests(&folder), Ok(cases.len()));
}

#[test]
fn argo_cd_s_own_tests_pass_for_credentials() {
    check("TenantCredential", &CREDENTIALS, &credentials());
}

#[test]
fn argo_cd_s_own_tests_pass_for_tenants() {
    check("MDMTenant", &TENANTS, &tenants());
}
