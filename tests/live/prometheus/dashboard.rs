//! Tests of the Grafana dashboard with Grafana's own schema and with the series that the operator serves. Grafana
//! itself is in no registry that these tests may use. In the module `live`, a real Prometheus answers every query.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::prometheus::promtool::promtool;
use crate::prometheus::{built, root, series};

/// Returns the dashboard.
pub fn dashboard() -> Value {
    let text = std::fs::read_to_string(root().join("charts/lapsewatch/files/dashboard.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn panels() -> Vec<Value> {
    let panels = dashboard()["panels"].as_array().unwrap().clone();
    panels.into_iter().filter(|panel| panel["type"] != "row").collect()
}

/// Returns each panel's title with its queries, as Grafana sends them if all values are selected.
pub fn queries() -> Vec<(String, String)> {
    let of = |panel: Value| {
        let title = panel["title"].as_str().unwrap().to_owned();
        let targets = panel["targets"].as_array().unwrap().clone();
        targets.into_iter().map(move |target| {
            let query = target["expr"].as_str().unwrap();
            let query = query.replace("$namespace", ".*").replace("$job", ".*").replace("$__rate_interval", "1m");
            (title.clone(), query)
        })
    };
    panels().into_iter().flat_map(of).collect()
}

/// Runs the program that reads the dashboard with the types generated from Grafana's schema.
fn judged(dashboard: &Value) -> Output {
    let program = built("dashboard", &[]).join("judge-dashboard");
    let mut judge = Command::new(program);
    judge.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut judge = judge.spawn().unwrap();
    judge.stdin.take().unwrap().write_all(dashboard.to_string().as_bytes()).unwrap();
    judge.wait_with_output().unwrap()
}

#[test]
fn it_is_of_grafanas_schema() {
    let judged = judged(&dashboard());
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
    let read = String::from_utf8(judged.stdout).unwrap();
    let line = |panel: &Value| format!("{}: {}\n", panel["type"], panel["title"]).replace('"', "");
    assert_eq!(read, panels().iter().map(line).collect::<String>());
}

#[test]
fn what_is_not_of_grafanas_schema_is_seen() {
    let is_refused = |pointer: &str, name: &str| {
        let mut wrong = dashboard();
        let part = wrong.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")).as_object_mut().unwrap();
        part.insert(name.to_owned(), Value::from("x"));
        let judged = judged(&wrong);
        let said = String::from_utf8_lossy(&judged.stderr);
        assert!(!judged.status.success() && said.contains(name), "{pointer} {name}: {said}");
    };
    is_refused("", "colour");
    is_refused("/panels/1", "titel");
    is_refused("/panels/1/options", "mode");
    is_refused("/panels/1/targets/0", "expression");
    is_refused("/panels/1/fieldConfig/defaults", "unti");
    is_refused("/templating/list/0", "kind");
}

#[test]
fn its_queries_name_series_and_labels_that_are_served_and_prometheus_understands_them() {
    let queries = queries();
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("queries.yaml");
    let rule = |(_, query): &(String, String)| serde_json::json!({"record": "a:b:c", "expr": query, "labels": {"query": query}});
    let rules =
        serde_json::json!({"groups": [{"name": "queries", "rules": queries.iter().map(rule).collect::<Vec<_>>()}]});
    // Every JSON document is a YAML document. The lint would report repeated queries, which are fine here.
    std::fs::write(&file, rules.to_string()).unwrap();
    let (is_content, said) = promtool(&["check", "rules", "--lint=none", file.to_str().unwrap()]);
    assert!(is_content, "{said}");
    for (title, query) in &queries {
        assert_eq!(series::unknown(query), [""; 0], "{title}: {query}");
    }
}

#[test]
fn it_shows_every_series_that_is_served() {
    let shown: String = queries().into_iter().map(|(_, query)| query + "\n").collect();
    let missing: Vec<&str> = lapsewatch_operator::metrics::series::ALL
        .iter()
        .map(|series| series.name)
        .filter(|name| !shown.contains(name))
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn each_panel_stands_alone_says_what_it_shows_and_asks_the_chosen_prometheus() {
    let dashboard = dashboard();
    let (mut ids, mut cells) = (BTreeSet::new(), BTreeSet::new());
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{}", panel["title"]);
        let at = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        assert!(at("x") + at("w") <= 24, "{}", panel["title"]);
        for x in at("x")..at("x") + at("w") {
            for y in at("y")..at("y") + at("h") {
                assert!(cells.insert((x, y)), "{} lies on another", panel["title"]);
            }
        }
    }
    for panel in panels() {
        assert!(panel["description"].as_str().unwrap().ends_with('.'), "{}", panel["title"]);
        for target in panel["targets"].as_array().unwrap() {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
        }
    }
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let names: Vec<&str> = variables.iter().map(|variable| variable["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["datasource", "namespace", "job"]);
}
