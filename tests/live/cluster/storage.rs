//! Tests of a change of the storage version: the operator announces nothing again, and the way back is the one in
//! docs/install.md.

use serde_json::{Value, json};

use lapsewatch_test_support::cluster::audit::reads_and_writes;
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::story::Story;

/// Returns the definitions with an additional later version, which is the storage version if `is_stored` is true.
fn with_successor(is_stored: bool) -> String {
    let all = lapsewatch_core::api::crds::all().into_iter().map(|(_, mut crd)| {
        let versions = crd.pointer_mut("/spec/versions").and_then(Value::as_array_mut).unwrap();
        let mut successor = versions[0].clone();
        successor["name"] = json!("v1alpha2");
        successor["storage"] = json!(is_stored);
        versions[0]["storage"] = json!(!is_stored);
        versions.push(successor);
        crd
    });
    json!({"apiVersion": "v1", "kind": "List", "items": all.collect::<Vec<_>>()}).to_string()
}

fn apply(bed: &Bed, crds: &str) {
    let apply = ["--cache-dir=successor", "apply", "--server-side", "--force-conflicts", "-f", "-"];
    let applied = bed.kubectl_with(&apply, crds);
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
}

fn stored(bed: &Bed) -> String {
    let crd = "tenantcredentials.lapsewatch.dev";
    bed.kubectl_ok(&["get", "crd", crd, "-o", "jsonpath={.status.storedVersions}"], "")
}

#[tokio::test]
async fn a_definition_that_stores_another_version_changes_nothing_that_is_said() {
    let bed: &'static Bed = Box::leak(Box::new(Bed::bare()));
    bed.install_crds().unwrap();
    let mut story = Story::on(bed, "stored", "2030-12-10T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key")]).await;
    story.apns("acme").await;
    story.start().await;
    story.expect("acme", &[("Expiring", "True/Within30Days")]).await;

    apply(bed, &with_successor(true));
    assert_eq!(stored(bed), r#"["v1alpha1","v1alpha2"]"#);
    // New objects are stored in the new version, and existing objects are still stored in the old version. The operator
    // watches both.
    story.secret("new", &[("push.pem", "apns/b.pem")]).await;
    story.apns("new").await;
    story.expect("new", &[("Ready", "True/Assessed")]).await;
    story.secret("acme", &[("push.pem", "apns/a-renewed.pem"), ("push.key", "apns/a.key")]).await;
    story.expect("acme", &[("Healthy", "True/Valid"), ("lastChange", "Renewed")]).await;
    let namespace = story.namespace.clone();
    let reads = |version: &str| {
        let resource = format!("tenantcredentials.{version}.lapsewatch.dev");
        let json = ["--cache-dir=successor", "get", &resource, "-n", &namespace, "-o", "json"];
        serde_json::from_slice::<Value>(&bed.kubectl_with(&json, "").stdout).unwrap()
    };
    let statuses = |list: &Value| {
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| (item["metadata"]["name"].clone(), item["status"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(statuses(&reads("v1alpha1")), statuses(&reads("v1alpha2")));
    let said = story.events("acme").await;
    story.stop().await;

    // A storage migration writes every object again. An operator that starts afterwards reads and announces nothing.
    let all = reads("v1alpha2").to_string();
    let replaced = bed.kubectl_with(&["--cache-dir=successor", "replace", "-f", "-"], &all);
    assert!(replaced.status.success(), "{}", String::from_utf8_lossy(&replaced.stderr));
    let since = bed.mark();
    story.start().await;
    story.calm().await;
    story.calm().await;
    assert_eq!(reads_and_writes(&story, &bed.audit(since)), (0, 0));
    assert_eq!(story.events("acme").await, said);

    // The way back: first the old version becomes the storage version again, then status.storedVersions is shortened.
    let back = bed.kubectl_with(
        &["--cache-dir=successor", "apply", "--server-side", "--force-conflicts", "-f", "-"],
        &lapsewatch_cli::crds::yaml().unwrap(),
    );
    assert!(!back.status.success(), "a version with stored objects can't be removed");
    apply(bed, &with_successor(false));
    let all = reads("v1alpha1").to_string();
    bed.kubectl_with(&["--cache-dir=successor", "replace", "-f", "-"], &all);
    for crd in ["tenantcredentials.lapsewatch.dev", "mdmtenants.lapsewatch.dev"] {
        let patch = r#"{"status":{"storedVersions":["v1alpha1"]}}"#;
        bed.kubectl_ok(&["patch", "crd", crd, "--subresource=status", "--type=merge", "-p", patch], "");
    }
    bed.install_crds().unwrap();
    story.at("2031-11-10T00:00:00Z");
    story.expect("acme", &[("Expiring", "True/Within30Days")]).await;
    story.calm().await;
    assert_eq!(story.events("acme").await, [said, vec!["ExpiresWithin30Days".to_owned()]].concat());
}
