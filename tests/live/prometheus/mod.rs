//! The rules for Prometheus, the runbooks and the dashboard: judged by promtool, held against each other, and tried with
//! a real Prometheus that scrapes the operator.

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

/// The project's own folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A program of Prometheus, which the first test that needs one gets.
fn tool(name: &str) -> PathBuf {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(|| named_by(&mut Command::new(root().join("tests/tools/prometheus")))).join(name)
}

/// The folder of the programs of a Go module beside the tests, built once.
fn built(module: &str, env: &[(&str, &str)]) -> PathBuf {
    named_by(Command::new(root().join("tests/tools-go/build")).arg(module).envs(env.iter().copied()))
}

/// The folder that a script names.
fn named_by(script: &mut Command) -> PathBuf {
    let ran = script.stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    assert!(ran.status.success(), "{script:?} failed, and says above why");
    PathBuf::from(String::from_utf8(ran.stdout).unwrap().trim())
}
