//! Measures for `make bench` the cost of 2,000 credentials with the real binary on a real API server. Prints the table
//! of docs/benchmarks.md.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "it ends where something fails, and measures real time"
)]

mod operator;

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};
use kube::Client;
use serde_json::{Value, json};

use lapsewatch_test_support::cluster::audit::{Marker, count};
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::objects;
use lapsewatch_test_support::cluster::objects::reason;
use operator::Operator;

const CREDENTIALS: usize = 2000;
/// The number of credentials in the second import that share a token in pairs, which makes a hundred pairs.
const DUPLICATES: usize = 200;
const USER: &str = "operator";
const PATIENCE: Duration = Duration::from_secs(600);

fn main() {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(measure());
}

async fn measure() {
    let bed = Bed::bare();
    bed.install_crds().unwrap();
    let namespace = bed.namespace("load");
    let binding = ["create", "clusterrolebinding", USER, "--clusterrole=cluster-admin", &format!("--user={USER}")];
    bed.kubectl_ok(&binding, "");
    let client = bed.client().await;

    println!("| {CREDENTIALS} credentials | time | GETs of Secrets | status writes | Events | RSS | peak |");
    println!("|---|---|---|---|---|---|---|");
    different(&bed, &client, &namespace).await;
    bed.kubectl_ok(&["delete", "tcred,secret", "--all", "-n", &namespace, "--wait=false"], "");
    let namespace = bed.namespace("load");
    with_duplicates(&bed, &client, &namespace).await;
}

/// Measures credentials that each use a different token.
async fn different(bed: &Bed, client: &Client, namespace: &str) {
    let begun = Instant::now();
    let since = bed.mark();
    let operator = Operator::start(bed);
    tokio::time::sleep(Duration::from_secs(3)).await;
    report(bed, since, "started on none", begun.elapsed(), &operator);

    let (begun, since) = (Instant::now(), bed.mark());
    import(client, namespace, |n| n).await;
    let imported = begun.elapsed();
    until(client, namespace, |objects| objects.iter().all(|object| reason(object, "Healthy") == "Valid")).await;
    let took = begun.elapsed();
    calm().await;
    report(bed, since, &format!("imported (the import itself took {:.1} s)", imported.as_secs_f64()), took, &operator);

    let since = bed.mark();
    calm().await;
    report(bed, since, "at rest for 5 s", Duration::from_secs(5), &operator);
    drop(operator);
    drop(restart(bed, "restarted").await);

    // This is the state after an upgrade to a version with a better reader.
    let reread = json!({"lastRead": null, "severity": null});
    stream::iter(objects::list(client, namespace).await)
        .for_each_concurrent(16, |object| {
            let reread = &reread;
            async move {
                let name = object["metadata"]["name"].as_str().unwrap();
                objects::patch_status(client, namespace, name, reread).await;
            }
        })
        .await;
    let (begun, since) = (Instant::now(), bed.mark());
    let operator = Operator::start(bed);
    until(client, namespace, |objects| objects.iter().all(|object| object["status"]["severity"] == "None")).await;
    let took = begun.elapsed();
    calm().await;
    report(bed, since, "restarted, all read anew", took, &operator);
    let begun = Instant::now();
    drop(operator);
    eprintln!("It ended {:.1} s after SIGTERM.", begun.elapsed().as_secs_f64());
}

/// Measures credentials of which some use the same token as another.
async fn with_duplicates(bed: &Bed, client: &Client, namespace: &str) {
    let operator = Operator::start(bed);
    operator.until_watching();
    let (begun, since) = (Instant::now(), bed.mark());
    let first = CREDENTIALS - DUPLICATES / 2;
    import(client, namespace, |n| if n < first { n } else { n - first }).await;
    until(client, namespace, |objects| {
        let saying = |what| objects.iter().filter(|object| reason(object, "Duplicate") == what).count();
        (saying("SharedByOthers"), saying("TokenInUse")) == (DUPLICATES / 2, DUPLICATES / 2)
            && saying("Unique") == CREDENTIALS - DUPLICATES
    })
    .await;
    let took = begun.elapsed();
    // The Events appear only after the event delay.
    while objects::events(client, namespace).await.len() < DUPLICATES {
        assert!(begun.elapsed() < PATIENCE, "it is not announced");
        calm().await;
    }
    calm().await;
    report(bed, since, &format!("imported, {DUPLICATES} of them duplicates"), took, &operator);
    drop(operator);
    drop(restart(bed, "restarted with these").await);
}

async fn restart(bed: &Bed, what: &str) -> Operator {
    let (begun, since) = (Instant::now(), bed.mark());
    let operator = Operator::start(bed);
    operator.until_watching();
    let took = begun.elapsed();
    calm().await;
    report(bed, since, what, took, &operator);
    operator
}

/// Creates the credentials in mixed order. `holds` maps a credential to the number of its token.
async fn import(client: &Client, namespace: &str, holds: impl Fn(usize) -> usize) {
    stream::iter((0..CREDENTIALS).map(|n| n * 7919 % CREDENTIALS))
        .for_each_concurrent(16, |n| {
            let token = holds(n);
            async move { objects::create(client, namespace, &format!("credential-{n}"), token).await }
        })
        .await;
}

async fn until(client: &Client, namespace: &str, holds: impl Fn(&[Value]) -> bool) {
    let begun = Instant::now();
    loop {
        let objects = objects::list(client, namespace).await;
        if objects.len() == CREDENTIALS && holds(&objects) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "it does not come to rest");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

async fn calm() {
    tokio::time::sleep(Duration::from_secs(5)).await;
}

fn report(bed: &Bed, since: Marker, what: &str, took: Duration, operator: &Operator) {
    let requests = bed.audit(since);
    let of =
        |verb: &str, resource: &str| count(&requests, |r| r.user == USER && r.verb == verb && r.resource == resource);
    println!(
        "| {what} | {:.1} s | {} | {} | {} | {} | {} |",
        took.as_secs_f64(),
        of("get", "secrets"),
        of("patch", "tenantcredentials"),
        of("create", "events"),
        operator.memory("VmRSS"),
        operator.memory("VmHWM"),
    );
}
