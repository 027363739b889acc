//! Runs the binary with a controlled environment, and writes kubeconfigs for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Variables that may be set on the machine that runs the tests.
const ENVIRONMENT: [&str; 8] = [
    "KUBECONFIG",
    "KUBERNETES_SERVICE_HOST",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
];

pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Checks that the exit code is 2 and that one line of standard error contains all these parts.
    #[track_caller]
    pub fn complains(&self, parts: &[&str]) {
        assert_eq!(self.code, Some(2), "{}{}", self.out, self.err);
        let line = self.err.lines().find(|line| parts.iter().all(|part| line.contains(part)));
        assert!(line.is_some(), "no line has {parts:?}:\n{}", self.err);
    }

    /// Checks that `status` reached the cluster, which contains no objects to show.
    #[track_caller]
    pub fn is_fine(&self) {
        assert!(self.has_seen(), "{}{}", self.out, self.err);
    }

    pub fn has_seen(&self) -> bool {
        self.err.contains("there is no TenantCredential in any namespace") && self.err.lines().count() == 1
    }
}

/// A folder for kubeconfigs, which is also HOME of the processes.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// Writes a kubeconfig with one context.
    pub fn kubeconfig(&self, cluster: Value, user: Value) -> PathBuf {
        self.write("kubeconfig", &kubeconfig("only", cluster, user).to_string())
    }

    /// Runs the binary without blocking the servers of the test.
    pub async fn run(&self, args: &[&str], environment: &[(&str, &str)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lapsewatch"));
        ENVIRONMENT.iter().for_each(|name| _ = command.env_remove(name));
        command.args(args).env("HOME", self.0.path()).envs(environment.iter().copied());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Runs `status` with this kubeconfig.
    pub async fn status(&self, kubeconfig: &Path, environment: &[(&str, &str)]) -> Ran {
        self.run(&["status", "-A", "--kubeconfig", kubeconfig.to_str().unwrap()], environment).await
    }
}

/// Returns a kubeconfig whose context, cluster and user have the same name.
pub fn kubeconfig(name: &str, cluster: Value, user: Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": name,
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    })
}

/// Returns the path of a file below tests/fixtures/tls.
pub fn tls(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name).to_str().unwrap().to_owned()
}

/// Returns a file below tests/fixtures/tls in base64, the form that a kubeconfig contains.
pub fn data(name: &str) -> String {
    STANDARD.encode(std::fs::read(tls(name)).unwrap())
}
