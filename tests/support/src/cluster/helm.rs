//! The real Helm, built once, and the chart as Helm renders it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

/// Returns the folder of the chart.
pub fn chart() -> PathBuf {
    crate::root().join("charts/lapsewatch")
}

/// Returns a program that tests/tools-go builds.
pub fn tool(module: &str) -> PathBuf {
    let build = crate::root().join("tests/tools-go/build");
    let output = Command::new(&build).arg(module).stderr(Stdio::inherit()).output().expect("build starts");
    assert!(output.status.success(), "{} {module} failed, see its output above", build.display());
    PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim()).join(module)
}

/// Runs Helm with these arguments and without the user's settings. Without a kubeconfig, Helm reaches no cluster.
pub fn helm(kubeconfig: Option<&Path>, args: &[&str]) -> Output {
    static HELM: OnceLock<PathBuf> = OnceLock::new();
    // The same folder as CARGO_TARGET_TMPDIR, which cargo sets only for targets of the package itself. The path of this
    // program is target/PROFILE/deps/NAME.
    let program = std::env::current_exe().expect("the program has a path");
    let own = program.ancestors().nth(3).expect("the program is in cargo's target folder").join("tmp/helm");
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

/// Returns the chart's objects, rendered by `helm template` with these additional arguments.
///
/// # Errors
/// Helm's error output if the rendering fails.
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

/// Returns the objects of a YAML stream.
pub fn documents(text: &str) -> Vec<Value> {
    serde_norway::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).unwrap_or_else(|e| panic!("{e}:\n{text}")))
        .filter(|document| !document.is_null())
        .collect()
}
