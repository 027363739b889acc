//! The result of `lapsewatch inspect` as text for people.

use std::io::{self, Write};

use super::Inspection;
use crate::local_files::LocalAssessment;
use crate::terminal::{aligned, paragraph};
use lapsewatch_core::api::conditions::ConditionType;
use lapsewatch_core::api::status::Expiry;
use lapsewatch_core::messages::{self, reader};
use lapsewatch_core::sanitize::sanitize_line;

/// Writes the result. Writes nothing if no credential was found, because the failure is written to standard error.
pub(super) fn write(inspection: &Inspection, out: &mut dyn Write) -> io::Result<()> {
    let Some(Ok(look)) = &inspection.look else { return Ok(()) };
    let files: Vec<String> =
        inspection.in_hand.paths.values().map(|path| sanitize_line(&path.display().to_string())).collect();
    writeln!(out, "{}", files.join(", "))?;
    writeln!(out, "  {}, fit for type {}\n", reader::identified(&look.identified), look.identified.type_)?;
    for line in aligned(&rows(inspection, look)) {
        writeln!(out, "  {line}")?;
    }
    for said in &look.status.notifications {
        writeln!(out, "\n  {} {}", said.severity, said.reason)?;
        paragraph("", &said.message, out)?;
        paragraph("", &said.impact, out)?;
        paragraph("to do: ", &said.remedy, out)?;
    }
    Ok(())
}

/// Returns the state in one word, with its severity. If there is no notification, the message about the expiry follows
/// instead of the severity.
fn state(look: &LocalAssessment) -> String {
    match look.condition(ConditionType::Expiring) {
        Some(expiring) if look.status.notifications.is_empty() => format!("{}: {}", look.state(), expiring.message),
        _ => format!("{} ({})", look.state(), look.status.severity.unwrap_or_default()),
    }
}

/// Returns the known facts as pairs of label and value.
fn rows(inspection: &Inspection, look: &LocalAssessment) -> Vec<[String; 2]> {
    let facts = &look.identified.facts;
    let keys = facts.keys.clone().unwrap_or_default();
    let mut rows = Vec::new();
    let mut row = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            rows.push([name.to_owned(), sanitize_line(&value)]);
        }
    };
    row("state", Some(state(look)));
    row(messages::identity_name(look.identified.type_), facts.identity.clone());
    row("subject", facts.subject.clone());
    row("issuer", facts.issuer.clone());
    row("serial number", facts.serial_number.clone());
    row("valid from", facts.not_before.map(messages::at));
    row(
        "valid until",
        match (facts.expiry, look.status.credential.as_ref().and_then(|facts| facts.not_after)) {
            (Expiry::Known, Some(end)) => Some(messages::at(end)),
            (Expiry::Never, _) => Some("it does not expire".to_owned()),
            _ => Some("it carries no date".to_owned()),
        },
    );
    row("private key", look.private_key().map(str::to_owned));
    if look.identified.has_closed_keys && inspection.in_hand.password().is_none() {
        row("", Some("it may be opened by a password: give that with --password-file".to_owned()));
    }
    row("fingerprint", facts.fingerprint.clone());
    row("format", facts.format.map(|format| format!("{format:?}")));
    row("found in", keys.credential.filter(|_| inspection.in_hand.paths.len() > 1));
    let unused = look.unused(&inspection.in_hand);
    row("not needed", (!unused.is_empty()).then(|| unused.join(", ")));
    rows
}
