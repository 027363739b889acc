//! Tests of the MDMTenant on a real server: which specs are refused and accepted, how selectors work, and what kubectl
//! shows.

use kube::Api;
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use lapsewatch_core::api::CredentialType;
use serde_json::{Value, json};

use super::rules::{dry_run, faults};
use lapsewatch_test_support::cluster::bed::bed;

const DAYS: &str = "warnBeforeDays must fall from number to number, without repeats, such as [60, 30, 14, 7, 1]";
const PLAIN: &str = "should match '^[^\\x00-\\x1f\\x7f]+$'";

pub fn kind() -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk("lapsewatch.dev", "v1alpha1", "MDMTenant"), "mdmtenants")
}

/// Returns invalid specs, each with the field that the server names and the server's message.
pub fn invalid() -> Vec<(Value, String, &'static str)> {
    let mut table: Vec<(Value, String, &'static str)> = Vec::new();
    let mut add = |spec: Value, field: &str, says| table.push((spec, format!("spec.{field}"), says));
    for field in ["displayName", "product", "supportAccount"] {
        add(json!({field: ""}), field, "should be at least 1 chars long");
        add(json!({field: "a".repeat(129)}), field, "Too long: may not be more than 128 bytes");
        add(json!({field: "a\nb"}), field, PLAIN);
        add(json!({field: "a\u{7f}"}), field, PLAIN);
        add(json!({field: 7}), field, "must be of type string: \"integer\"");
    }
    add(
        json!({"environment": "production"}),
        "environment",
        "Unsupported value: \"production\": supported values: \"Production\", \"Trial\", \"QA\", \"Development\"",
    );
    add(json!({"owner": {"contact": "a\tb"}}), "owner.contact", PLAIN);
    add(json!({"owner": {"account": ""}}), "owner.account", "should be at least 1 chars long");
    add(json!({"owner": {"runbookURL": "wiki"}}), "owner.runbookURL", "should match '^https?://[!-~]+$'");
    for type_ in CredentialType::ALL {
        let field = format!("warnBeforeDays.{type_}");
        let days = |days: Value| json!({"warnBeforeDays": {type_.as_str(): days}});
        for rising in [json!([7, 30]), json!([30, 30]), json!([60, 7, 30])] {
            add(days(rising), &field, DAYS);
        }
        add(days(json!([])), &field, "should have at least 1 items");
        let eleven = days(json!([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]));
        add(eleven, &field, "Too many: 11: must have at most 10 items");
        add(days(json!([0])), &format!("{field}[0]"), "should be greater than or equal to 1");
        add(days(json!([3651])), &format!("{field}[0]"), "should be less than or equal to 3650");
        add(days(json!(["30"])), &format!("{field}[0]"), "must be of type integer: \"string\"");
    }
    // A type without days is refused, even if the type is unknown to this version.
    for none in [json!({}), json!({"VPPToken": null}), json!({"Passkey": [30]})] {
        add(json!({"warnBeforeDays": none}), "warnBeforeDays", "should have at least 1 properties");
    }
    let field = "requiredCredentials";
    add(json!({field: []}), field, "should have at least 1 items");
    add(json!({field: ["VPPToken", "VPPToken"]}), "requiredCredentials[1]", "Duplicate value: \"VPPToken\"");
    add(json!({field: ["Passkey"]}), "requiredCredentials[0]", "Unsupported value: \"Passkey\": supported values: ");
    let seven: Vec<&str> = CredentialType::ALL.iter().map(|type_| type_.as_str()).chain(["VPPToken"]).collect();
    add(json!({field: seven}), field, "Too many: 7: must have at most 6 items");
    table
}

/// Returns valid specs: the minimum, and every field at its limit.
pub fn valid() -> Vec<Value> {
    let types: Vec<&str> = CredentialType::ALL.iter().map(|type_| type_.as_str()).collect();
    let days = |days: Value| -> Value { types.iter().map(|type_| ((*type_).to_owned(), days.clone())).collect() };
    let mut specs = vec![
        json!({}),
        json!({"owner": {}}),
        json!({"warnBeforeDays": {"VPPToken": [1]}}),
        json!({"requiredCredentials": ["DEPToken"]}),
        json!({
            "displayName": "ä".repeat(128), "product": "IBM MaaS360 (M2)", "environment": "Production",
            "supportAccount": "No. 4711 / Größe",
            "owner": {"account": "mdm@acme.example", "contact": "#mobile-ops", "runbookURL": format!("https://{}", "a".repeat(248))},
            "warnBeforeDays": days(json!([3650, 100, 60, 30, 14, 7, 5, 3, 2, 1])),
            "requiredCredentials": types,
        }),
    ];
    specs.extend(["Trial", "QA", "Development"].map(|environment| json!({"environment": environment})));
    specs
}

#[tokio::test]
async fn what_is_invalid_is_refused_with_a_sentence_at_the_field_to_change() {
    let bed = bed();
    let namespace = bed.namespace("invalid-tenants");
    let api: Api<DynamicObject> = Api::namespaced_with(bed.client().await, &namespace, &kind());
    let mut wrong = Vec::new();
    for (spec, field, says) in invalid() {
        let object = DynamicObject::new("acme", &kind()).data(json!({"spec": spec}));
        match api.create(&dry_run(), &object).await {
            Ok(_) => wrong.push(format!("{spec}\n  is accepted; {field} should be refused: {says}")),
            Err(error) => {
                let faults = faults(error);
                if !faults.iter().any(|(at, message)| *at == field && message.contains(says)) {
                    wrong.push(format!("{spec}\n  should be refused at {field}: {says}\n  but it says {faults:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_valid_is_stored_as_it_was_applied_and_shows_no_drift() {
    let bed = bed();
    let namespace = bed.namespace("valid-tenants");
    let items: Vec<Value> = (1..)
        .zip(valid())
        .map(|(i, spec)| {
            let metadata = json!({"name": format!("acme-{i:02}"), "namespace": namespace});
            json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant", "metadata": metadata, "spec": spec})
        })
        .collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
    for way in ["--server-side=false", "--server-side=true"] {
        let applied = bed.kubectl_with(&["apply", way, "-f", "-"], &list);
        let said = String::from_utf8_lossy(&applied.stderr);
        assert!(applied.status.success() && !said.contains("Warning:"), "{way}: {said}");
        let diff = bed.kubectl_with(&["diff", way, "-f", "-"], &list);
        assert_eq!((diff.status.code(), String::from_utf8_lossy(&diff.stdout).as_ref()), (Some(0), ""), "{way}");
        let stored = bed.kubectl_ok(&["-n", &namespace, "get", "mdmt", "-o", "json"], "");
        let stored: Value = serde_json::from_str(&stored).expect("JSON");
        for (item, stored) in items.iter().zip(stored["items"].as_array().expect("a list")) {
            assert_eq!(item["spec"], stored["spec"]);
        }
        bed.kubectl_ok(&["delete", "-f", "-"], &list);
    }
}

/// Returns a tenant status as the operator writes it.
fn status() -> Value {
    json!({
        "observedGeneration": 1, "severity": "Critical", "agenda": ["Critical, acme-vpp-01: …"],
        "stateSince": "2030-12-12T08:00:00Z",
        "credentials": {
            "total": 13, "missing": ["DEPToken"],
            "states": [{"state": "Expired", "count": 12}, {"state": "Valid", "count": 1}],
        },
        "nextDeadline": {"time": "2031-01-01T00:00:00Z", "name": "acme-apns", "type": "APNsCertificate"},
        "notifications": [{
            "credentialType": "VPPToken", "type": "Expired", "reason": "Expired", "severity": "Critical",
            "since": "2030-12-12T08:00:00Z", "deadline": "2030-12-11T00:00:00Z", "message": "acme-vpp-01: …",
            "contact": "#mobile-ops", "names": ["acme-vpp-01", "acme-vpp-02"], "more": 10,
        }],
        "announced": [{
            "type": "MissingCredential", "reason": "MissingCredential", "fingerprint": "DEP", "episode": 1,
            "reminder": 0, "time": "2030-12-12T08:00:30Z",
        }],
        "conditions": [
            {"type": "Ready", "status": "True", "reason": "Assessed", "lastTransitionTime": "2030-12-12T08:00:00Z", "message": "x"},
            {"type": "Healthy", "status": "False", "reason": "Expired", "lastTransitionTime": "2030-12-12T08:00:00Z", "message": "x"},
        ],
    })
}

#[tokio::test]
async fn the_columns_and_the_selectors_show_what_an_administrator_looks_for() {
    let bed = bed();
    let namespace = bed.namespace("tenants");
    let api: Api<DynamicObject> = Api::namespaced_with(bed.client().await, &namespace, &kind());
    for (name, environment) in [("acme-prod", "Production"), ("acme-qa", "QA")] {
        let spec = json!({"environment": environment, "product": "MaaS360"});
        let object = DynamicObject::new(name, &kind()).data(json!({"spec": spec}));
        api.create(&PostParams::default(), &object).await.expect("the object is valid");
    }
    let kubectl = |args: &[&str]| -> Vec<Vec<String>> {
        let table = bed.kubectl_ok(&[&["-n", namespace.as_str()], args].concat(), "");
        table.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
    };
    let rows = kubectl(&["get", "mdmt"]);
    assert_eq!(rows[0], ["NAME", "STATE", "SEVERITY", "CREDENTIALS", "NEXT", "WHOSE", "AGE"]);
    assert_eq!(rows[1][..2], ["acme-prod", "Pending"]);

    let patch = Patch::Apply(json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "MDMTenant", "status": status()}));
    let written =
        api.patch_status("acme-prod", &PatchParams::apply("lapsewatch").force(), &patch).await.expect("valid");
    assert_eq!(written.data["status"], status(), "the spec is stored unchanged");
    let rows = kubectl(&["get", "mdmt", "acme-prod"]);
    assert_eq!(rows[1][..6], ["acme-prod", "Expired", "Critical", "13", "2031-01-01T00:00:00Z", "acme-apns"]);
    let rows = kubectl(&["get", "mdmt", "acme-prod", "-o", "wide"]);
    assert_eq!(rows[0][7..], ["ENVIRONMENT", "PRODUCT", "READY"]);
    assert_eq!(rows[1][7..], ["Production", "MaaS360", "Assessed"]);
    assert_eq!(kubectl(&["get", "lapsewatch", "-o", "name"]).len(), 2, "both kinds are in the project's category");

    for (selector, found) in [
        ("status.severity=Critical", "acme-prod"),
        ("status.severity!=Critical", "acme-qa"),
        ("spec.environment=Production", "acme-prod"),
        ("spec.environment=QA", "acme-qa"),
    ] {
        let list = api.list(&ListParams::default().fields(selector)).await.expect("the field is selectable");
        let names: Vec<_> = list.items.iter().filter_map(|o| o.metadata.name.as_deref()).collect();
        assert_eq!(names, [found], "{selector}");
    }
}

#[tokio::test]
async fn a_null_is_as_if_the_field_were_not_given() {
    let bed = bed();
    let namespace = bed.namespace("null-tenants");
    let api: Api<DynamicObject> = Api::namespaced_with(bed.client().await, &namespace, &kind());
    let nulls = json!({
        "displayName": null, "product": null, "environment": null, "supportAccount": null, "owner": {"contact": null},
        "warnBeforeDays": {"VPPToken": [7], "DEPToken": null}, "requiredCredentials": null,
    });
    let object = DynamicObject::new("acme", &kind()).data(json!({"spec": nulls}));
    let stored = api.create(&PostParams::default(), &object).await.expect("the object is valid");
    assert_eq!(stored.data["spec"], json!({"owner": {}, "warnBeforeDays": {"VPPToken": [7]}}));
}
