//! Tests with objects and namespaces that could monopolize an operator.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use lapsewatch_test_support::cluster::account::is_about_namespaces;
use lapsewatch_test_support::cluster::audit::reads_and_writes;
use lapsewatch_test_support::cluster::story::{Story, fixture, said};

const PATIENCE: Duration = Duration::from_secs(180);

async fn until(story: &Story, name: &str, aspect: &str, value: &str) -> Value {
    let begun = Instant::now();
    loop {
        let status = story.status(name).await;
        if said(&status, aspect) == value {
            return status;
        }
        assert!(begun.elapsed() < PATIENCE, "{name} does not reach {aspect} {value}: {status:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Starts tasks that change a Secret as fast as the server accepts the writes, until they are stopped.
fn writers(story: &Story, secret: &'static str, stop: &Arc<AtomicBool>) -> Vec<JoinHandle<u64>> {
    let writer = |writer: u64| {
        let secrets: Api<k8s_openapi::api::core::v1::Secret> = Api::namespaced(story.client.clone(), &story.namespace);
        let stop = stop.clone();
        tokio::spawn(async move {
            let mut written = 0;
            while !stop.load(Ordering::Relaxed) {
                let patch = json!({"metadata": {"annotations": {"written": format!("{writer}-{written}")}}});
                secrets.patch(secret, &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
                written += 1;
            }
            written
        })
    };
    (0..4).map(writer).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_changes_faster_than_it_is_read_is_assessed_and_warned_of() {
    let story = Story::begin("hot", "2030-07-01T00:00:00Z").await;
    story.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers = writers(&story, "acme", &stop);
    let (since, begun) = (story.bed.mark(), Instant::now());
    story.apns("acme").await;
    until(&story, "acme", "Healthy", "True/Valid").await;
    story.at("2030-12-10T00:00:00Z");
    until(&story, "acme", "Expiring", "True/Within30Days").await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin30Days"]);
    story.at("2030-12-26T00:00:00Z");
    until(&story, "acme", "Expiring", "True/Within7Days").await;
    // Without a limit, the operator would read the Secret hundreds of times in this period.
    tokio::time::sleep(Duration::from_secs(15)).await;
    stop.store(true, Ordering::Relaxed);
    let mut written = 0;
    for writer in writers {
        written += writer.await.unwrap();
    }
    let (reads, _) = reads_and_writes(&story, &story.bed.audit(since));
    let allowed = 60 + begun.elapsed().as_secs();
    println!("{written} writes, {reads} reads in {:?}", begun.elapsed());
    assert!(reads as u64 <= allowed, "{reads} reads of {written} versions, more than {allowed}");
    // The operator reads the last version.
    let secrets: Api<k8s_openapi::api::core::v1::Secret> = Api::namespaced(story.client.clone(), &story.namespace);
    let last = secrets.get("acme").await.unwrap().metadata.resource_version.unwrap();
    until(&story, "acme", "lastRead", &last).await;
    assert_eq!(story.events("acme").await, ["ExpiresWithin30Days", "ExpiresWithin7Days"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_full_of_costly_keystores_keeps_no_other_waiting() {
    const KEYSTORES: usize = 40;
    if is_about_namespaces() {
        return;
    }
    let mut crowded = Story::without_operator("crowded", "2030-07-01T00:00:00Z").await;
    let quiet = Story::without_operator("quiet", "2030-07-01T00:00:00Z").await;
    crowded.also = vec![quiet.namespace.clone()];
    for n in 0..KEYSTORES {
        let name = format!("keystore-{n}");
        let data = [("store.p12", fixture("apns/a-slow.p12")), ("password", b"fixture".to_vec())];
        crowded.secret_of(&name, &data).await;
        let secret = json!({"name": name, "key": "store.p12", "passwordKey": "password"});
        crowded.credential(&name, json!({"type": "X509Certificate", "secretRef": secret})).await;
    }
    quiet.secret("acme", &[("push.pem", "apns/a.pem")]).await;
    crowded.start().await;
    let done = async || {
        let mut done = 0;
        for n in 0..KEYSTORES {
            let status = crowded.status(&format!("keystore-{n}")).await;
            done += usize::from(said(&status, "Ready") == "True/Assessed");
        }
        done
    };
    while done().await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Several objects may hold an X509Certificate, so this credential does not wait for peers.
    quiet.credential("acme", json!({"type": "X509Certificate", "secretRef": {"name": "acme"}})).await;
    until(&quiet, "acme", "Ready", "True/Assessed").await;
    let done = done().await;
    println!("{done} of {KEYSTORES} keystores were read meanwhile");
    assert!(done < KEYSTORES / 2, "the other namespace waited for {done} of {KEYSTORES} keystores");
    crowded.stop().await;
}
