//! What was found, for programs: docs/inspect.md describes it.

use std::io::{self, Write};

use serde::Serialize;

use super::Inspection;
use crate::api::status::{KeysUsed, Notification};
use crate::api::{CredentialFacts, CredentialType, Severity};
use crate::in_hand::Look;
use crate::terminal::plain;

/// The form's name; it changes when a field changes its meaning or goes away.
const SCHEMA: &str = "lapsewatch.dev/inspect/v1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    files: Vec<String>,
    #[serde(flatten)]
    found: Option<Found<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure<'a>>,
    errors: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    #[serde(rename = "type")]
    type_: CredentialType,
    what: &'a str,
    state: &'a str,
    severity: Severity,
    credential: CredentialFacts,
    private_key_needs_password: bool,
    not_needed: Vec<String>,
    notifications: &'a [Notification],
}

#[derive(Serialize)]
struct Failure<'a> {
    reason: &'a str,
    message: &'a str,
}

/// Writes it, also where nothing could be told.
pub(super) fn write(inspection: &Inspection, out: &mut dyn Write) -> io::Result<()> {
    let look = inspection.look.as_ref();
    let document = Document {
        schema: SCHEMA,
        files: inspection.in_hand.paths.values().map(|path| plain(&path.display().to_string())).collect(),
        found: look.and_then(|look| look.as_ref().ok()).map(|look| found(inspection, look)),
        failure: look
            .and_then(|look| look.as_ref().err())
            .map(|failure| Failure { reason: failure.reason.as_str(), message: &failure.message }),
        errors: &inspection.problems,
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn found<'a>(inspection: &Inspection, look: &'a Look) -> Found<'a> {
    let facts = look.status.credential.clone().unwrap_or_default();
    // Where the password was is no file's name.
    let keys = facts.keys.map(|keys| KeysUsed { password: None, ..keys });
    Found {
        type_: look.identified.type_,
        what: look.identified.what,
        state: look.state(),
        severity: look.status.severity.unwrap_or_default(),
        credential: CredentialFacts { keys, ..facts },
        private_key_needs_password: look.identified.has_closed_keys,
        not_needed: look.unused(&inspection.in_hand),
        notifications: &look.status.notifications,
    }
}
