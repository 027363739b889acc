//! The result for programs: a document in JSON whose schema has a version, docs/report-v1.schema.json.
//!
//! Within a version fields are added, and none is removed or means something else.

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

/// The version of the document's form.
pub const VERSION: &str = "lapsewatch.dev/report/v1";

/// What lapsewatch says of many objects.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "lapsewatch report")]
pub struct ReportDocument<'a> {
    /// The version of this form.
    #[schemars(extend("const" = VERSION))]
    pub schema_version: &'static str,
    /// The command that looked.
    pub command: &'a str,
    /// The time of which all of it is said.
    pub at: DateTime<Utc>,
    /// The counts.
    pub summary: Summary,
    /// The TenantCredentials that were judged, by namespace and name.
    pub credentials: Vec<CredentialEntry<'a>>,
    /// The MDMTenants that were judged, likewise.
    pub tenants: Vec<TenantEntry<'a>>,
    /// What could not be judged for want of something that was not given, and why.
    pub skipped: Vec<ProblemEntry<'a>>,
    /// The TenantCredentials that were judged, but could not be held against what was given as previous, and why;
    /// missing where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_compared: Option<Vec<ProblemEntry<'a>>>,
    /// What could not be read or understood, and why.
    pub errors: Vec<ProblemEntry<'a>>,
    /// Parts of folders that are no manifests, and encrypted parts of objects that were judged without them.
    pub passed_over: Vec<ProblemEntry<'a>>,
    /// The TenantCredentials that were there before, by what was given as previous, and are not now; missing where there
    /// are none. Their origin is where they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<ProblemEntry<'a>>>,
    /// What is good to know of the input as a whole, such as MDMTenants that the caller may not list; missing where there
    /// is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<ProblemEntry<'a>>>,
}

/// Where an object was found: in a manifest, or in a cluster.
#[derive(Serialize, JsonSchema, Debug, Default)]
#[serde(rename_all = "camelCase")]
pub struct OriginEntry<'a> {
    /// The file, as it was given or found; "standard input" for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<&'a str>,
    /// The line of the file on which it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Which item of a list it is: `items[3]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<&'a str>,
    /// The context of the kubeconfig, where several were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<&'a str>,
}

/// One TenantCredential. What the operator writes into its status has the same names, forms and words here.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(rename_all = "camelCase")]
pub struct CredentialEntry<'a> {
    /// Where it was found.
    pub origin: OriginEntry<'a>,
    /// Its namespace; empty where a manifest names none.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What kind of credential it is.
    #[serde(rename = "type")]
    pub type_: CredentialType,
    /// The MDMTenant that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<&'a str>,
    /// Its state in one word: the reason of the condition Healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'a str>,
    /// The worst of what is said of it.
    pub severity: Severity,
    /// The last moment at which it is valid, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<DateTime<Utc>>,
    /// Whether it passes what was asked for.
    pub passes: bool,
    /// That it lapses within the span that was asked for, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapses_within: Option<String>,
    /// What was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<&'a CredentialFacts>,
    /// The identity that renewals are held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_identity: Option<&'a str>,
    /// The newest credential of that identity that was ever read here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<&'a Newest>,
    /// The last change of the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_change: Option<&'a LastChange>,
    /// Others that hold the same.
    pub duplicates: &'a [OtherHolder],
    /// True if more hold it than `duplicates` names, else missing; the message says how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_duplicates: Option<bool>,
    /// What needs attention, worst first.
    pub notifications: &'a [Notification],
    /// The state, one aspect each.
    pub conditions: &'a [Condition],
    /// Whom to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<&'a str>,
}

/// One MDMTenant. What the operator writes into its status has the same names, forms and words here.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(rename_all = "camelCase")]
pub struct TenantEntry<'a> {
    /// Where it was found.
    pub origin: OriginEntry<'a>,
    /// Its namespace; empty where a manifest names none.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its state in one word: the reason of the condition Healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'a str>,
    /// The worst of all its credentials.
    pub severity: Severity,
    /// Whether what is said of the tenant itself passes what was asked for.
    pub passes: bool,
    /// Its TenantCredentials, counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<&'a CredentialCounts>,
    /// The credential that expires next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_deadline: Option<&'a NextDeadline>,
    /// What needs attention, worst first, in one line each.
    pub agenda: &'a [String],
    /// What needs attention, worst first.
    pub notifications: &'a [TenantNotification],
    /// The state: Ready, and Healthy.
    pub conditions: &'a [Condition],
}

/// Something that was not judged, and why.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(rename_all = "camelCase")]
pub struct ProblemEntry<'a> {
    /// Where it was found.
    pub origin: OriginEntry<'a>,
    /// The kind of the object, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The namespace of the object, where the object is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<&'a str>,
    /// The name of the object, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Why.
    pub message: &'a str,
}

/// Writes it, with a line break at its end.
///
/// # Errors
/// When it can't be written.
pub fn write(report: &Report, gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(terminal::document::json(&document(report, gate))?.as_bytes())
}

/// The document.
pub fn document<'a>(report: &'a Report, gate: &Gate) -> ReportDocument<'a> {
    ReportDocument {
        schema_version: VERSION,
        command: report.command,
        at: report.at,
        summary: Summary::of(report, gate),
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

/// A list that is missing where it is empty.
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
