//! Only series that the operator serves are used.

use std::collections::BTreeSet;

use regex::Regex;

use crate::rules;

/// Every series that the operator serves.
const SERVED: [&str; 22] = [
    "lapsewatch_credential_expiry_timestamp_seconds",
    "lapsewatch_credential_severity",
    "lapsewatch_credential_problem",
    "lapsewatch_credential_conditions",
    "lapsewatch_credentials",
    "lapsewatch_credential_duplicates",
    "lapsewatch_tenant_severity",
    "lapsewatch_tenant_next_deadline_timestamp_seconds",
    "lapsewatch_tenant_missing_credential",
    "lapsewatch_build_info",
    "lapsewatch_leader",
    "lapsewatch_ready",
    "lapsewatch_reconciles_total",
    "lapsewatch_reconcile_errors_total",
    "lapsewatch_reconcile_duration_seconds_bucket",
    "lapsewatch_reconcile_duration_seconds_sum",
    "lapsewatch_reconcile_duration_seconds_count",
    "lapsewatch_secret_reads_total",
    "lapsewatch_api_requests_total",
    "lapsewatch_events_total",
    "lapsewatch_watch_errors_total",
    "lapsewatch_queue_length",
];

/// The series that an expression names, those that are recorded among them.
pub fn named(expr: &str) -> BTreeSet<String> {
    let name = Regex::new(r"\b(?:[a-z]+:)?lapsewatch_[a-z0-9_]+(?::[a-z0-9]+)?").unwrap();
    name.find_iter(expr).map(|name| name.as_str().to_owned()).collect()
}

/// Those of them that neither the operator serves nor a rule records.
pub fn unknown(expr: &str) -> Vec<String> {
    let recorded: BTreeSet<String> = rules::all().into_iter().filter_map(|rule| rule.record).collect();
    let is_known = |name: &String| SERVED.contains(&name.as_str()) || recorded.contains(name);
    named(expr).into_iter().filter(|name| !is_known(name)).collect()
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
fn a_series_that_nobody_serves_is_seen() {
    assert_eq!(
        unknown("sum(lapsewatch_credentials) + lapsewatch_credential{a=\"b\"} or up"),
        ["lapsewatch_credential"]
    );
    assert_eq!(unknown("job:lapsewatch_at_work:max1m == 1"), ["job:lapsewatch_at_work:max1m"]);
}
