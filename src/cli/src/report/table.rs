//! Writes the report for the terminal: a table, a block for each object with findings, and the counts.

use std::io::{self, Write};

use super::{Gate, Origin, Report, ReportedCredential, ReportedFinding, ReportedTenant, Summary};
use crate::terminal::columns::or_dash;
use crate::terminal::{Paint, painted, paragraph};
use lapsewatch_core::api::Severity;
use lapsewatch_core::api::status::Expiry;
use lapsewatch_core::messages;

const HEAD: [&str; 7] = ["CONTEXT", "NAMESPACE", "NAME", "TYPE", "STATE", "SEVERITY", "EXPIRES"];
const TENANT_HEAD: [&str; 7] = ["CONTEXT", "NAMESPACE", "TENANT", "STATE", "SEVERITY", "CREDENTIALS", "NEXT"];

/// A row of the table, with the severity of its object.
type TableRow = ([String; 7], Severity);

/// Writes the whole report.
///
/// # Errors
/// Returns an error if the report can't be written.
pub fn write(report: &Report, gate: &Gate, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    rows(HEAD, report.credentials.iter().map(row).collect(), paint, out)?;
    rows(TENANT_HEAD, report.tenants.iter().map(tenant_row).collect(), paint, out)?;
    for credential in &report.credentials {
        block(&ReportedFinding::of_credential(credential, report, gate), paint, out)?;
    }
    for tenant in &report.tenants {
        block(&ReportedFinding::of_tenant(tenant, gate), paint, out)?;
    }
    for change in &report.changes {
        writeln!(out, "{}", paint.bold(&format!("{} (changed)", change.key)))?;
        writeln!(out, "  {}", change.reason.as_str())?;
        paragraph("", &change.message, out)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", Summary::from_report(report, gate))
}

/// Writes a table if it has rows. The column of contexts is left out if no row has a context.
fn rows(head: [&str; 7], rows: Vec<TableRow>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let has_contexts = rows.iter().any(|([context, ..], _)| !context.is_empty());
    let (mut cells, severities): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    cells.insert(0, head.map(str::to_owned));
    let severity_column = head.iter().position(|name| *name == "SEVERITY").unwrap_or_default();
    let colour = |row: usize, column: usize, cell: String| match row.checked_sub(1).and_then(|at| severities.get(at)) {
        None => paint.bold(&cell),
        Some(severity) if column == severity_column => paint.severity(*severity, &cell),
        Some(_) => cell,
    };
    let lines = if has_contexts {
        painted(&cells, colour)
    } else {
        let without: Vec<[String; 6]> = cells.into_iter().map(|[_, a, b, c, d, e, f]| [a, b, c, d, e, f]).collect();
        painted(&without, |row, column, cell| colour(row, column + 1, cell))
    };
    for line in lines {
        writeln!(out, "{line}")?;
    }
    writeln!(out)
}

fn context(origin: &Origin) -> String {
    match origin {
        Origin::Cluster(Some(context)) => context.to_string(),
        Origin::Cluster(None) | Origin::Manifest(_) => String::new(),
    }
}

fn tenant_row(tenant: &ReportedTenant) -> TableRow {
    let status = &tenant.status;
    let severity = status.severity.unwrap_or_default();
    let cells = [
        context(&tenant.origin),
        or_dash(&tenant.key.namespace),
        tenant.key.name.to_string(),
        or_dash(tenant.state().unwrap_or_default()),
        severity.to_string(),
        status.credentials.as_ref().map_or(0, |counts| counts.total).to_string(),
        status
            .next_deadline
            .as_ref()
            .map_or_else(|| "-".to_owned(), |next| format!("{} {}", messages::at(next.time), next.name)),
    ];
    (cells, severity)
}

fn row(credential: &ReportedCredential) -> TableRow {
    let severity = credential.status.severity.unwrap_or_default();
    let cells = [
        context(&credential.origin),
        or_dash(&credential.key.namespace),
        credential.key.name.to_string(),
        credential.spec.type_.to_string(),
        or_dash(credential.state().unwrap_or_default()),
        severity.to_string(),
        expires(credential),
    ];
    (cells, severity)
}

/// Formats the time at which a credential expires, for a table cell.
pub fn expires(credential: &ReportedCredential) -> String {
    let is_never = credential.status.credential.as_ref().is_some_and(|facts| facts.expiry == Expiry::Never);
    let otherwise = if is_never { "never" } else { "-" };
    credential.not_after().map_or_else(|| otherwise.to_owned(), messages::at)
}

/// Writes the findings of one object, most severe first.
pub fn block(findings: &[ReportedFinding<'_>], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    writeln!(out, "{}", paint.bold(&first.heading()))?;
    for finding in findings {
        let how_bad = paint.severity(finding.severity, finding.severity.as_str());
        writeln!(out, "  {how_bad} {}", finding.reason)?;
        paragraph("", &finding.message, out)?;
        paragraph("", finding.impact, out)?;
        paragraph("to do: ", finding.remedy, out)?;
        paragraph("runbook: ", finding.runbook_url.unwrap_or_default(), out)?;
    }
    paragraph("contact: ", first.contact.unwrap_or_default(), out)?;
    writeln!(out)
}
