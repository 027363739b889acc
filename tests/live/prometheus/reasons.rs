//! Tests that everything which the operator can find has exactly one alert.

use std::collections::{BTreeMap, BTreeSet};

use lapsewatch_core::api::CredentialType;
use lapsewatch_core::api::reasons::FailureReason;
use regex::Regex;
use serde_json::{Value, json};

use crate::prometheus::promtool::promtool;
use crate::prometheus::{root, rules};

/// Reasons for states that a user has chosen. They have no alert.
const CHOSEN: [&str; 2] = ["ControlAssumed", "SameSecret"];

/// Type of the credential, and condition, reason and severity of a notification.
type Said = (&'static str, String, String, String);

/// Returns all notifications of credentials. `tests/core/words.rs` creates them and stores them in snapshots.
fn all() -> BTreeSet<Said> {
    let line = Regex::new(r"(?m)^! (\w+) (\w+) (\w+):").unwrap();
    let mut all = BTreeSet::new();
    for type_ in CredentialType::ALL.map(CredentialType::as_str) {
        let kept = std::fs::read_to_string(root().join(format!("tests/snapshots/words__{type_}.snap"))).unwrap();
        for said in line.captures_iter(&kept) {
            all.insert((type_, said[2].to_owned(), said[3].to_owned(), said[1].to_owned()));
        }
        for reason in FailureReason::ALL {
            all.insert((type_, "Ready".to_owned(), reason.as_str().to_owned(), "Warning".to_owned()));
        }
    }
    all
}

#[test]
fn all_that_is_said_of_a_credential_is_one_alert_of_its_severity() {
    let all = all();
    for reason in ["GracePeriodOver", "ExpiresWithin60Days", "Superseded", "WentBackwards", "NotYetValid", "SameSecret"]
    {
        assert!(all.iter().any(|said| said.2 == reason), "no notification has the reason {reason}");
    }
    let mut series = Vec::new();
    let mut expected = BTreeMap::new();
    for (number, (type_, condition, reason, severity)) in all.iter().enumerate() {
        let of = format!("namespace=\"{reason}\",name=\"{type_}-{number}\"");
        let rest = format!("condition=\"{condition}\",reason=\"{reason}\",severity=\"{severity}\"");
        let mut add = |name: String, value: &str| series.push(json!({"series": name, "values": format!("{value}x20")}));
        add(format!("lapsewatch_credential_problem{{{of},type=\"{type_}\",{rest}}}"), "1");
        add(format!("lapsewatch_severity{{{of}}}"), "1");
        // The expiry is so far away that no alert about the date fires.
        add(format!("lapsewatch_expiry_timestamp_seconds{{{of},type=\"{type_}\"}}"), "4000000000");
        let severity = if severity == "Notice" { "info".to_owned() } else { severity.to_lowercase() };
        if !CHOSEN.contains(&reason.as_str()) {
            expected.insert(format!("{{{of},severity=\"{severity}\"}}"), 1);
        }
    }
    let samples: Vec<Value> =
        expected.iter().map(|(labels, value)| json!({"labels": labels, "value": value})).collect();
    // Each series has its own namespace, so that alerts are not counted together.
    let expr = "count by (namespace, name, severity) (ALERTS{alertstate=\"firing\",name!=\"\"})";
    let test = json!({
        "rule_files": [root().join(rules::FILE)], "evaluation_interval": "1m", "group_eval_order": rules::groups(),
        "tests": [{"interval": "1m", "input_series": series,
            "promql_expr_test": [{"expr": expr, "eval_time": "15m", "exp_samples": samples}]}]});
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("all.yaml");
    std::fs::write(&file, test.to_string()).unwrap();
    let (is_content, said) = promtool(&["test", "rules", file.to_str().unwrap()]);
    assert!(is_content, "{said}");
}
