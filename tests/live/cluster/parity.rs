//! Tests that `check` and the operator agree. `check` reads a folder of manifests, the operator the same objects on an
//! API server: conditions, reasons and messages are equal for each object.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde_json::{Value, json};

use lapsewatch_test_support::canary;
use lapsewatch_test_support::cluster::story::{Story, fixture};

/// Returns the manifests by name. They are created in this order, so that the first by age is also the first by name.
fn manifests(namespace: &str) -> BTreeMap<String, Vec<Value>> {
    let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut add = |name: &str, spec: Value, data: Option<Vec<(&str, Vec<u8>)>>| {
        let object = |api: &str, kind: &str, rest: Value| {
            let mut object =
                json!({"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace}});
            for (field, value) in rest.as_object().unwrap() {
                object[field] = value.clone();
            }
            object
        };
        let mut objects = Vec::new();
        if let Some(data) = data {
            let data: Value =
                data.iter().map(|(key, value)| ((*key).to_owned(), Value::from(STANDARD.encode(value)))).collect();
            objects.push(object("v1", "Secret", json!({"data": data})));
        }
        let kind = if spec.get("type").is_some() { "TenantCredential" } else { "MDMTenant" };
        objects.push(object("lapsewatch.dev/v1alpha1", kind, json!({"spec": spec})));
        all.insert(name.to_owned(), objects);
    };
    // Every artefact of the canary, both readable and unreadable.
    for case in canary::cases() {
        add(case.name, case.spec(), Some(case.values.iter().map(|(key, value)| (*key, value.clone())).collect()));
    }
    let file = |key: &'static str, name: &str| vec![(key, fixture(name))];
    // A tenant with days, an owner, a missing type, and a token in two places.
    let owner = json!({"contact": "#mobile-ops", "runbookURL": "https://wiki.acme.example/mdm"});
    add(
        "acme-prod",
        json!({
            "environment": "Production", "supportAccount": "30012345", "owner": owner,
            "warnBeforeDays": {"VPPToken": [400, 20]}, "requiredCredentials": ["DEPToken", "VPPToken"],
        }),
        None,
    );
    add("acme-trial", json!({"environment": "Trial"}), None);
    let vpp = |tenant: &str, name: &str| json!({"type": "VPPToken", "tenantRef": {"name": tenant}, "secretRef": {"name": name}});
    add("zz-vpp", vpp("acme-prod", "zz-vpp"), Some(file("t", "vpp/b.vpptoken")));
    let mut claims = vpp("acme-trial", "zz-vpp-claims");
    claims["vppToken"] = json!({"override": "Enabled"});
    add("zz-vpp-claims", claims, Some(file("t", "vpp/b.vpptoken")));
    let apns = |tenant: &str, name: &str| {
        json!({
            "type": "APNsCertificate", "tenantRef": {"name": tenant}, "secretRef": {"name": name},
            "owner": {"account": "mdm@acme.example"},
        })
    };
    let pair = |certificate: &str, key: &str| vec![("push.pem", fixture(certificate)), ("push.key", fixture(key))];
    add("zz-apns", apns("acme-prod", "zz-apns"), Some(pair("apns/a.pem", "apns/a.key")));
    add("zz-apns-other-key", apns("acme-prod", "zz-apns-other-key"), Some(pair("apns/b.pem", "apns/a.key")));
    let mut pinned = apns("acme-prod", "zz-apns-pinned");
    pinned["expectedIdentities"] = json!(["com.apple.mgmt.External.other"]);
    add("zz-apns-pinned", pinned, Some(pair("apns/a-renewed.pem", "apns/a.key")));
    add(
        "zz-contract",
        json!({"type": "DeclaredExpiry", "expirationTime": "2030-02-01T00:00:00Z", "tenantRef": {"name": "acme-prod"}}),
        None,
    );
    all
}

/// Returns the parts of a status that are compared: everything but transition times and generations.
fn substance(status: &Value) -> Value {
    let pick = |entry: &Value, fields: &[&str]| -> Value {
        fields.iter().map(|field| ((*field).to_owned(), entry[*field].clone())).collect()
    };
    let each = |list: &Value, fields: &[&str]| -> Vec<Value> {
        list.as_array().into_iter().flatten().map(|entry| pick(entry, fields)).collect()
    };
    let mut conditions = each(&status["conditions"], &["type", "status", "reason", "message"]);
    conditions.sort_by_key(|condition| condition["type"].to_string());
    let of_notification = ["type", "reason", "severity", "message", "impact", "remedy", "runbookURL"];
    let said = json!({
        "severity": status["severity"],
        "conditions": conditions,
        "notifications": each(&status["notifications"], &of_notification),
        "duplicates": status["duplicates"].as_array().cloned().unwrap_or_default(),
    });
    // `check` counts the holders that it does not name. The operator does not, because a count would change the
    // statuses of all holders at once.
    let counted = Regex::new(r" and \d+ others?").unwrap();
    serde_json::from_str(&counted.replace_all(&said.to_string(), " and others")).unwrap()
}

/// Returns the result of `check` by kind and name.
fn check(folder: &Path, at: &str) -> BTreeMap<String, Value> {
    let run = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
        .args(["check", "-o", "json", "--at", at])
        .arg(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    // Exit code 2: some of the artefacts can't be read.
    assert_eq!(run.status.code(), Some(2), "{said}");
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let of = |list: &str| -> Vec<(String, Value)> {
        let all = report[list].as_array().unwrap().iter();
        all.map(|one| (format!("{list}/{}", one["name"].as_str().unwrap()), substance(one))).collect()
    };
    of("credentials").into_iter().chain(of("tenants")).collect()
}

/// Returns the statuses that the operator wrote, by kind and name.
fn operator(story: &Story) -> BTreeMap<String, Value> {
    let args = ["get", "tcred,mdmt", "-n", &story.namespace, "-o", "json"];
    let all: Value = serde_json::from_str(&story.bed.kubectl_ok(&args, "")).unwrap();
    let of = |object: &Value| {
        let list = if object["kind"] == "MDMTenant" { "tenants" } else { "credentials" };
        (format!("{list}/{}", object["metadata"]["name"].as_str().unwrap()), substance(&object["status"]))
    };
    all["items"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn check_says_what_the_operator_says() {
    const TIMES: [&str; 3] = ["2029-12-10T00:00:00Z", "2030-06-01T12:00:00Z", "2040-01-01T00:00:00Z"];
    let mut story = Story::without_operator("parity", TIMES[0]).await;
    let folder = tempfile::tempdir().unwrap();
    let manifests = manifests(&story.namespace);
    let mut applied = String::new();
    for (name, objects) in &manifests {
        // Every JSON document is a YAML document.
        let text: String = objects.iter().map(|object| format!("---\n{object}\n")).collect();
        std::fs::write(folder.path().join(format!("{name}.yaml")), &text).unwrap();
        applied += &text;
    }
    story.bed.kubectl_ok(&["create", "-f", "-"], &applied);
    let mut states = BTreeSet::new();
    for (index, at) in TIMES.into_iter().enumerate() {
        story.at(at);
        if index == 0 {
            story.start().await;
        }
        let expected = check(folder.path(), at);
        assert_eq!(expected.len(), manifests.len());
        states.extend(self::states(&expected));
        let begun = Instant::now();
        loop {
            let said = operator(&story);
            let wrong: Vec<_> = expected.iter().filter(|(name, one)| said.get(*name) != Some(one)).collect();
            let Some((name, one)) = wrong.first() else { break };
            assert!(
                begun.elapsed() < Duration::from_secs(180),
                "{} of {} differ at {at}, the first is {name}:\ncheck: {one:#}\noperator: {:#}",
                wrong.len(),
                expected.len(),
                said.get(*name).unwrap_or(&Value::Null)
            );
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    assert!(states.len() >= 6, "the folder lacks a kind of state: {states:?}");
}

/// Returns the reasons of all Healthy conditions.
fn states(said: &BTreeMap<String, Value>) -> Vec<String> {
    let conditions = said.values().flat_map(|one| one["conditions"].as_array().into_iter().flatten());
    let healthy = conditions.filter(|condition| condition["type"] == "Healthy");
    healthy.map(|condition| condition["reason"].as_str().unwrap().to_owned()).collect()
}
