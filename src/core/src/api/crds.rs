//! The CustomResourceDefinitions as they are installed: what the types say, and the default of `status`.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube_core::CustomResourceExt;
use serde_json::{Value, json};

use super::{MDMTenant, TenantCredential};

/// All of the project's definitions as JSON, each with the name of its file in `crds/`.
pub fn all() -> Vec<(&'static str, Value)> {
    vec![("tenantcredentials.yaml", finish(&TenantCredential::crd())), ("mdmtenants.yaml", finish(&MDMTenant::crd()))]
}

/// The text of a file in `crds/`, which says what [`all`] says; empty where there is no such file.
pub fn written(file: &str) -> &'static str {
    match file {
        "tenantcredentials.yaml" => include_str!("../../../../crds/tenantcredentials.yaml"),
        "mdmtenants.yaml" => include_str!("../../../../crds/mdmtenants.yaml"),
        _ => "",
    }
}

fn finish(crd: &CustomResourceDefinition) -> Value {
    let mut crd = serde_json::to_value(crd).unwrap_or_default();
    // Without it Helm and kstatus call an object healthy that no operator ever saw. It is the only default: another
    // one would be stored unasked and show as drift in GitOps.
    if let Some(status) = crd.pointer_mut("/spec/versions/0/schema/openAPIV3Schema/properties/status") {
        let pending = |type_: &str| {
            json!({
                "type": type_, "status": "Unknown", "reason": "Pending",
                "lastTransitionTime": "1970-01-01T00:00:00Z", "message": "waiting for the operator",
            })
        };
        status["default"] = json!({"conditions": [pending("Ready"), pending("Healthy")]});
    }
    plain(&mut crd);
    crd
}

/// Drops what an API server's structural schema has no meaning for and warns about, Rust's own number formats; and
/// `nullable`, without which the server drops a null as if the field were not given, so that none reaches a rule or is
/// stored.
fn plain(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("format").and_then(Value::as_str).is_some_and(|f| f.starts_with("uint")) {
                map.remove("format");
            }
            if map.get("nullable").is_some_and(Value::is_boolean) {
                map.remove("nullable");
            }
            // A comment's line ends are none of its reader's.
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = text.replace("\n\n", "\u{0}").replace('\n', " ").replace('\u{0}', "\n\n");
            }
            map.values_mut().for_each(plain);
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}
