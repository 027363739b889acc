//! Writes the report as a JSON document for programs. Its versioned schema is docs/report-v1.schema.json.
//!
//! Within a version, fields may be added. No field is removed or changes its meaning.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Diagnostic, Gate, Origin, Report, ReportedCredential, ReportedTenant, Summary};
use crate::terminal;
use lapsewatch_core::api::conditions::Condition;
use lapsewatch_core::api::status::{CredentialFacts, LastChange, Newest, Notification, OtherHolder};
use lapsewatch_core::api::tenant_status::{CredentialCounts, NextDeadline, TenantNotification};
use lapsewatch_core::api::{CredentialType, Severity};

/// The version of the document's schema.
pub const VERSION: &str = "lapsewatch.dev/report/v1";

/// The results of a lapsewatch command for many objects.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "lapsewatch report")]
pub struct ReportDocument<'a> {
    /// The version of the schema.
    #[schemars(extend("const" = VERSION))]
    pub schema_version: &'static str,
    /// The name of the command.
    pub command: &'a str,
    /// The time to which the results apply.
    pub at: DateTime<Utc>,
    /// The counts of the results.
    pub summary: Summary,
    /// The assessed TenantCredentials, sorted by namespace and name.
    pub credentials: Vec<CredentialEntry<'a>>,
    /// The assessed MDMTenants, sorted by namespace and name.
    pub tenants: Vec<TenantEntry<'a>>,
    /// The objects that could not be assessed because the input lacks something, with the reasons.
    pub skipped: Vec<ProblemEntry<'a>>,
    /// The assessed TenantCredentials that could not be compared with the previous state, with the reasons. Missing if
    /// empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_compared: Option<Vec<ProblemEntry<'a>>>,
    /// The parts of the input that could not be read, with the reasons.
    pub errors: Vec<ProblemEntry<'a>>,
    /// Ignored parts of the input, such as files in folders that are not manifests, unusable Secrets and encrypted
    /// fields.
    pub passed_over: Vec<ProblemEntry<'a>>,
    /// The TenantCredentials of the previous state that the input does not contain, with their previous origin. Missing
    /// if empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<ProblemEntry<'a>>>,
    /// Notes on the input as a whole, such as MDMTenants that the user has no permission to list. Missing if empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<ProblemEntry<'a>>>,
}

/// The origin of an object: a manifest or a cluster.
#[derive(Serialize, JsonSchema, Debug, Default)]
#[serde(rename_all = "camelCase")]
pub struct OriginEntry<'a> {
    /// The path of the file as given or found, or "standard input".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<&'a str>,
    /// The line of the file on which the object begins, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The position of the object in a list, such as `items[3]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<&'a str>,
    /// The context of the kubeconfig, if several contexts were queried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<&'a str>,
}

/// One TenantCredential. Fields that the operator also writes to the status have the same names and formats here.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(rename_all = "camelCase")]
pub struct CredentialEntry<'a> {
    /// The origin of the TenantCredential.
    pub origin: OriginEntry<'a>,
    /// The namespace. Empty if a manifest sets no namespace.
    pub namespace: &'a str,
    /// The name of the TenantCredential.
    pub name: &'a str,
    /// The type of the credential.
    #[serde(rename = "type")]
    pub type_: CredentialType,
    /// The name of the MDMTenant to which the TenantCredential belongs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<&'a str>,
    /// The state in one word: the reason of the condition Healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'a str>,
    /// The highest severity of all notifications.
    pub severity: Severity,
    /// The last moment at which the credential is valid. Missing if unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<DateTime<Utc>>,
    /// True if the TenantCredential passes the requested checks.
    pub passes: bool,
    /// A sentence about the expiry, if the credential has expired or expires within the requested span. Missing
    /// otherwise, and if no span was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapses_within: Option<String>,
    /// The facts read from the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<&'a CredentialFacts>,
    /// The identity that a renewal must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_identity: Option<&'a str>,
    /// The newest credential of the accepted identity that this object has ever contained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<&'a Newest>,
    /// The last change of the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_change: Option<&'a LastChange>,
    /// Other objects that use the same credential.
    pub duplicates: &'a [OtherHolder],
    /// True if more objects use the credential than `duplicates` lists, missing otherwise. The message contains their
    /// number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_duplicates: Option<bool>,
    /// The findings that need attention, most severe first.
    pub notifications: &'a [Notification],
    /// The conditions, each for one aspect of the state.
    pub conditions: &'a [Condition],
    /// The contact of the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<&'a str>,
}

/// One MDMTenant. Fields that the operator also writes to the status have the same names and formats here.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(rename_all = "camelCase")]
pub struct TenantEntry<'a> {
    /// The origin of the MDMTenant.
    pub origin: OriginEntry<'a>,
    /// The namespace. Empty if a manifest sets no namespace.
    pub namespace: &'a str,
    /// The name of the MDMTenant.
    pub name: &'a str,
    /// The state in one word: the reason of the condition Healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'a str>,
    /// The highest severity of the tenant's findings and its credentials.
    pub severity: Severity,
    /// True if the findings of the tenant itself pass the requested checks.
    pub passes: bool,
    /// The counts of the tenant's TenantCredentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<&'a CredentialCounts>,
    /// The credential of the tenant that expires next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_deadline: Option<&'a NextDeadline>,
    /// The findings that need attention, one line each, most severe first.
    pub agenda: &'a [String],
    /// The findings that need attention, most severe first.
    pub notifications: &'a [TenantNotification],
    /// The conditions Ready and Healthy.
    pub conditions: &'a [Condition],
}

/// A problem or a note about a part of the input.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(rename_all = "camelCase")]
pub struct ProblemEntry<'a> {
    /// The origin of the problem.
    pub origin: OriginEntry<'a>,
    /// The kind of the object. Missing if unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The namespace of the object. Missing if the object is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<&'a str>,
    /// The name of the object. Missing if unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// The problem in words.
    pub message: &'a str,
}

/// Writes the document, with a line break at the end.
///
/// # Errors
/// Returns an error if the document can't be written.
pub fn write(report: &Report, gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(terminal::document::json(&document(report, gate))?.as_bytes())
}

/// Builds the document.
pub fn document<'a>(report: &'a Report, gate: &Gate) -> ReportDocument<'a> {
    ReportDocument {
        schema_version: VERSION,
        command: report.command,
        at: report.at,
        summary: Summary::from_report(report, gate),
        credentials: report.credentials.iter().map(|one| credential(one, report, gate)).collect(),
        tenants: report.tenants.iter().map(|one| tenant(one, gate)).collect(),
        skipped: report.skipped.iter().map(problem).collect(),
        not_compared: listed(&report.not_compared),
        errors: report.problems.iter().map(problem).collect(),
        passed_over: report.passed_over.iter().map(problem).collect(),
        removed: listed(&report.removed),
        notes: listed(&report.notes),
    }
}

fn origin(origin: &Origin) -> OriginEntry<'_> {
    match origin {
        Origin::Manifest(place) => {
            OriginEntry { file: Some(&place.file), line: place.line, item: place.item.as_deref(), context: None }
        }
        Origin::Cluster(context) => OriginEntry { context: context.as_deref(), ..OriginEntry::default() },
    }
}

fn credential<'a>(one: &'a ReportedCredential, report: &Report, gate: &Gate) -> CredentialEntry<'a> {
    let status = &one.status;
    CredentialEntry {
        origin: origin(&one.origin),
        namespace: &one.key.namespace,
        name: &one.key.name,
        type_: one.spec.type_,
        tenant: one.spec.tenant_ref.as_ref().map(|tenant| tenant.name.as_str()),
        state: one.state(),
        severity: status.severity.unwrap_or_default(),
        expires: one.not_after(),
        passes: gate.passes(one, report.at),
        lapses_within: gate.lapses(one, report.at),
        credential: status.credential.as_ref(),
        accepted_identity: status.accepted_identity.as_deref(),
        newest: status.newest.as_ref(),
        last_change: status.last_change.as_ref(),
        duplicates: &status.duplicates,
        more_duplicates: status.more_duplicates.then_some(true),
        notifications: &status.notifications,
        conditions: &status.conditions,
        contact: one.spec.owner.as_ref().and_then(|owner| owner.contact.as_deref()),
    }
}

fn tenant<'a>(one: &'a ReportedTenant, gate: &Gate) -> TenantEntry<'a> {
    let status = &one.status;
    TenantEntry {
        origin: origin(&one.origin),
        namespace: &one.key.namespace,
        name: &one.key.name,
        state: one.state(),
        severity: status.severity.unwrap_or_default(),
        passes: gate.passes_tenant(one),
        credentials: status.credentials.as_ref(),
        next_deadline: status.next_deadline.as_ref(),
        agenda: &status.agenda,
        notifications: &status.notifications,
        conditions: &status.conditions,
    }
}

/// Converts problems to entries. Returns None for an empty list, so that the JSON field is left out.
fn listed(all: &[Diagnostic]) -> Option<Vec<ProblemEntry<'_>>> {
    (!all.is_empty()).then(|| all.iter().map(problem).collect())
}

fn problem(problem: &Diagnostic) -> ProblemEntry<'_> {
    let object = problem.object.as_ref();
    ProblemEntry {
        origin: origin(&problem.origin),
        kind: object.map(|(kind, _)| kind.to_string()),
        namespace: object.map(|(_, key)| &*key.namespace),
        name: object.map(|(_, key)| &*key.name),
        message: &problem.message,
    }
}
