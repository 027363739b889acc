//! Tests of `status` with several contexts.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{by, declare};
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::story::Story;

const NOW: &str = "2030-03-01T00:00:00Z";

/// Merges several kubeconfigs into one. Each entry has a name, a server and the namespace of the context.
fn kubeconfig(folder: &std::path::Path, contexts: &[(&str, &Bed, &str)]) -> PathBuf {
    let mut merged = json!({"apiVersion": "v1", "kind": "Config", "clusters": [], "users": [], "contexts": []});
    for (name, bed, namespace) in contexts {
        let args = ["config", "view", "--raw", "--flatten", "-o", "json"];
        let one: Value = serde_json::from_str(&bed.kubectl_ok(&args, "")).unwrap();
        for (list, inner) in [("clusters", "cluster"), ("users", "user")] {
            let entry = json!({"name": name, inner: one[list][0][inner]});
            merged[list].as_array_mut().unwrap().push(entry);
        }
        let context = json!({"name": name, "context": {"cluster": name, "user": name, "namespace": namespace}});
        merged["contexts"].as_array_mut().unwrap().push(context);
    }
    let path = folder.join(format!("kubeconfig-of-{}", contexts.len()));
    std::fs::write(&path, merged.to_string()).unwrap();
    path
}

async fn vpp(story: &Story, name: &str, tenant: &str) {
    story.secret(name, &[("token", "vpp/a.vpptoken")]).await;
    let spec = json!({"type": "VPPToken", "secretRef": {"name": name}, "tenantRef": {"name": tenant}, "reminderEveryHours": 0});
    story.credential(name, spec).await;
    story.expect(name, &[("Duplicate", "False/Unique")]).await;
}

#[tokio::test]
async fn a_token_in_two_clusters_is_found_and_one_that_is_down_is_named() {
    let there: &'static Bed = Box::leak(Box::new(Bed::bare()));
    there.install_crds().unwrap();
    let east = Story::begin("home-east", NOW).await;
    let west = Story::on(there, "home-west", NOW).await;
    let mut west = west;
    west.start().await;
    vpp(&east, "vpp", "acme-prod").await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    vpp(&west, "vpp", "acme-trial").await;
    declare(&west, "contract", "2031-01-01T00:00:00Z").await;
    west.expect("contract", &[("Healthy", "True/Valid")]).await;

    let folder = tempfile::tempdir().unwrap();
    let both = kubeconfig(folder.path(), &[("east", east.bed, &east.namespace), ("west", there, &west.namespace)]);
    let seen = by(east.clock.clone(), &both, &["--context", "east", "--context", "west"]).await;
    seen.is(1).hides("STALE");
    seen.shows(&format!("west {} vpp Duplicate Warning VPPToken acme-trial", west.namespace));
    seen.shows(&format!("east {} vpp Valid Notice VPPToken acme-prod", east.namespace));
    seen.shows(&format!(
        "the VPP content token of tenant acme-trial is also held by {}/vpp of tenant acme-prod in another cluster (context east); this one is in that of context west",
        east.namespace
    ));
    seen.shows("was here first, and is also held by").shows("in another cluster (context west)");
    let all = by(east.clock.clone(), &both, &["--all-contexts", "--type", "VPPToken"]).await;
    assert_eq!(all.out.matches("in another cluster").count(), 2, "{}", all.out);
    by(east.clock.clone(), &both, &["--context", "west"]).await.is(0).hides("another cluster").hides("CONTEXT");

    // Two contexts lead to the same namespace of the same cluster. Each object is counted once.
    let twice = kubeconfig(
        folder.path(),
        &[("a", there, &west.namespace), ("b", there, &west.namespace), ("c", there, "default")],
    );
    let seen = by(east.clock.clone(), &twice, &["--all-contexts"]).await;
    seen.is(0).hides("another cluster").complains("context b: 2 of its objects are those of a context before it");

    // One cluster fails.
    west.stop().await;
    let server = there.server_pid().to_string();
    assert!(std::process::Command::new("kill").args(["-KILL", &server]).status().unwrap().success());
    let seen = by(east.clock.clone(), &both, &["--all-contexts"]);
    let seen = tokio::time::timeout(lapsewatch_test_support::cluster::story::PATIENCE * 4, seen)
        .await
        .expect("the failed cluster delays the command too long");
    seen.is(2)
        .shows(&format!("east {} vpp Valid", east.namespace))
        .complains("context west: the API server 127.0.0.1:");
    // The JSON format also distinguishes a context from a file.
    let seen = by(east.clock.clone(), &both, &["--all-contexts", "-o", "json"]).await;
    let json: Value = serde_json::from_str(&seen.is(2).out).unwrap();
    assert_eq!(json["errors"][0]["origin"], json!({"context": "west"}), "{}", seen.out);
    let seen = by(east.clock.clone(), &both, &["--context", "west", "-o", "json"]).await;
    let json: Value = serde_json::from_str(&seen.is(2).out).unwrap();
    assert_eq!(json["errors"][0]["origin"], json!({}), "{}", seen.out);
    let seen = by(east.clock.clone(), &both, &["--context", "east", "--context", "nowhere"]).await;
    seen.is(2).shows("vpp Valid").complains("context nowhere:");
}
