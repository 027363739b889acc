//! The table of docs/gitops.md that says what is made of which state: what it says is what is expected.

use std::fs;

use serde_json::Value;

use crate::gitops::foreign::root;

/// A row: what the status says, and what is made of it.
#[derive(Debug)]
pub struct Row {
    ready: String,
    healthy: String,
    severity: String,
    pub argo: String,
    pub kstatus: String,
    pub exprs: String,
}

/// The rows, the first that fits decides.
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

/// `True/Valid` of a condition, without its reason where it is of an earlier generation.
fn said(object: &Value, type_: &str) -> String {
    let conditions = object["status"]["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some(condition) = conditions.iter().find(|condition| condition["type"] == type_) else { return String::new() };
    let seen = &condition["observedGeneration"];
    if seen.is_i64() && *seen != object["metadata"]["generation"] {
        return "of an earlier generation".to_owned();
    }
    format!("{}/{}", condition["status"].as_str().unwrap(), condition["reason"].as_str().unwrap())
}

/// Whether a cell speaks of this: `any`, or one of its words.
fn fits(cell: &str, said: &str) -> bool {
    let status = said.split('/').next().unwrap_or_default();
    cell == "any" || cell.split(", ").any(|word| word == said || word == status)
}

/// Which row is of this object.
pub fn row_of(rows: &[Row], object: &Value) -> usize {
    let (ready, healthy) = (said(object, "Ready"), said(object, "Healthy"));
    let severity = object["status"]["severity"].as_str().unwrap_or("none yet");
    let found = rows
        .iter()
        .position(|row| fits(&row.ready, &ready) && fits(&row.healthy, &healthy) && fits(&row.severity, severity));
    found.unwrap_or_else(|| panic!("docs/gitops.md has no row for Ready {ready}, Healthy {healthy}, {severity}"))
}

/// Reasons of a condition in these objects.
pub fn reasons(objects: &[Value], type_: &str) -> std::collections::BTreeSet<String> {
    objects.iter().map(|object| said(object, type_).split('/').next_back().unwrap_or_default().to_owned()).collect()
}
