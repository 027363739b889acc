//! Tests that the rules use only series which the operator serves, with labels that these series have.

use std::collections::{BTreeMap, BTreeSet};

use lapsewatch_operator::metrics::series;
use regex::Regex;

use crate::prometheus::rules;

/// Labels that come from the scrape target.
const OF_THE_TARGET: [&str; 5] = ["cluster", "namespace", "job", "pod", "instance"];

/// Returns the served and recorded series with their labels.
fn known() -> BTreeMap<String, Vec<String>> {
    let mut known = BTreeMap::new();
    for served in series::ALL {
        let labels: Vec<String> = served.labels.iter().map(|label| (*label).to_owned()).collect();
        let suffixes: &[&str] = if served.type_ == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
        for suffix in suffixes {
            let mut labels = labels.clone();
            labels.extend((*suffix == "_bucket").then(|| "le".to_owned()));
            known.insert(format!("{}{suffix}", served.name), labels);
        }
    }
    let by = Regex::new(r"^max by \(([a-z, ]+)\)").unwrap();
    for rule in rules::all() {
        let Some(recorded) = rule.record else { continue };
        let by = by.captures(&rule.expr).unwrap();
        known.insert(recorded, by[1].split(", ").map(str::to_owned).collect());
    }
    known
}

/// Returns the series in an expression, including recorded series.
fn named(expr: &str) -> BTreeSet<String> {
    let name = Regex::new(r"\b(?:[a-z]+:)?lapsewatch_[a-z0-9_]+(?::[a-z0-9]+)?").unwrap();
    name.find_iter(expr).map(|name| name.as_str().to_owned()).collect()
}

/// Returns the series and labels in an expression that do not exist.
pub fn unknown(expr: &str) -> Vec<String> {
    let known = known();
    let mut unknown: Vec<String> = named(expr).into_iter().filter(|name| !known.contains_key(name)).collect();
    // A selector may use only labels of its own series.
    let label = Regex::new(r"([a-z_]+)\s*(?:=~|!=|!~|=)").unwrap();
    for selected in Regex::new(r"([a-z:_0-9]*lapsewatch_[a-z0-9_:]+)\{([^}]*)\}").unwrap().captures_iter(expr) {
        let labels = known.get(&selected[1]).cloned().unwrap_or_default();
        for label in label.captures_iter(&selected[2]) {
            if !labels.contains(&label[1].to_owned()) && !OF_THE_TARGET.contains(&&label[1]) {
                unknown.push(format!("{}{{{}}}", &selected[1], &label[1]));
            }
        }
    }
    // A grouping may use only labels of some series in the expression.
    let labels: BTreeSet<&str> = known.values().flatten().map(String::as_str).chain(OF_THE_TARGET).collect();
    for grouped in Regex::new(r"\b(?:by|on|group_left|group_right) ?\(([^)]*)\)").unwrap().captures_iter(expr) {
        let grouped: Vec<String> = grouped[1].split(',').map(|label| label.trim().to_owned()).collect();
        unknown.extend(grouped.into_iter().filter(|label| !label.is_empty() && !labels.contains(label.as_str())));
    }
    unknown
}

#[test]
fn the_rules_use_series_that_are_served_and_every_recorded_one_is_used() {
    let rules = rules::all();
    for rule in &rules {
        assert!(!named(&rule.expr).is_empty(), "{}", rule.expr);
        assert_eq!(unknown(&rule.expr), [""; 0], "{}", rule.expr);
    }
    for recorded in rules.iter().filter_map(|rule| rule.record.as_ref()) {
        assert!(rules.iter().any(|rule| rule.expr.contains(recorded)), "{recorded} is used nowhere");
    }
}

#[test]
fn a_series_or_a_label_that_nobody_serves_is_seen() {
    let is = |expr: &str, expected: &[&str]| assert_eq!(unknown(expr), expected, "{expr}");
    is(
        "sum(lapsewatch_credentials) + lapsewatch_credential{a=\"b\"} or up{x=\"\"}",
        &["lapsewatch_credential", "lapsewatch_credential{a}"],
    );
    is("job:lapsewatch_at_work:max1m == 1", &["job:lapsewatch_at_work:max1m"]);
    is(
        "sum by (kind, verb) (lapsewatch_queue_length{kind=\"a\",state!=\"b\"})",
        &["lapsewatch_queue_length{state}", "verb"],
    );
}
