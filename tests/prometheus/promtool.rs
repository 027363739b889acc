//! The rules and their unit tests, by promtool.

use std::process::{Command, Stdio};

use crate::{root, rules, tested, tool};

/// What promtool says, and whether it is content.
pub fn promtool(args: &[&str]) -> (bool, String) {
    let mut command = Command::new(tool("promtool"));
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
    let files = tested::files();
    let mut args = vec!["test", "rules"];
    args.extend(files.iter().map(|file| file.to_str().unwrap()));
    let (is_content, said) = promtool(&args);
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
    let wrong = wrong.replace("../../charts", root().join("charts").to_str().unwrap());
    std::fs::write(&copy, wrong).unwrap();
    let (is_content, said) = promtool(&["test", "rules", copy.to_str().unwrap()]);
    assert!(!is_content && said.contains("LapsewatchCredentialExpiringNotice"), "{said}");
}
