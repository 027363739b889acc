//! Tests of Argo CD's health check, kstatus and Flux's expressions on every possible state.

use std::collections::BTreeSet;
use std::fs;

use lapsewatch_core::api::reasons::FailureReason;
use serde_json::{Value, json};

use crate::gitops::foreign::{argo, example, status};
use crate::gitops::states::credentials;
use crate::gitops::table::{reasons, row_of, rows};
use crate::gitops::tenants::tenants;

/// The closed list of states, followed by the states that only a tenant can have.
const STATES: [&str; 12] = [
    "Unreadable",
    "Expired",
    "IdentityChanged",
    "KeyMismatch",
    "Duplicate",
    "Regressed",
    "NotYetValid",
    "IdentityUnknown",
    "ExpiryUnknown",
    "Pending",
    "Expiring",
    "Valid",
];
const OF_TENANTS: [&str; 2] = ["MissingCredential", "NoCredentials"];

fn all() -> Vec<Value> {
    let mut all = [credentials(), tenants()].concat();
    // The same objects after a change of the spec that no operator has assessed.
    let looked_at = |object: &&Value| object["status"]["observedGeneration"].is_i64();
    let changed = all.iter().filter(looked_at).cloned().map(|mut object| {
        object["metadata"]["generation"] = json!(2);
        object
    });
    let changed: Vec<Value> = changed.collect();
    all.extend(changed);
    all
}

#[test]
fn every_state_is_among_those_that_are_judged() {
    let (credentials, tenants) = (credentials(), tenants());
    let missing = |of: &[Value], type_: &str, all: &[&str]| -> Vec<String> {
        let found = reasons(of, type_);
        all.iter().filter(|reason| !found.contains(**reason)).map(|reason| (*reason).to_owned()).collect()
    };
    let failures = FailureReason::ALL.map(FailureReason::as_str);
    assert_eq!(missing(&credentials, "Ready", &failures), [""; 0]);
    assert_eq!(missing(&credentials, "Ready", &["Pending", "Assessed"]), [""; 0]);
    assert_eq!(missing(&credentials, "Healthy", &STATES), [""; 0]);
    assert_eq!(missing(&tenants, "Healthy", &OF_TENANTS), [""; 0]);
    let known: BTreeSet<&str> = STATES.into_iter().chain(OF_TENANTS).collect();
    for reason in reasons(&credentials, "Healthy").union(&reasons(&tenants, "Healthy")) {
        assert!(known.contains(reason.as_str()), "state {reason} is not in STATES");
    }
}

#[test]
fn what_is_made_of_each_state_is_what_the_documentation_says() {
    let (rows, all) = (rows(), all());
    assert!(all.len() > 500, "{}", all.len());
    let (argo, status) = (argo(&all), status(&all));
    let mut used = vec![0; rows.len()];
    for ((object, argo), status) in all.iter().zip(argo).zip(status) {
        let index = row_of(&rows, object);
        used[index] += 1;
        let row = &rows[index];
        let found = [argo.status.as_str(), &status.kstatus, &status.flux, &status.exprs];
        assert_eq!(found, [&row.argo, &row.kstatus, &row.kstatus, &row.exprs], "{}: {object:#}", row_name(object));
        assert!(!argo.message.is_empty(), "{object:#}");
    }
    assert!(used.iter().all(|count| *count > 0), "a row matches no state: used {used:?} of {rows:#?}");
}

fn row_name(object: &Value) -> String {
    format!("{} “{}”", object["kind"].as_str().unwrap(), object["metadata"]["name"].as_str().unwrap())
}

#[test]
fn nothing_is_waited_for_once_it_was_read() {
    let of_ready = |object: &Value| object["status"]["conditions"][0]["status"] == "True";
    let read: Vec<Value> = [credentials(), tenants()].concat().into_iter().filter(of_ready).collect();
    let expired = read.iter().filter(|object| object["status"]["conditions"][1]["reason"] == "Expired").count();
    assert!(expired >= 10, "{expired}");
    for (object, argo) in read.iter().zip(argo(&read)) {
        assert_ne!(argo.status, "Progressing", "{object:#}");
        // The message is the operator's, with the date or the cause.
        let message = object["status"]["conditions"][1]["message"].as_str().unwrap();
        assert!(argo.message.ends_with(message), "{}: {}", row_name(object), argo.message);
    }
    for (object, status) in read.iter().zip(status(&read)) {
        assert_eq!((status.kstatus.as_str(), status.exprs.as_str()), ("Current", "Current"), "{object:#}");
    }
}

#[test]
fn what_is_being_deleted_is_judged_as_such() {
    let mut object = credentials().swap_remove(0);
    object["metadata"]["deletionTimestamp"] = json!("2030-01-01T00:00:00Z");
    assert_eq!(argo(std::slice::from_ref(&object))[0].status, "Progressing");
    assert_eq!(status(&[object])[0].kstatus, "Terminating");
}

#[test]
fn one_script_is_for_both_kinds_and_stands_in_the_config_map() {
    let folder = example("argocd/resource_customizations/lapsewatch.dev");
    let script = |kind: &str| fs::read_to_string(folder.join(kind).join("health.lua")).unwrap();
    assert_eq!(script("TenantCredential"), script("MDMTenant"));
    let text = fs::read_to_string(example("argocd/argocd-cm.yaml")).unwrap();
    let config_map: Value = serde_norway::from_str(&text).unwrap();
    let data = config_map["data"].as_object().unwrap();
    assert_eq!(data.len(), 2);
    for kind in ["TenantCredential", "MDMTenant"] {
        let said = data[&format!("resource.customizations.health.lapsewatch.dev_{kind}")].as_str().unwrap();
        assert_eq!(said, script(kind), "argocd-cm.yaml has another script for {kind}");
    }
}
