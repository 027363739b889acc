//! What was found, for programs: a document in JSON, which docs/inspect.md describes. Its schema has a version,
//! docs/inspect-v1.schema.json: within it fields are added, and none is removed or means something else.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::Inspection;
use crate::local_files::{self, LocalAssessment};
use crate::terminal;
use lapsewatch_core::api::status::{KeysUsed, Notification};
use lapsewatch_core::api::{CredentialFacts, CredentialType, Severity};
use lapsewatch_core::sanitize::plain;

/// The version of the document's form.
const VERSION: &str = "lapsewatch.dev/inspect/v1";

/// What lapsewatch says of files in hand.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "lapsewatch inspect")]
pub struct InspectDocument<'a> {
    /// The version of this form.
    #[schemars(extend("const" = VERSION))]
    schema_version: &'static str,
    /// The time of which all of it is said.
    at: DateTime<Utc>,
    /// The files that could be read, as they were given.
    files: Vec<String>,
    /// What they hold; missing where that can't be told.
    #[serde(flatten)]
    found: Option<InspectedCredential<'a>>,
    /// Why it can't be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<InspectFailure<'a>>,
    /// A sentence for each file that could not be read or is not understood.
    errors: &'a [String],
}

/// What files hold.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct InspectedCredential<'a> {
    /// The type of TenantCredential that is for it.
    #[serde(rename = "type")]
    type_: CredentialType,
    /// What it is, in words.
    what: &'a str,
    /// Its state in one word.
    state: &'a str,
    /// The worst of what is said in `notifications`.
    severity: Severity,
    /// What is known of it; `keys` names files, by names that keys of a Secret can have.
    credential: CredentialFacts,
    /// A private key stayed closed for want of the right password.
    private_key_needs_password: bool,
    /// The files that were given beside it.
    not_needed: Vec<String>,
    /// What needs someone, worst first.
    notifications: &'a [Notification],
}

/// Why it can't be told what files hold.
#[derive(Serialize, JsonSchema)]
struct InspectFailure<'a> {
    /// One of the reasons of the condition Ready.
    reason: &'a str,
    /// Why, in words.
    message: &'a str,
}

/// Writes it, also where nothing could be told.
pub(super) fn write(inspection: &Inspection, out: &mut dyn Write) -> io::Result<()> {
    let look = inspection.look.as_ref();
    let document = InspectDocument {
        schema_version: VERSION,
        at: inspection.at,
        files: inspection.in_hand.paths.values().map(|path| plain(&path.display().to_string())).collect(),
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
    // Where the password was is no file's name.
    let as_key = |name: Option<String>| name.map(|name| local_files::secret_key(&name));
    let keys = facts.keys.map(|keys| KeysUsed {
        credential: as_key(keys.credential),
        private_key: as_key(keys.private_key),
        password: None,
    });
    InspectedCredential {
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
