//! `make bench`: what 2,000 credentials cost, as the real binary on a real API server. Prints the table of
//! docs/benchmarks.md.
#![allow(
    dead_code,
    unused_imports,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "it ends where something fails, and measures real time; of the test bed it needs a part"
)]

#[path = "../../tests/cluster/audit.rs"]
mod audit;
#[path = "../../tests/cluster/bed.rs"]
mod bed;
#[path = "../../tests/cluster/kubectl.rs"]
mod kubectl;
#[path = "../../tests/cluster/users.rs"]
mod users;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::stream::{self, StreamExt};
use http::Request;
use kube::Client;
use serde_json::{Value, json};

use audit::{Marker, count};
use bed::Bed;

const CREDENTIALS: usize = 2000;
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
    let certificate = certificate(&bed);

    println!("| {CREDENTIALS} credentials | time | GETs of Secrets | status writes | Events | RSS | peak |");
    println!("|---|---|---|---|---|---|---|");
    let begun = Instant::now();
    let since = bed.mark();
    let operator = Operator::start(&bed);
    tokio::time::sleep(Duration::from_secs(3)).await;
    report(&bed, since, "started on none", begun.elapsed(), &operator);

    let (begun, since) = (Instant::now(), bed.mark());
    import(&client, &namespace, &certificate).await;
    let imported = begun.elapsed();
    until(&client, &namespace, |status| reason(status) == "Valid").await;
    let took = begun.elapsed();
    calm().await;
    report(&bed, since, &format!("imported (the import itself took {:.1} s)", imported.as_secs_f64()), took, &operator);

    let since = bed.mark();
    calm().await;
    report(&bed, since, "at rest for 5 s", Duration::from_secs(5), &operator);
    drop(operator);

    let (begun, since) = (Instant::now(), bed.mark());
    let operator = Operator::start(&bed);
    operator.until_watching();
    let took = begun.elapsed();
    calm().await;
    report(&bed, since, "restarted", took, &operator);
    drop(operator);

    // As after an upgrade whose reader reads better.
    let objects = list(&client, &namespace).await;
    stream::iter(objects)
        .for_each_concurrent(16, |object| {
            let path = path(&namespace, object["metadata"]["name"].as_str().unwrap());
            let reread = json!({"status": {"lastRead": null, "severity": null}});
            let client = &client;
            async move {
                send(client, "PATCH", &format!("{path}/status"), "application/merge-patch+json", &reread).await;
            }
        })
        .await;
    let (begun, since) = (Instant::now(), bed.mark());
    let operator = Operator::start(&bed);
    until(&client, &namespace, |status| status["severity"] == "None").await;
    let took = begun.elapsed();
    calm().await;
    report(&bed, since, "restarted, all read anew", took, &operator);
    let begun = Instant::now();
    drop(operator);
    println!("\nIt ended {:.1} s after SIGTERM.", begun.elapsed().as_secs_f64());
}

/// A certificate that is valid now.
fn certificate(bed: &Bed) -> String {
    let folder = bed.folder.join("issued");
    let issued = Command::new(bed.assets.join("issue-credentials"))
        .args(["--out", folder.to_str().unwrap(), "--topic", "com.apple.mgmt.External.load"])
        .args(["--not-before", "-10d", "--not-after", "+355d"])
        .status()
        .unwrap();
    assert!(issued.success());
    STANDARD.encode(std::fs::read(folder.join("push.pem")).unwrap())
}

fn path(namespace: &str, name: &str) -> String {
    format!("/apis/lapsewatch.dev/v1alpha1/namespaces/{namespace}/tenantcredentials/{name}")
}

async fn import(client: &Client, namespace: &str, certificate: &str) {
    stream::iter(0..CREDENTIALS)
        .for_each_concurrent(16, |n| async move {
            let name = format!("credential-{n}");
            let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": {"push.pem": certificate}});
            send(client, "POST", &format!("/api/v1/namespaces/{namespace}/secrets"), "application/json", &secret).await;
            let credential = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
                "metadata": {"name": name}, "spec": {"type": "APNsCertificate", "secretRef": {"name": name}}});
            let path = path(namespace, "");
            send(client, "POST", path.trim_end_matches('/'), "application/json", &credential).await;
        })
        .await;
}

async fn send(client: &Client, method: &str, path: &str, content_type: &str, body: &Value) {
    let request = Request::builder().method(method).uri(path).header("content-type", content_type);
    client.request::<Value>(request.body(body.to_string().into_bytes()).unwrap()).await.unwrap();
}

async fn list(client: &Client, namespace: &str) -> Vec<Value> {
    let path = path(namespace, "");
    let request = Request::builder().uri(path.trim_end_matches('/')).body(Vec::new()).unwrap();
    let list: Value = client.request(request).await.unwrap();
    list["items"].as_array().unwrap().clone()
}

async fn until(client: &Client, namespace: &str, holds: impl Fn(&Value) -> bool) {
    let begun = Instant::now();
    loop {
        let objects = list(client, namespace).await;
        if objects.len() == CREDENTIALS && objects.iter().all(|object| holds(&object["status"])) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "it does not come to rest");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

fn reason(status: &Value) -> &str {
    let conditions = status["conditions"].as_array();
    let healthy = conditions.and_then(|conditions| conditions.iter().find(|c| c["type"] == "Healthy"));
    healthy.and_then(|healthy| healthy["reason"].as_str()).unwrap_or_default()
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

/// The binary, under a user of its own.
struct Operator {
    process: Child,
    log: std::path::PathBuf,
}

impl Operator {
    fn start(bed: &Bed) -> Self {
        let log = bed.folder.join("operator.log");
        let process = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
            .args(["run", "--kubeconfig"])
            .arg(bed.kubeconfig_as(USER, "default"))
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self { process, log }
    }

    /// Until it has listed all.
    fn until_watching(&self) {
        let begun = Instant::now();
        while !std::fs::read_to_string(&self.log).unwrap().contains("watching") {
            assert!(begun.elapsed() < PATIENCE, "it does not begin to watch");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn memory(&self, field: &str) -> String {
        let status = std::fs::read_to_string(Path::new("/proc").join(self.process.id().to_string()).join("status"));
        let status = status.unwrap_or_default();
        let kib =
            status.lines().find_map(|line| line.strip_prefix(field)?.split_whitespace().nth(1)?.parse::<u64>().ok());
        kib.map_or_else(|| "unknown".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0))
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().ok();
        self.process.wait().ok();
    }
}
