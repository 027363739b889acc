//! Tests of the real binary: its signals, and a server without lapsewatch's definitions. The module `canary` checks its
//! log.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use lapsewatch_test_support::cluster::account::account;
use lapsewatch_test_support::cluster::bed::Bed;

pub struct Running(Child);

impl Running {
    /// Starts the binary with the chart's ServiceAccount in `home`. The account has rights for these namespaces, or for
    /// all if the list is empty.
    pub async fn start(bed: &Bed, home: &str, namespaces: &[String], args: &[&str]) -> Self {
        let user = account(bed, home, namespaces).await;
        let child = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
            .arg("run")
            .arg("--kubeconfig")
            .arg(bed.kubeconfig_as(&user, home))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Sends SIGTERM, as Kubernetes does. Returns the time until the end, true if the exit code is 0, and all output.
    pub fn stop(mut self) -> (Duration, bool, String) {
        let begun = Instant::now();
        Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        let status = self.0.wait().unwrap();
        let took = begun.elapsed();
        let mut printed = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        self.0.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
        (took, status.success(), printed)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
    }
}

#[tokio::test]
async fn it_waits_for_its_definitions_says_so_and_ends_soon_when_told() {
    let bare = Bed::bare();
    let running = Running::start(&bare, "default", &[], &[]).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    bare.install_crds().unwrap();
    let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
        "metadata": {"name": "contract", "namespace": "default"},
        "spec": {"type": "DeclaredExpiry", "expirationTime": "2020-01-01T00:00:00Z"}});
    bare.kubectl_ok(&["apply", "-f", "-"], &object.to_string());
    let wait = ["wait", "--for=condition=Expired", "--timeout=60s", "tcred/contract", "-n", "default"];
    bare.kubectl_ok(&wait, "");
    let (took, ended_well, log) = running.stop();
    // The operator waits at most four seconds. The longer limit allows for a busy machine.
    assert!(took < Duration::from_secs(15), "{took:?}");
    assert!(ended_well, "{log}");
    assert!(log.contains("does not know TenantCredentials") && log.contains("lapsewatch crds"), "{log}");
    assert!(log.contains("stopping"), "{log}");
}
