//! The real Helm, built once, and what it makes of the chart.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

/// The folder of the chart.
pub fn chart() -> PathBuf {
    crate::root().join("charts/lapsewatch")
}

/// A program that tests/tools-go builds.
pub fn tool(module: &str) -> PathBuf {
    let build = crate::root().join("tests/tools-go/build");
    let output = Command::new(&build).arg(module).stderr(Stdio::inherit()).output().expect("it can be run");
    assert!(output.status.success(), "{} {module} failed, and says above why", build.display());
    PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim()).join(module)
}

/// Helm with these arguments, and with nothing of the user's own settings. Without a kubeconfig it reaches no cluster.
pub fn helm(kubeconfig: Option<&Path>, args: &[&str]) -> Output {
    static HELM: OnceLock<PathBuf> = OnceLock::new();
    // Cargo sets CARGO_TARGET_TMPDIR only for integration tests. The program is target/PROFILE/deps/NAME.
    let program = std::env::current_exe().expect("the program has a path");
    let own = program.ancestors().nth(3).expect("the program is in Cargo's target folder").join("tmp/helm");
    Command::new(HELM.get_or_init(|| tool("helm")))
        .args(args)
        .env("KUBECONFIG", kubeconfig.unwrap_or(Path::new("/dev/null")))
        .env("HELM_CACHE_HOME", own.join("cache"))
        .env("HELM_CONFIG_HOME", own.join("config"))
        .env("HELM_DATA_HOME", own.join("data"))
        .stdin(Stdio::null())
        .output()
        .expect("Helm can be started")
}

/// The chart's objects, with these further arguments of `helm template`.
///
/// # Errors
/// What Helm says where it refuses.
pub fn template(release: &str, namespace: &str, args: &[&str]) -> Result<Vec<Value>, String> {
    let chart = chart();
    let mut all = vec!["template", release, chart.to_str().expect("UTF-8"), "--namespace", namespace];
    all.extend(args);
    let output = helm(None, &all);
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(documents(&String::from_utf8_lossy(&output.stdout)))
}

/// The objects of a YAML stream.
pub fn documents(text: &str) -> Vec<Value> {
    serde_norway::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).unwrap_or_else(|e| panic!("{e}:\n{text}")))
        .filter(|document| !document.is_null())
        .collect()
}
