//! Tests of `helm --wait` on TenantCredentials in every state. Helm 4 judges objects with kstatus, which uses the
//! condition Ready. Helm waits for credentials that were not read, and never for those that were read and are bad.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::chart::operator::until;
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::helm::helm;

/// A release of one TenantCredential with this spec and Secret.
struct Release<'a> {
    bed: &'a Bed,
    namespace: &'a str,
    name: &'static str,
    chart: TempDir,
}

impl<'a> Release<'a> {
    fn new(bed: &'a Bed, namespace: &'a str, name: &'static str, type_: &str, files: &[(&str, PathBuf)]) -> Self {
        let chart = TempDir::new().unwrap();
        fs::create_dir(chart.path().join("templates")).unwrap();
        let about = format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
        fs::write(chart.path().join("Chart.yaml"), about).unwrap();
        let release = Self { bed, namespace, name, chart };
        release.holds(type_, files);
        release
    }

    /// Sets the content of the Secret from the next upgrade on. Without files, the chart has no Secret.
    fn holds(&self, type_: &str, files: &[(&str, PathBuf)]) {
        let mut spec = json!({"type": type_, "secretRef": {"name": self.name}});
        if type_ == "DeclaredExpiry" {
            spec = json!({"type": type_, "expirationTime": "2020-01-01T00:00:00Z"});
        }
        let credential = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
            "metadata": {"name": self.name}, "spec": spec});
        let data = files.iter().map(|(key, file)| {
            let content = fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            ((*key).to_owned(), Value::from(STANDARD.encode(content)))
        });
        let data: serde_json::Map<String, Value> = data.collect();
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": self.name}, "data": data});
        let all = if files.is_empty() { vec![credential] } else { vec![secret, credential] };
        let all: Vec<String> = all.iter().map(Value::to_string).collect();
        fs::write(self.chart.path().join("templates/all.yaml"), all.join("\n---\n")).unwrap();
    }

    fn wait(&self, verb: &str, timeout: &str) -> Output {
        let chart = self.chart.path().to_str().unwrap();
        let args = [verb, self.name, chart, "-n", self.namespace, "--wait", "--timeout", timeout];
        helm(Some(&self.bed.kubeconfig), &args)
    }

    #[track_caller]
    fn is_waited_for(&self, verb: &str) {
        let output = self.wait(verb, "60s");
        assert!(output.status.success(), "{}: {}", self.name, String::from_utf8_lossy(&output.stderr));
    }

    #[track_caller]
    fn is_waited_for_in_vain(&self, verb: &str) {
        let output = self.wait(verb, "8s");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(self.name), "{}: {told}", self.name);
    }

    fn state(&self) -> String {
        let state = "jsonpath={.status.conditions[?(@.type==\"Healthy\")].reason}";
        self.bed.kubectl_ok(&["get", "tcred", self.name, "-n", self.namespace, "-o", state], "")
    }
}

/// Issues a push certificate and its private key in a folder of this name. The dates are relative to the machine's
/// clock, which the operator uses.
fn issue(bed: &Bed, name: &str, topic: &str, not_before: &str, not_after: &str) -> [(&'static str, PathBuf); 2] {
    let folder = bed.folder.join(name);
    let mut issue = Command::new(bed.assets.join("issue-credentials"));
    issue.arg("--out").arg(&folder).args(["--topic", &format!("com.apple.mgmt.External.{topic}")]);
    let issued = issue.args(["--not-before", not_before, "--not-after", not_after]).status().unwrap();
    assert!(issued.success(), "{name}");
    [("push.pem", folder.join("push.pem")), ("push.key", folder.join("push.key"))]
}

fn fixture(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file)
}

struct Running(Child);

impl Running {
    fn start(bed: &Bed) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lapsewatch"));
        command.args(["run", "--settle", "0s", "--kubeconfig"]).arg(&bed.kubeconfig);
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn helm_waits_for_what_was_not_read_and_for_nothing_that_was() {
    let bed = Bed::bare();
    bed.install_crds().unwrap();
    let namespace = bed.namespace("waited");
    let release = |name, type_, files: &[(&str, PathBuf)]| Release::new(&bed, &namespace, name, type_, files);
    let lapsed = release("lapsed", "DeclaredExpiry", &[]);
    // Helm must not report success for an object that no operator has assessed.
    lapsed.is_waited_for_in_vain("install");

    let _operator = Running::start(&bed);
    lapsed.is_waited_for("upgrade");
    assert_eq!(lapsed.state(), "Expired");
    let well = issue(&bed, "well", "a", "-10d", "+355d");
    let acme = release("acme", "APNsCertificate", &well);
    acme.is_waited_for("install");
    assert_eq!(acme.state(), "Valid");
    for (files, state) in [
        (issue(&bed, "soon", "a", "-345d", "+20d"), "Expiring"),
        (issue(&bed, "lapsed", "a", "-370d", "-5d"), "Expired"),
        (issue(&bed, "other", "b", "-1d", "+364d"), "IdentityChanged"),
        (issue(&bed, "early", "a", "+2d", "+367d"), "NotYetValid"),
    ] {
        acme.holds("APNsCertificate", &files);
        acme.is_waited_for("upgrade");
        until(state, || acme.state() == state);
    }
    let [certificate, _] = issue(&bed, "one", "c", "-10d", "+355d");
    let [_, key] = issue(&bed, "two", "c", "-10d", "+355d");
    let mixed = release("mixed", "APNsCertificate", &[certificate, key]);
    mixed.is_waited_for("install");
    assert_eq!(mixed.state(), "KeyMismatch");
    let undated = release("undated", "DEPToken", &[("token.json", fixture("dep/no-date.json"))]);
    undated.is_waited_for("install");
    assert_eq!(undated.state(), "ExpiryUnknown");
    let token = [("token", fixture("vpp/a.vpptoken"))];
    let first = release("first", "VPPToken", &token);
    first.is_waited_for("install");
    let second = release("second", "VPPToken", &token);
    second.is_waited_for("install");
    until("a duplicate", || [first.state(), second.state()].contains(&"Duplicate".to_owned()));

    // A credential that can't be read delays the release until the credential can be read.
    let wrong = release("wrong", "APNsCertificate", &[("push.pem", fixture("vpp/a.vpptoken"))]);
    wrong.is_waited_for_in_vain("install");
    assert_eq!(wrong.state(), "Unreadable");
    wrong.holds("APNsCertificate", &issue(&bed, "right", "d", "-10d", "+355d"));
    wrong.is_waited_for("upgrade");
    let missing = release("missing", "APNsCertificate", &[]);
    missing.is_waited_for_in_vain("install");
    assert_eq!(missing.state(), "Unreadable");
}
