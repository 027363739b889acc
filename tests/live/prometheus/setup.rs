//! Tests that the programs which docs/alerts.md configures accept the documented configuration.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::prometheus::pages::{blocks, page};
use crate::prometheus::promtool::promtool;
use crate::prometheus::{root, rules, tool};

/// Returns the block of the page in this language that begins with `beginning`.
fn block(language: &str, beginning: &str) -> String {
    let page = fs::read_to_string(root().join("docs/alerts.md")).unwrap();
    blocks(&page, language).into_iter().find(|block| block.starts_with(beginning)).unwrap()
}

#[test]
fn prometheus_takes_the_configuration_of_the_docs() {
    let configuration = block("yaml", "rule_files:");
    assert!(configuration.contains("honor_labels: true"));
    // Debian's build of Prometheus has no service discovery for Kubernetes' Pods.
    let (before, discovery) = configuration.split_once("    kubernetes_sd_configs:").unwrap();
    let (_, after) = discovery.split_once("    relabel_configs:").unwrap();
    let configuration = format!(
        "{}    static_configs: [{{targets: [localhost:8080]}}]\n    relabel_configs:{after}",
        before.replace("/etc/prometheus/rules/lapsewatch.yaml", root().join(rules::FILE).to_str().unwrap())
    );
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("prometheus.yml");
    fs::write(&file, configuration).unwrap();
    let (is_content, said) = promtool(&["check", "config", file.to_str().unwrap()]);
    assert!(is_content && said.contains(&format!("{} rules found", rules::all().len())), "{said}");
}

fn amtool(args: &[&str]) -> String {
    let ran = Command::new(tool("amtool")).args(args).output().unwrap();
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn alertmanager_routes_as_the_docs_say() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("alertmanager.yml");
    fs::write(&file, block("yaml", "route:")).unwrap();
    let file = file.to_str().unwrap();
    assert!(amtool(&["check-config", file]).contains("SUCCESS"));
    for (name, rule) in rules::alerts() {
        let labels = [format!("alertname={name}"), format!("severity={}", rule.severity())];
        let receiver = amtool(&["config", "routes", "test", "--config.file", file, &labels[0], &labels[1]]);
        let expected = if rule.severity() == "critical" { "on-call" } else { "mobile-ops" };
        assert_eq!(receiver.trim(), expected, "{labels:?}");
    }
}

/// amtool parses the silence before it sends the request. Debian's Alertmanager runs only if it is installed, so the
/// request itself fails.
#[test]
fn amtool_understands_the_silences_of_the_docs() {
    let nobody = "--alertmanager.url=http://127.0.0.1:1";
    let of_runbook = blocks(&page("LapsewatchDown"), "sh").into_iter().find(|block| block.starts_with("amtool"));
    for command in [of_runbook.unwrap(), block("sh", "amtool")] {
        let tried = |command: &str| {
            let command = command.replacen("amtool", &format!("{} {nobody}", tool("amtool").display()), 1);
            let ran = Command::new("bash").args(["-c", &command]).output().unwrap();
            String::from_utf8(ran.stderr).unwrap()
        };
        assert!(tried(&command).contains("connection refused"), "{command}: {}", tried(&command));
        let wrong = command.replace("--duration=2", "--duration=2days");
        assert!(wrong != command && !tried(&wrong).contains("connection refused"), "{wrong}: {}", tried(&wrong));
    }
}

#[test]
fn alertmanager_tells_clusters_apart_as_the_docs_have_it_set_up() {
    let configuration: Value = serde_norway::from_str(&block("yaml", "route:")).unwrap();
    for labels in [&configuration["route"]["group_by"], &configuration["inhibit_rules"][0]["equal"]] {
        assert!(labels.as_array().unwrap().contains(&"cluster".into()), "{configuration}");
    }
}

#[test]
fn nothing_is_repeated_later_than_alertmanager_remembers_it() {
    // The default of Alertmanager's --data.retention, in hours.
    const REMEMBERED: u32 = 120;
    let configuration: Value = serde_norway::from_str(&block("yaml", "route:")).unwrap();
    let routes = configuration["route"]["routes"].as_array().unwrap();
    assert_eq!(routes.len(), 3, "{configuration}");
    for route in routes {
        let hours = route["repeat_interval"].as_str().unwrap().strip_suffix('h').unwrap();
        assert!(hours.parse::<u32>().unwrap() < REMEMBERED, "{route}");
    }
}

#[test]
fn the_plain_file_becomes_a_prometheus_rule_as_the_docs_say() {
    let command = block("sh", "{\n");
    let (made, applied) = command.trim().rsplit_once(" | ").unwrap();
    assert_eq!(applied, "kubectl apply -n monitoring -f -");
    let made = Command::new("bash").args(["-c", made]).current_dir(root()).output().unwrap();
    let object: Value = serde_norway::from_slice(&made.stdout).unwrap();
    assert_eq!(
        (&object["kind"], &object["apiVersion"]),
        (&"PrometheusRule".into(), &"monitoring.coreos.com/v1".into())
    );
    let plain: Value = serde_norway::from_str(&read(&root().join(rules::FILE))).unwrap();
    assert_eq!(object["spec"], plain);
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
