//! Writes the report as SARIF 2.1.0 for code scanning tools. Each finding of an object is one result at its line.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Diagnostic, Gate, Origin, Report, ReportedFinding, Summary};
use crate::source::{ObjectKind, SourceLocation};
use crate::terminal::document;
use lapsewatch_core::api::{Key, Severity};
use lapsewatch_core::messages::reason_summary;
use lapsewatch_core::sanitize::sanitize;

/// The URL of the SARIF 2.1.0 schema.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Writes the report.
///
/// # Errors
/// Returns an error if the report can't be written.
pub fn write(report: &Report, gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    let findings = ReportedFinding::all(report, gate);
    let mut rules: BTreeMap<&str, usize> = findings.iter().map(|finding| (finding.reason, 0)).collect();
    for (index, place) in rules.values_mut().enumerate() {
        *place = index;
    }
    let notifications: Vec<Value> = report
        .problems
        .iter()
        .chain(&report.not_compared)
        .map(|problem| notification(problem, "error"))
        .chain(report.skipped.iter().map(|problem| notification(problem, "note")))
        .collect();
    let summary = Summary::from_report(report, gate);
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "lapsewatch",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.keys().map(|id| rule(id)).collect::<Vec<_>>(),
            }},
            "invocations": [{
                // In SARIF, an execution is unsuccessful if the tool could not do its work. That is so if input could
                // not be read or compared, but not if there are findings.
                "executionSuccessful": summary.errors + summary.not_compared == 0,
                "exitCode": summary.exit_code,
                "toolExecutionNotifications": notifications,
            }],
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(|finding| result(finding, &rules)).collect::<Vec<_>>(),
            "properties": {"summary": summary, "at": report.at},
        }],
    });
    out.write_all(document::json(&document)?.as_bytes())
}

fn rule(id: &str) -> Value {
    json!({"id": id, "name": id, "shortDescription": {"text": reason_summary(id)}})
}

fn result(finding: &ReportedFinding<'_>, rules: &BTreeMap<&str, usize>) -> Value {
    let level = match finding.severity {
        Severity::Critical => "error",
        Severity::Warning => "warning",
        // A finding that makes the command fail is at least a warning, even if its own severity is lower.
        _ if finding.fails => "warning",
        Severity::Notice | Severity::None => "note",
    };
    let labelled = [
        ("", Some(&*finding.message)),
        ("", Some(finding.impact)),
        ("to do: ", Some(finding.remedy)),
        ("runbook: ", finding.runbook_url),
        ("contact: ", finding.contact),
    ];
    let mut text = format!("{} {}: ", finding.kind, finding.key);
    for (index, (label, part)) in labelled
        .into_iter()
        .filter_map(|(label, part)| Some((label, part.filter(|part| !part.is_empty())?)))
        .enumerate()
    {
        let _ = write!(text, "{}{label}{}", if index == 0 { "" } else { "\n" }, sanitize(part));
    }
    json!({
        "ruleId": finding.reason,
        "ruleIndex": rules.get(finding.reason),
        "level": level,
        "message": {"text": text},
        "locations": [location(finding.origin, Some((finding.kind, finding.key)))],
        "partialFingerprints": {"lapsewatchObject/v1": fingerprint(finding)},
        "properties": {"severity": finding.severity, "passes": !finding.fails, "type": finding.type_},
    })
}

/// Returns a fingerprint by which code scanning recognizes the finding in a later run, even if the object has moved to
/// another line or file.
fn fingerprint(finding: &ReportedFinding<'_>) -> String {
    let digest = Sha256::digest(format!("{}\n{}\n{}", finding.kind, finding.key, finding.reason));
    digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn notification(problem: &Diagnostic, level: &str) -> Value {
    let object = problem.object.as_ref().map(|(kind, key)| (*kind, key));
    let mut text = object.map(|(kind, key)| format!("{kind} {key}: ")).unwrap_or_default();
    text.push_str(&sanitize(&problem.message));
    json!({"level": level, "message": {"text": text}, "locations": [location(&problem.origin, object)]})
}

fn location(origin: &Origin, object: Option<(ObjectKind, &Key)>) -> Value {
    match origin {
        Origin::Manifest(place) => at(place, object),
        Origin::Cluster(_) => logical(object),
    }
}

fn at(place: &SourceLocation, object: Option<(ObjectKind, &Key)>) -> Value {
    let mut location = logical(object);
    // The standard input is not a file in the repository, so the result has no file and line.
    if !place.is_stdin()
        && let Some(fields) = location.as_object_mut()
    {
        let mut physical = json!({"artifactLocation": {"uri": uri(&place.path())}});
        if let (Some(line), Some(fields)) = (place.line, physical.as_object_mut()) {
            fields.insert("region".to_owned(), json!({"startLine": line}));
        }
        fields.insert("physicalLocation".to_owned(), physical);
    }
    location
}

fn logical(object: Option<(ObjectKind, &Key)>) -> Value {
    match object {
        None => json!({}),
        Some((kind, key)) => {
            json!({"logicalLocations": [{"kind": "object", "name": key.to_string(), "fullyQualifiedName": format!("{kind}/{key}")}]})
        }
    }
}

/// Converts a file's path to a URI. A relative path stays relative to the working directory.
fn uri(path: &str) -> String {
    // These characters stay unescaped: the unreserved characters of RFC 3986, section 2.3, and the slash between
    // folders.
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    format!("{scheme}{}", utf8_percent_encode(path, KEPT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_uri() {
        for (path, expected) in [
            ("a/b.yaml", "a/b.yaml"),
            ("../a b:c.yaml", "../a%20b%3Ac.yaml"),
            ("/tmp/ä#?.yaml", "file:///tmp/%C3%A4%23%3F.yaml"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
