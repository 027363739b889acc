//! Tests that `check` reports the same errors for a spec as the server does, except for quoted values.

use kube::Api;
use kube::core::{ApiResource, DynamicObject};
use lapsewatch_cli::manifests::rules::Rules;
use serde_json::{Value, json};

use super::rules::{self, dry_run, faults};
use super::tenant;
use lapsewatch_test_support::cluster::bed::bed;

/// Returns every error that only the server or only `check` reports.
fn differences(spec: &Value, server: &[(String, String)], offline: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    // `check` prints "PATH: KIND: DETAIL". The server returns "PATH" and "KIND: VALUE: DETAIL".
    let is_same = |(path, message): &(String, String), offline: &str| {
        let Some(rest) = offline.strip_prefix(&format!("{path}: ")) else { return false };
        let (kind, detail) = rest.split_once(": ").unwrap_or((rest, ""));
        message.starts_with(kind) && message.contains(detail)
    };
    // Without strict validation, the server drops unknown fields.
    let offline: Vec<&String> = offline.iter().filter(|fault| !fault.starts_with("unknown field")).collect();
    for fault in offline.iter().filter(|fault| !server.iter().any(|said| is_same(said, fault))) {
        wrong.push(format!("{spec}\n  check says {fault}\n  the server says {server:#?}"));
    }
    for said in server {
        // For a number with a fraction the server reports the same error twice, once without a field.
        let is_of_no_field = said.0 == "<nil>";
        if !is_of_no_field && !offline.iter().any(|fault| is_same(said, fault)) {
            wrong.push(format!("{spec}\n  the server says {said:?}\n  check says {offline:#?}"));
        }
    }
    wrong
}

async fn compare(kind: ApiResource, file: &str, invalid: Vec<Value>, valid: Vec<Value>) {
    let bed = bed();
    let namespace = bed.namespace("offline");
    let api: Api<DynamicObject> = Api::namespaced_with(bed.client().await, &namespace, &kind);
    let rules = Rules::for_crd(file);
    let offline = |spec: &Value| rules.broken(spec).iter().map(ToString::to_string).collect::<Vec<String>>();
    let mut wrong = Vec::new();
    assert!(invalid.len() > 30, "{}", invalid.len());
    for spec in invalid {
        let object = DynamicObject::new("acme", &kind).data(json!({"spec": spec}));
        let server = api.create(&dry_run(), &object).await.map(|_| Vec::new()).unwrap_or_else(faults);
        assert!(!server.is_empty(), "{spec}");
        wrong.extend(differences(&spec, &server, &offline(&spec)));
    }
    for spec in valid {
        assert_eq!(offline(&spec), Vec::<String>::new(), "{spec}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_credential_is_refused_with_the_servers_words() {
    let several = [
        json!({}),
        rules::spec(
            "APNsCertificate",
            json!({"warnBeforeDays": [0, 7, 1.5, "x"], "owner": 7, "secretRef": {"name": "A"}}),
        ),
        rules::spec("X509Certificate", json!({"warnBeforeDays": [7, 30], "secretRef": {"name": "A"}})),
        rules::spec("X509Certificate", json!({"mutedUntil": "tomorrow", "expectedIdentities": ["a"]})),
        rules::spec(
            "DeclaredExpiry",
            json!({"secretRef": {"name": "a"}, "expirationTime": null, "warnBeforeDays": [1, 1]}),
        ),
    ];
    let invalid = rules::invalid::table().into_iter().map(|(spec, _, _)| spec).chain(several).collect();
    compare(rules::kind(), "tenantcredentials.yaml", invalid, rules::valid::specs()).await;
}

#[tokio::test]
async fn a_tenant_is_refused_with_the_servers_words() {
    let invalid = tenant::invalid().into_iter().map(|(spec, _, _)| spec).collect();
    compare(tenant::kind(), "mdmtenants.yaml", invalid, tenant::valid()).await;
}

#[test]
fn an_unknown_field_is_refused_with_the_servers_words() {
    let bed = bed();
    let namespace = bed.namespace("unknown-field");
    let mut spec = rules::spec("APNsCertificate", json!({"warnBeforeDay": [1]}));
    spec["secretRef"]["kye"] = json!("a");
    let object = json!({
        "apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": "a", "namespace": namespace}, "spec": spec,
    });
    let refused =
        bed.kubectl_with(&["create", "--dry-run=server", "--validate=strict", "-f", "-"], &object.to_string());
    let server = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    let offline: Vec<String> =
        Rules::for_crd("tenantcredentials.yaml").broken(&spec).iter().map(ToString::to_string).collect();
    assert_eq!(offline, [r#"unknown field "spec.secretRef.kye""#, r#"unknown field "spec.warnBeforeDay""#]);
    assert!(offline.iter().all(|fault| server.contains(fault)), "{server}");
}
