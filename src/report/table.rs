//! The result as people read it: a table, a block for each object with something to say, and the count.

use std::io::{self, Write};

use super::{Credential, Report, Tenant};
use crate::api::Severity;
use crate::api::status::Expiry;
use crate::assessment::words;
use crate::terminal::columns::or_dash;
use crate::terminal::{aligned, paragraph};

const HEAD: [&str; 6] = ["NAMESPACE", "NAME", "TYPE", "STATE", "SEVERITY", "EXPIRES"];
const TENANT_HEAD: [&str; 6] = ["NAMESPACE", "TENANT", "STATE", "SEVERITY", "CREDENTIALS", "NEXT"];

/// Writes all of it.
///
/// # Errors
/// When it can't be written.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    rows(HEAD, report.credentials.iter().map(row), out)?;
    rows(TENANT_HEAD, report.tenants.iter().map(tenant_row), out)?;
    for credential in report.credentials.iter().filter(|credential| !credential.status.notifications.is_empty()) {
        block(credential, out)?;
    }
    for tenant in &report.tenants {
        for said in tenant.own() {
            writeln!(out, "{} (MDMTenant)", tenant.key)?;
            notification(said.severity, &said.reason, [&said.message, &said.impact, &said.remedy], out)?;
            paragraph("runbook: ", said.runbook_url.as_deref().unwrap_or_default(), out)?;
            paragraph("contact: ", said.contact.as_deref().unwrap_or_default(), out)?;
            writeln!(out)?;
        }
    }
    let tenants = match report.tenants.len() {
        0 => String::new(),
        1 => "; 1 tenant".to_owned(),
        several => format!("; {several} tenants"),
    };
    writeln!(out, "checked {}, skipped {}{tenants}", report.credentials.len(), report.skipped.len())
}

/// A table, where there is anything to stand in it.
fn rows(head: [&str; 6], rows: impl Iterator<Item = [String; 6]>, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; 6]> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    if rows.len() > 1 {
        for line in aligned(&rows) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn tenant_row(tenant: &Tenant) -> [String; 6] {
    let status = &tenant.status;
    [
        or_dash(&tenant.key.namespace),
        tenant.key.name.to_string(),
        or_dash(tenant.state().unwrap_or_default()),
        status.severity.unwrap_or_default().to_string(),
        status.credentials.as_ref().map_or(0, |counts| counts.total).to_string(),
        status
            .next_deadline
            .as_ref()
            .map_or_else(|| "-".to_owned(), |next| format!("{} {}", words::at(next.time), next.name)),
    ]
}

fn row(credential: &Credential) -> [String; 6] {
    let status = &credential.status;
    let facts = status.credential.as_ref();
    let expires = match facts.map(|facts| (facts.expiry, facts.not_after)) {
        Some((Expiry::Known, Some(not_after))) => words::at(not_after),
        Some((Expiry::Never, _)) => "never".to_owned(),
        _ => "-".to_owned(),
    };
    [
        or_dash(&credential.key.namespace),
        credential.key.name.to_string(),
        credential.spec.type_.to_string(),
        or_dash(credential.state().unwrap_or_default()),
        status.severity.unwrap_or_default().to_string(),
        expires,
    ]
}

/// What is said of one object, worst first.
fn block(credential: &Credential, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} ({})", credential.key, credential.spec.type_)?;
    for notification in &credential.status.notifications {
        let texts = [&*notification.message, &notification.impact, &notification.remedy];
        self::notification(notification.severity, &notification.reason, texts, out)?;
        paragraph("runbook: ", notification.runbook_url.as_deref().unwrap_or_default(), out)?;
    }
    let contact = credential.spec.owner.as_ref().and_then(|owner| owner.contact.as_deref());
    paragraph("contact: ", contact.unwrap_or_default(), out)?;
    writeln!(out)
}

fn notification(how_bad: Severity, reason: &str, texts: [&str; 3], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  {how_bad} {reason}")?;
    let [message, impact, remedy] = texts;
    paragraph("", message, out)?;
    paragraph("", impact, out)?;
    paragraph("to do: ", remedy, out)
}
