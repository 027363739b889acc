//! The program as a separate process, which a test can pause, continue and stop.

use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use crate::server::scrape::get;
use lapsewatch_test_support::cluster::account;
use lapsewatch_test_support::cluster::story::{PATIENCE, Story};

pub struct Program {
    pub child: Child,
    pub address: SocketAddr,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Program {
    /// Starts `lapsewatch run` for the story's namespace, and waits until it leads. Also returns the rest of its log.
    pub async fn start(story: &Story, options: &[&str]) -> (Self, Lines<BufReader<ChildStderr>>) {
        let watched = vec![story.namespace.clone()];
        let user = account::account(story.bed, &story.namespace, &watched).await;
        let lease = account::release(&story.namespace);
        let mut child = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
            .args(["run", "--leader-elect", "--listen=127.0.0.1:0", "--log-format=json", "--log-level=debug"])
            .args(["--lease-name", &lease, "--lease-namespace", &story.namespace, "--namespace", &story.namespace])
            .args(options)
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
        assert!(is_leading, "the log ended before the program led");
        let program = Self { child, address: address.expect("the log contains no address") };
        program.until_ready("ok: leading\n").await;
        (program, lines)
    }

    pub async fn until_ready(&self, as_what: &str) {
        let begun = Instant::now();
        loop {
            let answer = get(self.address, "/readyz").await;
            if answer.body == as_what {
                return;
            }
            assert!(begun.elapsed() < PATIENCE * 2, "/readyz: expected {as_what:?}, found {:?}", answer.body);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Sends a signal, such as `STOP`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}
