//! The real kubectl, because users see the API through it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::cluster::bed::Bed;

impl Bed {
    /// Runs kubectl, and returns its output.
    pub fn kubectl(&self, args: &[&str]) -> Output {
        self.kubectl_with(args, "")
    }

    /// Returns kubectl's standard output. The test fails if kubectl fails.
    pub fn kubectl_ok(&self, args: &[&str], stdin: &str) -> String {
        let output = self.kubectl_with(args, stdin);
        assert!(
            output.status.success(),
            "kubectl {} failed: {}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("kubectl prints UTF-8")
    }

    /// Runs kubectl with this standard input, and returns its output.
    pub fn kubectl_with(&self, args: &[&str], stdin: &str) -> Output {
        let mut child = Command::new(self.assets.join("kubectl"))
            .current_dir(&self.folder)
            // Without the user's settings, and without files in the user's home.
            .env("KUBECONFIG", &self.kubeconfig)
            .env("KUBECACHEDIR", self.folder.join("kubectl-cache"))
            .env("KUBECTL_KUBERC", "false")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("kubectl can be started");
        // kubectl may end before it has read the whole input, which is not a failure.
        let _ = child.stdin.take().expect("standard input is piped").write_all(stdin.as_bytes());
        child.wait_with_output().expect("kubectl ends")
    }
}
