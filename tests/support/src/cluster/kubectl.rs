//! The real kubectl, since what users see of the API they see through it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::cluster::bed::Bed;

impl Bed {
    /// What kubectl answers.
    pub fn kubectl(&self, args: &[&str]) -> Output {
        self.kubectl_with(args, "")
    }

    /// What kubectl prints; the test fails where kubectl does.
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

    /// What kubectl answers, given this as its standard input.
    pub fn kubectl_with(&self, args: &[&str], stdin: &str) -> Output {
        let mut child = Command::new(self.assets.join("kubectl"))
            .current_dir(&self.folder)
            // Nothing of the user's own settings, and nothing left in the user's home.
            .env("KUBECONFIG", &self.kubeconfig)
            .env("KUBECACHEDIR", self.folder.join("kubectl-cache"))
            .env("KUBECTL_KUBERC", "false")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("kubectl can be started");
        // It may end without having read all of it, which is no failure of the test's.
        let _ = child.stdin.take().expect("it is piped").write_all(stdin.as_bytes());
        child.wait_with_output().expect("kubectl ends")
    }
}
