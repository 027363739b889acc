//! Tests of the rules as they are shipped.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde::Deserialize;

use crate::prometheus::root;

/// The path of the rules.
pub const FILE: &str = "charts/lapsewatch/files/alerts.yaml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    rules: Vec<Rule>,
}

/// One rule: an alert, or a recorded series.
#[derive(Deserialize, Debug, Clone)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    #[serde(default)]
    pub alert: Option<String>,
    #[serde(default)]
    pub record: Option<String>,
    pub expr: String,
    #[serde(default, rename = "for")]
    pub for_: Option<String>,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

impl Rule {
    pub fn severity(&self) -> &str {
        self.labels.get("severity").map_or("", String::as_str)
    }
}

fn read() -> Vec<Group> {
    let text = std::fs::read_to_string(root().join(FILE)).unwrap();
    serde_norway::from_str::<Rules>(&text).unwrap().groups
}

/// Returns all rules in their order.
pub fn all() -> Vec<Rule> {
    read().into_iter().flat_map(|group| group.rules).collect()
}

/// Returns the names of the groups in their order.
pub fn groups() -> Vec<String> {
    read().into_iter().map(|group| group.name).collect()
}

/// Returns the alerts as names and rules. An alert may have one rule for each of several severities.
pub fn alerts() -> Vec<(String, Rule)> {
    all().into_iter().filter_map(|rule| Some((rule.alert.clone()?, rule))).collect()
}

/// Returns the names of the alerts.
pub fn names() -> BTreeSet<String> {
    alerts().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn an_alert_says_how_bad_it_is_what_it_is_and_where_to_read_on() {
    let alerts = alerts();
    assert!(alerts.len() > 25, "{}", alerts.len());
    for (name, rule) in &alerts {
        let told = |key: &str| rule.annotations.get(key).unwrap_or_else(|| panic!("{name} has no {key}"));
        assert!(name.starts_with("Lapsewatch"), "{name}");
        assert!(["info", "warning", "critical"].contains(&rule.severity()), "{name}: {:?}", rule.labels);
        let minutes = rule.for_.as_ref().and_then(|wait| wait.strip_suffix('m')?.parse::<u32>().ok());
        assert!(minutes.is_some_and(|minutes| minutes >= 5), "{name}: an alert waits for at least 5 minutes");
        assert!(told("summary").ends_with('.') && !told("summary").contains("{{"), "{name}: {}", told("summary"));
        // The description names the affected object or the affected installation of the operator.
        let of_object = told("description").contains("$labels.name }}");
        let who = if of_object { ["$labels.namespace", "$labels.name"] } else { ["$labels.namespace", "$labels.job"] };
        let is_told = |label: &&str| told("description").contains(*label) || name == "LapsewatchInvalidObject";
        assert!(who.iter().all(is_told), "{name}: {}", told("description"));
        assert_eq!(rule.annotations.len(), 3, "{name}");
    }
    let severities: BTreeSet<(&String, &str)> = alerts.iter().map(|(name, rule)| (name, rule.severity())).collect();
    assert_eq!(severities.len(), alerts.len(), "two rules have the same name and severity");
}

#[test]
fn a_group_is_no_larger_than_rulers_of_others_take() {
    for group in read() {
        assert!(group.name.starts_with("lapsewatch."), "{}", group.name);
        assert!((1..=20).contains(&group.rules.len()), "{}", group.name);
    }
}

#[test]
fn nothing_puts_the_series_of_several_clusters_together() {
    let groupings = Regex::new(r"\b(?:by|on|without|ignoring|group_left|group_right) ?\(([^)]*)\)").unwrap();
    let mut seen = 0;
    for rule in all() {
        for labels in groupings.captures_iter(&rule.expr) {
            // If no operator is seen at all, there is no label for the cluster.
            let is_of_none = labels[1].is_empty() && rule.expr.contains("absent(");
            assert!(is_of_none || labels[1].split(", ").any(|label| label == "cluster"), "{}", rule.expr);
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}
