//! Tests of lists of several pages, and of objects so large that a page of them exceeds the maximal answer.

use serde_json::{Value, json};

use super::by;
use lapsewatch_test_support::cluster::audit::count;
use lapsewatch_test_support::cluster::story::Story;

fn object(story: &Story, name: &str, annotation: usize) -> Value {
    json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": name, "namespace": story.namespace, "annotations": {"note": "x".repeat(annotation)}},
        "spec": {"type": "DeclaredExpiry", "expirationTime": "2031-01-01T00:00:00Z"}})
}

fn create(story: &Story, objects: &[Value]) {
    for part in objects.chunks(100) {
        let list = json!({"apiVersion": "v1", "kind": "List", "items": part});
        story.bed.kubectl_ok(&["create", "-f", "-"], &list.to_string());
    }
}

#[tokio::test]
async fn a_list_of_many_pages_is_read_whole() {
    let story = Story::without_operator("home-large", "2030-01-01T00:00:00Z").await;
    let small: Vec<Value> = (0..530).map(|n| object(&story, &format!("small-{n}"), 10)).collect();
    create(&story, &small);
    let since = story.bed.mark();
    let seen = by(story.clock.clone(), &story.bed.kubeconfig, &["-n", &story.namespace]).await;
    seen.shows("530 credentials");
    let lists = |since| {
        count(&story.bed.audit(since), |r| {
            (r.verb.as_str(), r.resource.as_str()) == ("list", "tenantcredentials") && r.namespace == story.namespace
        })
    };
    // Pages of 16, 64, 256 and the rest: pages grow as long as their objects are small.
    assert_eq!(lists(since), 4);

    // 60 objects of 200 KB exceed 8 MiB.
    let large: Vec<Value> = (0..60).map(|n| object(&story, &format!("large-{n}"), 200_000)).collect();
    create(&story, &large);
    let seen = by(story.clock.clone(), &story.bed.kubeconfig, &["-n", &story.namespace]).await;
    seen.shows("590 credentials");
    assert_eq!(seen.err, "");
}
