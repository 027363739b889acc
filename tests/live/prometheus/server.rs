//! A real Prometheus that scrapes operators with the shipped rules, except for shorter waiting times.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use serde_json::{Value, json};

use crate::prometheus::process::{Process, await_some};
use crate::prometheus::{root, rules, tool};

pub struct Prometheus {
    process: Process,
    folder: PathBuf,
}

/// A firing alert: its name, its severity, and the name of its object or job.
pub type Firing = (String, String, String);

/// Returns these alerts as a set.
pub fn these(alerts: &[(&str, &str, &str)]) -> BTreeSet<Firing> {
    let all = alerts.iter().map(|(alert, severity, of)| ((*alert).into(), (*severity).into(), (*of).into()));
    let all: BTreeSet<Firing> = all.collect();
    assert_eq!(all.len(), alerts.len());
    all
}

impl Prometheus {
    /// Starts a Prometheus that scrapes these jobs and their addresses every 2 seconds. Its files are in `folder`.
    pub fn start(folder: &Path, jobs: &[(&str, &[&str])]) -> Self {
        fs::write(folder.join("rules.yaml"), hurried()).unwrap();
        let target = |name: &str, (number, target): (usize, &&str)| {
            let pod = format!("{name}-{number}");
            json!({"targets": [target], "labels": {"namespace": "lapsewatch", "pod": pod, "container": "lapsewatch"}})
        };
        let job = |(name, targets): &(&str, &[&str])| {
            let targets: Value = targets.iter().enumerate().map(|numbered| target(name, numbered)).collect();
            let file = format!("{name}.json");
            fs::write(folder.join(&file), targets.to_string()).unwrap();
            json!({"job_name": name, "honor_labels": true,
                "file_sd_configs": [{"files": [file], "refresh_interval": "1s"}]})
        };
        let config = json!({
            "global": {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "1s"},
            "rule_files": ["rules.yaml"], "scrape_configs": jobs.iter().map(job).collect::<Vec<_>>()});
        // Every JSON document is a YAML document.
        fs::write(folder.join("prometheus.yml"), config.to_string()).unwrap();
        let mut command = Command::new(tool("prometheus"));
        command.current_dir(folder).args([
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=data",
            "--web.listen-address=127.0.0.1:0",
        ]);
        let address = r#"msg="?Listening on"? address=(127\.0\.0\.1:[1-9][0-9]*)"#;
        let process = Process::start(&mut command, &folder.join("prometheus.log"), address);
        await_some("Prometheus", || process.get("/-/ready").filter(|answer| answer.contains("Ready")));
        Self { process, folder: folder.to_owned() }
    }

    /// Removes all targets of a job, as if their Deployment were deleted.
    pub fn forget(&self, job: &str) {
        let (new, file) = (self.folder.join("new"), self.folder.join(format!("{job}.json")));
        fs::write(&new, "[]").unwrap();
        fs::rename(new, file).unwrap();
    }

    fn api(&self, path: &str) -> Value {
        let answer = self.process.get(path).unwrap_or_else(|| panic!("no answer to {path}:\n{}", self.process.log()));
        let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"));
        assert_eq!(answer["status"], "success", "{path}: {answer}");
        answer["data"].clone()
    }

    /// Returns the current result of a query: a list of series.
    pub fn query(&self, query: &str) -> Vec<Value> {
        let encode = |byte: u8| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        let encoded: String = query.bytes().map(encode).collect();
        self.api(&format!("/api/v1/query?query={encoded}"))["result"].as_array().unwrap().clone()
    }

    /// Returns the values of a label in the selected series.
    pub fn label_values(&self, label: &str, selector: &str) -> Value {
        self.api(&format!("/api/v1/label/{label}/values?match[]={selector}"))
    }

    /// Returns the firing alerts, each with the time at which it became active.
    pub fn firing(&self) -> BTreeMap<Firing, String> {
        let alerts = self.api("/api/v1/alerts")["alerts"].as_array().unwrap().clone();
        let firing = alerts.iter().filter(|alert| alert["state"] == "firing").map(|alert| {
            let label = |name: &str| alert["labels"][name].as_str().unwrap_or_default().to_owned();
            let of = if label("name").is_empty() { label("job") } else { label("name") };
            let since = alert["activeAt"].as_str().unwrap().to_owned();
            ((label("alertname"), label("severity"), of), since)
        });
        let (all, firing): (usize, BTreeMap<_, _>) = (firing.clone().count(), firing.collect());
        assert_eq!(firing.len(), all, "one problem is one alert: {alerts:?}");
        firing
    }

    /// Waits until exactly these alerts fire.
    #[track_caller]
    pub fn await_alerts(&self, expected: &BTreeSet<Firing>) -> BTreeMap<Firing, String> {
        let mut tries = 0;
        await_some("the alerts", || {
            let firing = self.firing();
            let seen: BTreeSet<Firing> = firing.keys().cloned().collect();
            tries += 1;
            if tries % 100 == 0 {
                eprintln!("missing: {:?}; not expected: {:?}", expected - &seen, &seen - expected);
            }
            (seen == *expected).then_some(firing)
        })
    }

    /// Returns the rules that could not be evaluated.
    pub fn failed_rules(&self) -> Vec<Value> {
        let groups = self.api("/api/v1/rules")["groups"].as_array().unwrap().clone();
        let rules = groups.iter().flat_map(|group| group["rules"].as_array().unwrap().clone());
        rules.filter(|rule| rule["health"] == "err").collect()
    }
}

/// Returns the shipped rules with two changes: alerts fire without waiting, and the share of time that an operator is
/// down covers half a minute instead of a quarter of an hour.
fn hurried() -> String {
    let shipped = fs::read_to_string(root().join(rules::FILE)).unwrap();
    let hurried = Regex::new(r"(?m)^( +for:) \w+$").unwrap().replace_all(&shipped, "$1 0s");
    let down = "avg_over_time(job:lapsewatch_answers:held1d[15m])";
    assert!(hurried.contains(down) && hurried.contains("for: 0s"));
    hurried.replace(down, &down.replace("15m", "30s"))
}
