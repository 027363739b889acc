//! Runs promtool on the rules and their unit tests.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::prometheus::{built, root, rules, tested, tool};

/// Runs promtool. Returns true if it succeeds, and its output.
pub fn promtool(args: &[&str]) -> (bool, String) {
    run(&tool("promtool"), args)
}

/// Runs promtool with this standard input.
pub fn given(args: &[&str], stdin: &str) -> (bool, String) {
    let mut command = Command::new(tool("promtool"));
    let command = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let ran = child.wait_with_output().unwrap();
    let said = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (ran.status.success(), said)
}

fn run(promtool: &Path, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(promtool);
    let ran = command.args(args).current_dir(root()).stdin(Stdio::null()).output().unwrap();
    let said = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (ran.status.success(), said)
}

#[test]
fn the_rules_are_valid() {
    let (is_content, said) = promtool(&["check", "rules", "--lint=all", "--lint-fatal", rules::FILE]);
    assert!(is_content, "{said}");
    assert!(said.contains(&format!("{} rules found", rules::all().len())), "{said}");
}

#[test]
fn each_alert_fires_and_is_silent_when_it_should() {
    passes_all(&tool("promtool"));
}

#[test]
fn prometheus_3_takes_the_rules_and_finds_the_same() {
    let promtool = built("promtool", &[("GOFLAGS", "-tags=remove_all_sd")]).join("promtool");
    let (_, version) = run(&promtool, &["--version"]);
    assert!(version.starts_with("promtool, version"), "{version}");
    let (is_content, said) = run(&promtool, &["check", "rules", "--lint=all", "--lint-fatal", rules::FILE]);
    assert!(is_content, "{said}");
    passes_all(&promtool);
}

fn passes_all(promtool: &Path) {
    let files = tested::files();
    let mut args = vec!["test", "rules"];
    args.extend(files.iter().map(|file| file.to_str().unwrap()));
    let (is_content, said) = run(promtool, &args);
    assert!(is_content, "{said}");
    assert_eq!(said.matches("SUCCESS").count(), files.len(), "{said}");
}

#[test]
fn an_expectation_that_does_not_hold_is_seen() {
    let file = tested::files().into_iter().find(|file| file.ends_with("deadlines.yaml")).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let wrong = text.replacen("exp_labels: {severity: info", "exp_labels: {severity: critical", 1);
    assert_ne!(text, wrong);
    let folder = tempfile::TempDir::new().unwrap();
    let copy = folder.path().join("wrong.yaml");
    let wrong = wrong.replace("../../../charts", root().join("charts").to_str().unwrap());
    std::fs::write(&copy, wrong).unwrap();
    let (is_content, said) = promtool(&["test", "rules", copy.to_str().unwrap()]);
    assert!(!is_content && said.contains("LapsewatchCredentialExpiringNotice"), "{said}");
}
