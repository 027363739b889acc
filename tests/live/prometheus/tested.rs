//! Checks the unit tests of the rules beside this file: for every alert, one test in which the alert fires, and one in
//! which it does not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Deserialize;

use crate::prometheus::{root, rules};

#[derive(Deserialize)]
struct File {
    group_eval_order: Vec<String>,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Test {
    name: String,
    alert_rule_test: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    alertname: String,
    exp_alerts: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    exp_labels: BTreeMap<String, String>,
}

/// Returns the files with unit tests.
pub fn files() -> Vec<PathBuf> {
    let folder = root().join("tests/live/prometheus");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    assert!(files.len() >= 5, "{files:?}");
    files
}

fn tests() -> Vec<Test> {
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let file: File = serde_norway::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // promtool evaluates unlisted groups in an arbitrary order, so the test could fail occasionally.
        assert_eq!(file.group_eval_order, rules::groups(), "{}", path.display());
        file.tests
    };
    files().into_iter().flat_map(read).collect()
}

#[test]
fn every_alert_is_seen_to_fire_at_each_severity_and_to_be_silent() {
    let (mut fires, mut silent) = (BTreeSet::new(), BTreeSet::new());
    for case in tests().into_iter().flat_map(|test| test.alert_rule_test) {
        if case.exp_alerts.is_empty() {
            silent.insert(case.alertname.clone());
        }
        fires
            .extend(case.exp_alerts.iter().map(|alert| (case.alertname.clone(), alert.exp_labels["severity"].clone())));
    }
    let rules: BTreeSet<_> =
        rules::alerts().iter().map(|(name, rule)| (name.clone(), rule.severity().to_owned())).collect();
    assert_eq!(fires, rules);
    assert_eq!(silent, rules::names());
}

#[test]
fn no_test_has_the_name_of_another() {
    let tests = tests();
    let names: BTreeSet<&str> = tests.iter().map(|test| test.name.as_str()).collect();
    assert_eq!(names.len(), tests.len());
}
