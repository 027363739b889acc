//! The account of an operator: the chart's ServiceAccount, with exactly the permissions that Helm renders for it.

use std::collections::BTreeSet;

use k8s_openapi::api::authorization::v1::SubjectAccessReview;
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams, PostParams};
use kube::core::{GroupVersionKind, TypeMeta};
use serde_json::{Value, json};

use crate::cluster::bed::Bed;
use crate::cluster::helm;

/// The chart's templates that belong to an account.
const PARTS: [&str; 3] = ["serviceaccount", "rbac", "lease"];

/// Returns true if the operators of this run watch all namespaces with the chart's ClusterRole. Otherwise they watch
/// only their own namespaces.
pub fn is_cluster_wide() -> bool {
    std::env::var("LAPSEWATCH_SCOPE").is_ok_and(|scope| scope == "cluster")
}

/// Returns true if the test is to be skipped in this run, because it is about operators that watch only some
/// namespaces.
pub fn is_about_namespaces() -> bool {
    let is_left_out = is_cluster_wide();
    if is_left_out {
        eprintln!("left out: it is about operators of single namespaces");
    }
    is_left_out
}

/// Deletes objects of earlier tests in other namespaces, which an operator of all namespaces would assess.
pub fn alone(bed: &Bed, namespaces: &[String]) {
    if !is_cluster_wide() {
        return;
    }
    let own = "-o=jsonpath={range .items[*]}{.metadata.namespace}{\"\\n\"}{end}";
    let listed = bed.kubectl(&["get", "tcred,mdmt", "-A", own]).stdout;
    let listed = String::from_utf8_lossy(&listed);
    let others: BTreeSet<&str> = listed.lines().filter(|other| namespaces.iter().all(|own| own != other)).collect();
    others.iter().for_each(|other| _ = bed.kubectl_ok(&["delete", "tcred,mdmt", "--all", "-n", other], ""));
}

/// Creates the account of a release in `home` that watches these namespaces, or all if the list is empty. Waits until
/// the server grants the permissions, and returns the user name.
pub async fn account(bed: &Bed, home: &str, namespaces: &[String]) -> String {
    let client = bed.client().await;
    let objects = rendered(home, namespaces);
    for object in &objects {
        apply(&client, object).await;
    }
    let user = format!("system:serviceaccount:{home}:{}", release(home));
    let everywhere = [String::new()];
    for namespace in if namespaces.is_empty() { &everywhere } else { namespaces } {
        granted(
            &client,
            &user,
            json!({"group": "events.k8s.io", "resource": "events", "verb": "create", "namespace": namespace}),
        )
        .await;
    }
    let lease = json!({"group": "coordination.k8s.io", "resource": "leases", "name": release(home)});
    let held = json!({"verb": "get", "namespace": home});
    granted(&client, &user, merged(lease, held)).await;
    user
}

/// Returns the name of a namespace's release and of its objects.
pub fn release(home: &str) -> String {
    format!("lapsewatch-{home}")
}

/// Renders the account and its permissions.
pub fn rendered(home: &str, namespaces: &[String]) -> Vec<Value> {
    let watched = format!("--set=namespaces={{{}}}", namespaces.join(","));
    let shown = PARTS.map(|part| format!("--show-only=templates/{part}.yaml"));
    let mut args: Vec<&str> = shown.iter().map(String::as_str).collect();
    args.extend((!namespaces.is_empty()).then_some(watched.as_str()));
    helm::template(&release(home), home, &args).unwrap_or_else(|told| panic!("{told}"))
}

fn merged(mut one: Value, other: Value) -> Value {
    let Value::Object(other) = other else { return one };
    one.as_object_mut().unwrap().extend(other);
    one
}

/// Applies an object as Helm 4 does.
pub async fn apply(client: &Client, object: &Value) {
    let types: TypeMeta = serde_json::from_value(object.clone()).unwrap();
    let resource = ApiResource::from_gvk(&GroupVersionKind::try_from(&types).unwrap());
    let api: Api<DynamicObject> = match object["metadata"]["namespace"].as_str() {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    };
    let name = object["metadata"]["name"].as_str().unwrap();
    api.patch(name, &PatchParams::apply("helm").force(), &Patch::Apply(object)).await.unwrap();
}

/// Waits until the server grants this permission to the user.
async fn granted(client: &Client, user: &str, what: Value) {
    let reviews: Api<SubjectAccessReview> = Api::all(client.clone());
    let review = json!({"metadata": {}, "spec": {"user": user, "resourceAttributes": what}});
    let review: SubjectAccessReview = serde_json::from_value(review).unwrap();
    let begun = std::time::Instant::now();
    while !reviews.create(&PostParams::default(), &review).await.unwrap().status.unwrap().allowed {
        assert!(begun.elapsed().as_secs() < 180, "{user} is never granted {what}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
