//! The program itself, whose log nobody reads any more: the reader of its standard error has gone, as `lapsewatch | head`
//! and a log collector that crashed have it. It works on, and what it would log changes nothing that it does.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::account;
use crate::scrape::get;
use crate::story::{PATIENCE, Story};

const NOW: &str = "2030-06-01T00:00:00Z";

struct Unheard {
    child: Child,
    address: SocketAddr,
}

impl Drop for Unheard {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A program that leads; then the reader of its log goes.
async fn start(story: &Story) -> Unheard {
    let watched = vec![story.namespace.clone()];
    let user = account::account(story.bed, &story.namespace, &watched).await;
    let lease = account::release(&story.namespace);
    let mut child = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
        .args(["run", "--leader-elect", "--listen=127.0.0.1:0", "--log-format=json", "--log-level=debug"])
        .args(["--lease-name", &lease, "--lease-namespace", &story.namespace, "--namespace", &story.namespace])
        .arg("--kubeconfig")
        .arg(story.bed.kubeconfig_as(&user, &story.namespace))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut address = None;
    let is_leading = lines.by_ref().any(|line| {
        let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        address = line["address"].as_str().and_then(|address| address.parse().ok()).or(address);
        line["message"] == "leading"
    });
    assert!(is_leading, "its log ended before it led");
    let unheard = Unheard { child, address: address.expect("it says where it listens") };
    until_ready(&unheard, "ok: leading\n").await;
    drop(lines);
    unheard
}

async fn until_ready(unheard: &Unheard, as_what: &str) {
    let begun = Instant::now();
    loop {
        let answer = get(unheard.address, "/readyz").await;
        if answer.body == as_what {
            return;
        }
        assert!(begun.elapsed() < PATIENCE * 2, "it says {:?} instead of {as_what:?}", answer.body);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_replica_whose_log_nobody_reads_gives_way_to_another_one() {
    let story = Story::without_operator("unheard", NOW).await;
    let mut unheard = start(&story).await;
    // What it does is logged: that it is done shows that it outlives logging.
    story.credential("a", json!({"type": "DeclaredExpiry", "expirationTime": "2020-01-01T00:00:00Z"})).await;
    story.expect("a", &[("severity", "Warning")]).await;
    // Another replica takes the Lease, which is logged too.
    let taken = json!({"spec": {"holderIdentity": "another", "leaseDurationSeconds": 300}}).to_string();
    let lease = account::release(&story.namespace);
    story.bed.kubectl_ok(&["patch", "lease", &lease, "-n", &story.namespace, "--type=merge", "-p", &taken], "");
    until_ready(&unheard, "ok: standing by\n").await;
    Command::new("kill").args(["-TERM", &unheard.child.id().to_string()]).status().unwrap();
    assert!(unheard.child.wait().unwrap().success());
}
