//! Tests of the Prometheus rules, the runbooks and the dashboard: with promtool, against each other, and with a real
//! Prometheus that scrapes the operator.

mod commands;
mod dashboard;
mod live;
mod operators;
mod pages;
mod process;
mod promtool;
mod reasons;
mod rules;
mod scene;
mod series;
mod server;
mod setup;
mod tested;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Returns the project's root folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns a program of Prometheus. The first test that needs the programs installs them.
fn tool(name: &str) -> PathBuf {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(|| named_by(&mut Command::new(root().join("tests/tools/prometheus")))).join(name)
}

/// Builds a Go module of tests/tools-go once, and returns the folder of its programs.
fn built(module: &str, env: &[(&str, &str)]) -> PathBuf {
    named_by(Command::new(root().join("tests/tools-go/build")).arg(module).envs(env.iter().copied()))
}

/// Runs a script, and returns the folder that it prints.
fn named_by(script: &mut Command) -> PathBuf {
    let ran = script.stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    assert!(ran.status.success(), "{script:?} failed, see its output above");
    PathBuf::from(String::from_utf8(ran.stdout).unwrap().trim())
}
