//! The table of docs/gitops.md with the verdict on each state. The tests take their expectations from this table.

use std::fs;

use serde_json::Value;

use crate::gitops::foreign::root;

/// A row: the conditions and the severity, and the verdicts on them.
#[derive(Debug)]
pub struct Row {
    ready: String,
    healthy: String,
    severity: String,
    pub argo: String,
    pub kstatus: String,
    pub exprs: String,
}

/// Returns the rows. The first matching row decides.
pub fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/gitops.md")).unwrap();
    let lines = text.lines().skip_while(|line| !line.starts_with("| Ready | Healthy |")).skip(2);
    let row = |line: &str| {
        let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        let [ready, healthy, severity, argo, kstatus, exprs] = cells.try_into().unwrap_or_else(|_| panic!("{line}"));
        Row { ready, healthy, severity, argo, kstatus, exprs }
    };
    lines.take_while(|line| line.starts_with('|')).map(row).collect()
}

/// Returns status and reason of a condition, such as `True/Valid`. Conditions of an earlier generation have a fixed
/// text instead.
fn said(object: &Value, type_: &str) -> String {
    let conditions = object["status"]["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some(condition) = conditions.iter().find(|condition| condition["type"] == type_) else { return String::new() };
    let seen = &condition["observedGeneration"];
    if seen.is_i64() && *seen != object["metadata"]["generation"] {
        return "of an earlier generation".to_owned();
    }
    format!("{}/{}", condition["status"].as_str().unwrap(), condition["reason"].as_str().unwrap())
}

/// Returns true if a cell matches: the cell is `any`, or it contains the status or the status with the reason.
fn fits(cell: &str, said: &str) -> bool {
    let status = said.split('/').next().unwrap_or_default();
    cell == "any" || cell.split(", ").any(|word| word == said || word == status)
}

/// Returns the index of the first row that matches this object.
pub fn row_of(rows: &[Row], object: &Value) -> usize {
    let (ready, healthy) = (said(object, "Ready"), said(object, "Healthy"));
    let severity = object["status"]["severity"].as_str().unwrap_or("none yet");
    let found = rows
        .iter()
        .position(|row| fits(&row.ready, &ready) && fits(&row.healthy, &healthy) && fits(&row.severity, severity));
    found.unwrap_or_else(|| panic!("docs/gitops.md has no row for Ready {ready}, Healthy {healthy}, {severity}"))
}

/// Returns the reasons of a condition in these objects.
pub fn reasons(objects: &[Value], type_: &str) -> std::collections::BTreeSet<String> {
    objects.iter().map(|object| said(object, type_).split('/').next_back().unwrap_or_default().to_owned()).collect()
}
