//! The result of `lapsewatch inspect` as a JSON document for programs, which docs/inspect.md describes.
//!
//! The schema is docs/inspect-v1.schema.json. Within a version of the schema, fields may be added; no field is removed
//! or changes its meaning.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::Inspection;
use crate::local_files::LocalAssessment;
use crate::terminal;
use lapsewatch_core::api::names;
use lapsewatch_core::api::status::{KeysUsed, Notification};
use lapsewatch_core::api::{CredentialFacts, CredentialType, Severity};
use lapsewatch_core::messages::reader;
use lapsewatch_core::sanitize::sanitize_line;

/// The version of the schema.
const VERSION: &str = "lapsewatch.dev/inspect/v1";

/// The assessment of local files.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "lapsewatch inspect")]
pub struct InspectDocument<'a> {
    /// The version of this schema.
    #[schemars(extend("const" = VERSION))]
    schema_version: &'static str,
    /// The time of the assessment.
    at: DateTime<Utc>,
    /// The files that could be read, with their paths from the command line.
    files: Vec<String>,
    /// The credential in the files; missing if lapsewatch can't determine the credential.
    #[serde(flatten)]
    found: Option<InspectedCredential<'a>>,
    /// The reason why lapsewatch can't determine the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<InspectFailure<'a>>,
    /// A sentence for each file that could not be read or has an unknown content.
    errors: &'a [String],
}

/// A credential in files.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct InspectedCredential<'a> {
    /// The type of a TenantCredential for this credential.
    #[serde(rename = "type")]
    type_: CredentialType,
    /// A description of the credential.
    what: &'a str,
    /// The state of the credential, in one word.
    state: &'a str,
    /// The greatest severity in `notifications`.
    severity: Severity,
    /// The facts about the credential; `keys` contains names of files, in a form that is valid for keys of a Secret.
    credential: CredentialFacts,
    /// True if a private key could not be decrypted because the right password is missing.
    private_key_needs_password: bool,
    /// The files that are not part of the credential.
    not_needed: Vec<String>,
    /// The findings that need attention, worst first.
    notifications: &'a [Notification],
}

/// The reason why lapsewatch can't determine the credential in the files.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Failure")]
struct InspectFailure<'a> {
    /// A reason of the condition Ready.
    reason: &'a str,
    /// The explanation.
    message: &'a str,
}

/// Writes the document, even if no credential was found.
pub(super) fn write(inspection: &Inspection, out: &mut dyn Write) -> io::Result<()> {
    let look = inspection.look.as_ref();
    let document = InspectDocument {
        schema_version: VERSION,
        at: inspection.at,
        files: inspection.in_hand.paths.values().map(|path| sanitize_line(&path.display().to_string())).collect(),
        found: look.and_then(|look| look.as_ref().ok()).map(|look| found(inspection, look)),
        failure: look
            .and_then(|look| look.as_ref().err())
            .map(|failure| InspectFailure { reason: failure.reason.as_str(), message: &failure.message }),
        errors: &inspection.problems,
    };
    out.write_all(terminal::document::json(&document)?.as_bytes())
}

fn found<'a>(inspection: &Inspection, look: &'a LocalAssessment) -> InspectedCredential<'a> {
    let facts = look.status.credential.clone().unwrap_or_default();
    // The password is left out: it is stored under an internal name of this program, which is not the name of a file.
    let as_key = |name: Option<String>| name.map(|name| names::to_secret_key(&name));
    let keys = facts.keys.map(|keys| KeysUsed {
        credential: as_key(keys.credential),
        private_key: as_key(keys.private_key),
        password: None,
    });
    InspectedCredential {
        type_: look.identified.type_,
        what: reader::identified(&look.identified),
        state: look.state(),
        severity: look.status.severity.unwrap_or_default(),
        credential: CredentialFacts { keys, ..facts },
        private_key_needs_password: look.identified.has_closed_keys,
        not_needed: look.unused(&inspection.in_hand),
        notifications: &look.status.notifications,
    }
}
