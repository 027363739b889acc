//! Tests of the CRD's validation: which specs the server refuses, with which message at which field, and that it stores
//! the other specs unchanged.

use kube::api::{Patch, PatchParams, PostParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::{Api, Client};
use serde_json::{Value, json};

use lapsewatch_test_support::cluster::bed::bed;

pub mod invalid;
pub mod valid;

pub fn kind() -> ApiResource {
    let gvk = GroupVersionKind::gvk("lapsewatch.dev", "v1alpha1", "TenantCredential");
    ApiResource::from_gvk_with_plural(&gvk, "tenantcredentials")
}

fn api(client: Client, namespace: &str) -> Api<DynamicObject> {
    Api::namespaced_with(client, namespace, &kind())
}

pub fn dry_run() -> PostParams {
    PostParams { dry_run: true, ..PostParams::default() }
}

/// Returns a valid spec of this type with these fields added. A null removes the field.
pub fn spec(type_: &str, fields: Value) -> Value {
    let mut spec = match type_ {
        "DeclaredExpiry" => json!({"type": type_, "expirationTime": "2027-03-01T00:00:00Z"}),
        _ => json!({"type": type_, "secretRef": {"name": "acme"}}),
    };
    let map = spec.as_object_mut().expect("the spec is an object");
    for (name, value) in fields.as_object().expect("the fields are an object") {
        map.insert(name.clone(), value.clone());
    }
    map.retain(|_, value| !value.is_null());
    spec
}

/// Returns the fields that the server refuses, each with its message.
pub fn faults(error: kube::Error) -> Vec<(String, String)> {
    let kube::Error::Api(status) = error else { panic!("not an answer of the server's: {error}") };
    let causes = status.details.map(|d| d.causes).unwrap_or_default();
    causes.into_iter().map(|cause| (cause.field, cause.message)).collect()
}

#[tokio::test]
async fn what_is_invalid_is_refused_with_a_sentence_at_the_field_to_change() {
    let bed = bed();
    let namespace = bed.namespace("invalid");
    let api = api(bed.client().await, &namespace);
    let mut wrong = Vec::new();
    for (spec, field, says) in invalid::table() {
        let object = DynamicObject::new("acme", &kind()).data(json!({"spec": spec}));
        match api.create(&dry_run(), &object).await {
            Ok(_) => wrong.push(format!("{spec}\n  is accepted; {field} should be refused: {says}")),
            Err(error) => {
                let faults = faults(error);
                if !faults.iter().any(|(at, message)| at == field && message.contains(says)) {
                    wrong.push(format!(
                        "{spec}\n  should be refused at {field}: {says}\n  but the server says {faults:?}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Collects the messages of all validation rules in a schema.
fn messages(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            let rules = map.get("x-kubernetes-validations").and_then(Value::as_array);
            found.extend(rules.into_iter().flatten().filter_map(|rule| Some(rule["message"].as_str()?.to_owned())));
            map.values().for_each(|value| messages(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| messages(item, found)),
        _ => {}
    }
}

#[test]
fn every_rule_is_tried() {
    let mut rules = Vec::new();
    lapsewatch_core::api::crds::all().iter().for_each(|(_, crd)| messages(crd, &mut rules));
    assert!(rules.len() >= 10, "{rules:?}");
    // A separate test covers this rule.
    rules.retain(|rule| rule != IMMUTABLE);
    let tried: Vec<_> = invalid::table().into_iter().map(|(_, _, says)| says).collect();
    rules.retain(|rule| !tried.contains(&rule.as_str()));
    assert_eq!(rules, Vec::<String>::new(), "no spec of the table violates these rules");
}

const IMMUTABLE: &str = "type is immutable: create another TenantCredential for a credential of another type";

#[tokio::test]
async fn the_type_can_not_be_changed() {
    let bed = bed();
    let namespace = bed.namespace("immutable");
    let api = api(bed.client().await, &namespace);
    let object = DynamicObject::new("acme", &kind()).data(json!({"spec": spec("APNsCertificate", json!({}))}));
    api.create(&PostParams::default(), &object).await.expect("the object is valid");
    let patch = Patch::Merge(json!({"spec": {"type": "X509Certificate"}}));
    let error = api.patch("acme", &PatchParams::default(), &patch).await.expect_err("the type is immutable");
    assert!(
        matches!(&faults(error)[..], [(field, message)] if field == "spec.type" && message.contains(IMMUTABLE)),
        "the server should say {IMMUTABLE}"
    );
}

#[test]
fn what_is_valid_is_stored_as_it_was_applied_and_shows_no_drift() {
    let bed = bed();
    let namespace = bed.namespace("valid");
    let items: Vec<Value> = (1..)
        .zip(valid::specs())
        .map(|(i, spec)| {
            let metadata = json!({"name": format!("acme-{i:02}"), "namespace": namespace});
            json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential", "metadata": metadata, "spec": spec})
        })
        .collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    for way in ["--server-side=false", "--server-side=true"] {
        let applied = bed.kubectl_with(&["apply", way, "-f", "-"], &list);
        let said = String::from_utf8_lossy(&applied.stderr);
        assert!(applied.status.success() && !said.contains("Warning:"), "{way}: {said}");
        let diff = bed.kubectl_with(&["diff", way, "-f", "-"], &list);
        assert_eq!((diff.status.code(), String::from_utf8_lossy(&diff.stdout).as_ref()), (Some(0), ""), "{way}");
        let stored = bed.kubectl_ok(&["-n", &namespace, "get", "tcred", "-o", "json"], "");
        let stored: Value = serde_json::from_str(&stored).expect("JSON");
        for (item, stored) in items.iter().zip(stored["items"].as_array().expect("a list")) {
            assert_eq!(item["spec"], stored["spec"]);
        }
        bed.kubectl_ok(&["delete", "-f", "-"], &list);
    }
}

#[tokio::test]
async fn a_null_is_as_if_the_field_were_not_given() {
    let bed = bed();
    let namespace = bed.namespace("null");
    let api = api(bed.client().await, &namespace);
    let nulls = json!({
        "type": "APNsCertificate", "secretRef": {"name": "acme", "key": null}, "tenantRef": null, "warnBeforeDays": null,
        "reminderEveryHours": null, "expectedIdentities": null, "mutedUntil": null, "owner": null, "vppToken": null,
        "expirationTime": null,
    });
    let object = DynamicObject::new("acme", &kind()).data(json!({"spec": nulls}));
    let stored = api.create(&PostParams::default(), &object).await.expect("the object is valid");
    assert_eq!(stored.data["spec"], json!({"type": "APNsCertificate", "secretRef": {"name": "acme"}}));
}
