//! Writes the assessed objects in the format that the arguments select.

use std::fmt::Write as _;
use std::io;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::page::{self, PageStyle};
use super::{StatusPage, calendar, select};
use crate::args::{StatusArgs, StatusFormat};
use crate::report::{self, Gate, Report, Summary};
use crate::terminal::{Paint, document};
use lapsewatch_core::api::Severity;

/// Returns the text for standard output, the text for standard error, and the exit code. The objects are
/// assessed as of `now`, which `--at` may set. `made` is the time of the clock, which the output contains as its creation
/// time.
///
/// # Errors
/// If the report can't be serialized as JSON or YAML.
pub fn show(
    args: &StatusArgs,
    mut judged: StatusPage,
    now: DateTime<Utc>,
    made: DateTime<Utc>,
    paint: Paint,
) -> io::Result<(String, String, u8)> {
    let gate = Gate { fail_on: args.fail_on.into(), ..Gate::default() };
    let summary = Summary::from_report(&report(&judged, None, now), &gate);
    let complaints = complaints(args, &judged);
    let mut whole = None;
    if args.min_severity > Severity::None {
        select::at_least(args.min_severity, &mut judged);
        whole = Some(summary);
    }
    let page = match args.output {
        StatusFormat::Table => page::page(&judged, &gate, PageStyle { is_wide: false, paint, now })?,
        StatusFormat::Wide => page::page(&judged, &gate, PageStyle { is_wide: true, paint, now })?,
        StatusFormat::Ics => calendar::calendar(&judged.rows, now, made),
        StatusFormat::Json => document::json(&object(&report(&judged, whole, now), &gate))?,
        StatusFormat::Yaml => {
            serde_norway::to_string(&object(&report(&judged, whole, now), &gate)).map_err(io::Error::other)?
        }
        StatusFormat::Markdown => {
            let mut text = Vec::new();
            report::markdown(&report(&judged, whole, now), &gate, &mut text)?;
            String::from_utf8_lossy(&text).into_owned()
        }
    };
    Ok((page, complaints, summary.exit_code))
}

/// Converts the assessed objects to the report that all commands share. `whole` contains the counts before
/// `--min-severity` removed objects. None without this option.
fn report(judged: &StatusPage, whole: Option<Summary>, now: DateTime<Utc>) -> Report {
    Report {
        command: "status",
        at: now,
        credentials: judged.rows.iter().map(|row| row.credential.clone()).collect(),
        tenants: judged.tenants.clone(),
        problems: judged.problems.clone(),
        notes: judged.notes.clone(),
        whole,
        ..Report::default()
    }
}

/// The report document, with the additional fields that kubectl requires to read an object from a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportObject<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: ReportMeta,
    #[serde(flatten)]
    document: report::json::ReportDocument<'a>,
}

#[derive(Serialize)]
struct ReportMeta {
    name: &'static str,
}

fn object<'a>(report: &'a Report, gate: &Gate) -> ReportObject<'a> {
    ReportObject {
        api_version: "report.lapsewatch.dev/v1",
        kind: "Report",
        metadata: ReportMeta { name: "status" },
        document: report::json::document(report, gate),
    }
}

fn complaints(args: &StatusArgs, judged: &StatusPage) -> String {
    let mut text = String::new();
    for problem in &judged.problems {
        let _ = writeln!(text, "error: {problem}");
    }
    for note in &judged.notes {
        let _ = writeln!(text, "note: {note}");
    }
    if judged.rows.is_empty() && judged.problems.is_empty() {
        let place = match (args.all_namespaces, args.namespaces.as_slice()) {
            (true, _) => "in any namespace".to_owned(),
            (false, []) => "in the context's namespace; all namespaces are shown with -A".to_owned(),
            (false, names) => format!("in {}", names.join(", ")),
        };
        let such = if args.tenants.is_empty() && args.types.is_empty() { "" } else { " of what was asked for" };
        let _ = writeln!(text, "there is no TenantCredential{such} {place}");
    }
    text
}
