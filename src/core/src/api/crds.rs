//! Generates the CustomResourceDefinitions from the API types and adds the default of `status`.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube_core::CustomResourceExt;
use serde_json::{Value, json};

use super::{MDMTenant, TenantCredential};

/// Returns all CustomResourceDefinitions of the project as JSON, each with the name of its file in `crds/`.
pub fn all() -> Vec<(&'static str, Value)> {
    vec![("tenantcredentials.yaml", finish(&TenantCredential::crd())), ("mdmtenants.yaml", finish(&MDMTenant::crd()))]
}

/// Returns the text of a file in `crds/`. `make crds` writes these files from [`all`]. Empty for any other file name.
pub fn written(file: &str) -> &'static str {
    match file {
        "tenantcredentials.yaml" => include_str!("../../../../crds/tenantcredentials.yaml"),
        "mdmtenants.yaml" => include_str!("../../../../crds/mdmtenants.yaml"),
        _ => "",
    }
}

fn finish(crd: &CustomResourceDefinition) -> Value {
    let mut crd = serde_json::to_value(crd).unwrap_or_default();
    // Without this default, Helm and kstatus report an object as healthy before any operator has assessed the object.
    // No other field has a default: the API server would store the default in the object, and GitOps tools would report
    // drift.
    if let Some(status) = crd.pointer_mut("/spec/versions/0/schema/openAPIV3Schema/properties/status") {
        let pending = |type_: &str| {
            json!({
                "type": type_, "status": "Unknown", "reason": "Pending",
                "lastTransitionTime": "1970-01-01T00:00:00Z", "message": "waiting for the operator",
            })
        };
        status["default"] = json!({"conditions": [pending("Ready"), pending("Healthy")]});
    }
    drop_rust_formats(&mut crd);
    crd
}

/// Removes two things that schemars adds: formats such as `uint16`, and `nullable: true`.
///
/// The API server does not support the `uint` formats in a structural schema and warns about them. Without `nullable`,
/// the server treats a null as an absent field, so that no null reaches a validation rule or is stored.
fn drop_rust_formats(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("format").and_then(Value::as_str).is_some_and(|f| f.starts_with("uint")) {
                map.remove("format");
            }
            if map.get("nullable").is_some_and(Value::is_boolean) {
                map.remove("nullable");
            }
            // Line breaks within a paragraph come from the source code and mean nothing in a description.
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = text.replace("\n\n", "\u{0}").replace('\n', " ").replace('\u{0}', "\n\n");
            }
            map.values_mut().for_each(drop_rust_formats);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_rust_formats),
        _ => {}
    }
}
