//! Tests that the chart's permissions are sufficient for all that the operator does, and that none is superfluous: each
//! is removed in turn.

use std::collections::BTreeSet;

use base64::Engine;
use serde_json::{Value, json};

use crate::chart::operator::{Operator, until};
use lapsewatch_test_support::cluster::account::{release, rendered};
use lapsewatch_test_support::cluster::audit::{Marker, Request};
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::helm::{chart, helm};

/// One verb on one resource, for example `patch` on `tenantcredentials/status`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Right {
    verb: String,
    resource: String,
}

/// Starts a server whose definitions allow more values than this version understands. Otherwise some requests would
/// never be sent.
fn newer() -> Bed {
    let bed = Bed::bare();
    bed.install_crds().unwrap();
    for (file, mut crd) in lapsewatch_core::api::crds::all() {
        let spec = crd.pointer_mut("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties").unwrap();
        let (field, value) =
            if file.starts_with("tenantcredentials") { ("type", "Passkey") } else { ("environment", "Staging") };
        spec[field]["enum"].as_array_mut().unwrap().push(value.into());
        bed.kubectl_ok(&["apply", "--server-side", "--force-conflicts", "-f", "-"], &crd.to_string());
    }
    bed
}

/// Returns objects of a namespace for which the operator needs every one of its permissions.
fn scene(namespace: &str) -> Vec<Value> {
    let of = |kind: &str, name: &str, spec: Value| {
        json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": kind,
            "metadata": {"name": name, "namespace": namespace}, "spec": spec})
    };
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/x509/rsa.pem");
    let data = base64::engine::general_purpose::STANDARD.encode(std::fs::read(file).unwrap());
    let declared =
        json!({"type": "DeclaredExpiry", "expirationTime": "2020-01-01T00:00:00Z", "tenantRef": {"name": "acme"}});
    vec![
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "web", "namespace": namespace}, "data": {"tls.crt": data}}),
        of("MDMTenant", "acme", json!({"environment": "Production"})),
        of("TenantCredential", "web", json!({"type": "X509Certificate", "secretRef": {"name": "web"}})),
        of("TenantCredential", "contract", declared),
        // The operator gets an object that it does not understand a second time before it reports InvalidObject.
        of("MDMTenant", "newer", json!({"environment": "Staging"})),
        of("TenantCredential", "newer", json!({"type": "Passkey", "secretRef": {"name": "web"}})),
    ]
}

/// Returns true if the operator has reported on every object of the scene.
fn is_told(bed: &Bed, namespace: &str) -> bool {
    let reason = "{range .items[*]}{.kind}/{.metadata.name}={.status.conditions[?(@.type==\"Ready\")].reason} {end}";
    let told = bed.kubectl_ok(&["get", "tcred,mdmt", "-n", namespace, "-o", &format!("jsonpath={reason}")], "");
    let events = bed.kubectl_ok(&["get", "events", "-n", namespace, "-o", "jsonpath={.items[*].reason}"], "");
    let expected = [
        "TenantCredential/web=Assessed",
        "TenantCredential/contract=Assessed",
        "TenantCredential/newer=InvalidObject",
        "MDMTenant/acme=Assessed",
        "MDMTenant/newer=InvalidObject",
    ];
    expected.iter().all(|said| told.contains(said)) && events.contains("Expired") && events.contains("InvalidObject")
}

fn create(bed: &Bed, objects: &[Value]) {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    bed.kubectl_ok(&["apply", "--server-side", "-f", "-"], &list.to_string());
}

/// Returns the permissions that the rules of these objects grant.
fn rights(objects: &[Value]) -> BTreeSet<Right> {
    let mut all = BTreeSet::new();
    for rule in objects.iter().flat_map(|object| object["rules"].as_array().into_iter().flatten()) {
        for resource in strings(&rule["resources"]) {
            all.extend(strings(&rule["verbs"]).into_iter().map(|verb| Right { verb, resource: resource.clone() }));
        }
    }
    all
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// Returns the same objects without this permission.
fn without(objects: &[Value], right: &Right) -> Vec<Value> {
    let mut objects = objects.to_vec();
    for object in &mut objects {
        let Some(rules) = object["rules"].as_array() else { continue };
        let mut kept = Vec::new();
        for rule in rules {
            for resource in strings(&rule["resources"]) {
                let verbs: Vec<String> = strings(&rule["verbs"])
                    .into_iter()
                    .filter(|v| *v != right.verb || resource != right.resource)
                    .collect();
                let mut rule = rule.clone();
                rule["resources"] = json!([resource]);
                rule["verbs"] = json!(verbs);
                kept.extend((!verbs.is_empty()).then_some(rule));
            }
        }
        object["rules"] = kept.into();
    }
    objects
}

/// Returns the permissions that this user's requests needed, for those requests that `which` selects.
fn asked(bed: &Bed, since: Marker, user: &str, which: impl Fn(&Request) -> bool) -> BTreeSet<Right> {
    let requests = bed.audit(since).into_keys().filter(|request| request.user == user && which(request));
    requests
        .map(|Request { verb, resource, subresource, .. }| Right {
            verb,
            resource: if subresource.is_empty() { resource } else { format!("{resource}/{subresource}") },
        })
        .collect()
}

fn is_refused(request: &Request) -> bool {
    request.code == 403
}

/// A request for an object that does not exist yet is granted too: it ends in 404.
fn is_granted(request: &Request) -> bool {
    request.code < 400 || request.code == 404
}

/// Installs and upgrades the release, and waits until the operator has reported on the whole scene with the release's
/// permissions. The server refuses nothing, and every permission is used.
fn is_enough(bed: &Bed, home: &str, scenes: &[String], watched: &[String]) {
    let objects = rendered(home, watched);
    let since = bed.mark();
    let (chart, namespaces) = (chart(), format!("--set=namespaces={{{}}}", watched.join(",")));
    for verb in ["install", "upgrade"] {
        let release = release(home);
        let mut args = vec![verb, &release, chart.to_str().unwrap(), "--namespace", home, "--set=crds.enabled=false"];
        args.extend((!watched.is_empty()).then_some(namespaces.as_str()));
        let output = helm(Some(&bed.kubeconfig), &args);
        assert!(output.status.success(), "helm {verb}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let mut operator = Operator::start(bed, home, watched);
    for namespace in scenes {
        create(bed, &scene(namespace));
    }
    for namespace in scenes {
        until(&format!("the operator never reports on {namespace}:\n{}", operator.log()), || is_told(bed, namespace));
    }
    until("the operator is not ready", || operator.get("/readyz").is_some_and(|(code, _)| code == 200));
    assert_eq!(operator.get("/livez").unwrap().0, 200);
    let (_, metrics) = operator.get("/metrics").unwrap();
    assert!(metrics.lines().any(|line| line == "lapsewatch_leader 1"), "{metrics}");
    let renewed = Right { verb: "update".to_owned(), resource: "leases".to_owned() };
    until("the Lease is never renewed", || asked(bed, since, &operator.user, is_granted).contains(&renewed));
    // The audit log contains a watch only after the watch has ended.
    operator.stop();
    let refused = asked(bed, since, &operator.user, is_refused);
    assert!(refused.is_empty(), "{refused:?}:\n{}", operator.log());
    let granted = asked(bed, since, &operator.user, is_granted);
    assert_eq!(granted, rights(&objects), "the operator's requests and the chart's permissions");
}

#[test]
fn the_role_of_each_namespace_is_enough_and_all_of_it_is_used() {
    let bed = newer();
    let [home, one, other] = ["home", "mdm", "mdm-qa"].map(|name| bed.namespace(name));
    is_enough(&bed, &home, &[one.clone(), other.clone()], &[one, other]);
}

#[test]
fn the_cluster_role_is_enough_and_all_of_it_is_used() {
    let bed = newer();
    let [home, one, other] = ["home", "mdm", "mdm-qa"].map(|name| bed.namespace(name));
    is_enough(&bed, &home, &[one, other], &[]);
}

#[test]
fn without_any_one_right_the_server_refuses_just_that() {
    let bed = newer();
    let namespace = bed.namespace("rights");
    let all: Vec<Right> = rights(&rendered(&namespace, std::slice::from_ref(&namespace))).into_iter().collect();
    assert_eq!(all.len(), 15, "{all:#?}");
    let homes = bed.namespaces("rights", all.len());
    let mut objects = Vec::new();
    for (home, right) in homes.iter().zip(&all) {
        objects.extend(without(&rendered(home, std::slice::from_ref(home)), right));
        objects.extend(scene(home));
    }
    create(&bed, &objects);
    let since = bed.mark();
    let operators: Vec<Operator> =
        homes.iter().map(|home| Operator::start(&bed, home, std::slice::from_ref(home))).collect();
    for (operator, right) in operators.iter().zip(all) {
        let missed = format!("no request needs the right to {} {}:\n{}", right.verb, right.resource, operator.log());
        until(&missed, || asked(&bed, since, &operator.user, is_refused).contains(&right));
        assert_eq!(asked(&bed, since, &operator.user, is_refused), BTreeSet::from([right]), "{}", operator.log());
    }
}
