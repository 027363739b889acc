//! Lists the findings of a report one by one, for formats without nesting, such as the annotations of GitHub and the
//! results of SARIF.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::gate::LAPSES_WITHIN;
use super::{Gate, Origin, Report, ReportedCredential, ReportedTenant};
use crate::source::ObjectKind;
use lapsewatch_core::api::conditions::ConditionType;
use lapsewatch_core::api::{CredentialType, Key, Severity};
use lapsewatch_core::sanitize::sanitize_line;

/// One finding of one object.
#[derive(Clone, Debug)]
pub struct ReportedFinding<'a> {
    /// The origin of the object.
    pub origin: &'a Origin,
    /// The kind of the object.
    pub kind: ObjectKind,
    /// The namespace and name of the object.
    pub key: &'a Key,
    /// The type of the credential. None for an MDMTenant.
    pub type_: Option<CredentialType>,
    /// The kind of finding in one word in CamelCase, such as a reason of a condition.
    pub reason: &'a str,
    /// The severity of the finding.
    pub severity: Severity,
    /// True if the finding makes the command fail, by the limits that the user set.
    pub fails: bool,
    /// The message, with the object and the time.
    pub message: Cow<'a, str>,
    /// The services that stop, and the services that continue to work.
    pub impact: &'a str,
    /// The steps that fix the fault.
    pub remedy: &'a str,
    /// The URL of the runbook.
    pub runbook_url: Option<&'a str>,
    /// The contact of the owner.
    pub contact: Option<&'a str>,
}

impl<'a> ReportedFinding<'a> {
    /// Returns all findings. Findings that make the command fail come first. Within both groups, the most severe come
    /// first, and equal severities keep the order of the report.
    pub fn all(report: &'a Report, gate: &Gate) -> Vec<Self> {
        let credentials = report.credentials.iter().flat_map(|one| Self::of_credential(one, report, gate));
        let tenants = report.tenants.iter().flat_map(|one| Self::of_tenant(one, gate));
        let mut all: Vec<Self> = credentials.chain(tenants).collect();
        all.sort_by_key(|finding| (Reverse(finding.fails), Reverse(finding.severity)));
        all
    }

    /// Returns the findings of one credential. If it expires within the span of `--within`, a finding about this is
    /// added.
    pub fn of_credential(one: &'a ReportedCredential, report: &Report, gate: &Gate) -> Vec<Self> {
        let owner = one.spec.owner.as_ref();
        let blank = Self {
            origin: &one.origin,
            kind: ObjectKind::TenantCredential,
            key: &one.key,
            type_: Some(one.spec.type_),
            reason: "",
            severity: Severity::None,
            fails: false,
            message: Cow::Borrowed(""),
            impact: "",
            remedy: "",
            runbook_url: None,
            contact: owner.and_then(|owner| owner.contact.as_deref()),
        };
        let said = one.status.notifications.iter().map(|said| Self {
            reason: &said.reason,
            severity: said.severity,
            fails: gate.fails(said.severity) || one.is_unreadable() && said.type_ == ConditionType::Ready.as_str(),
            message: Cow::Borrowed(&said.message),
            impact: &said.impact,
            remedy: &said.remedy,
            runbook_url: said.runbook_url.as_deref(),
            ..blank.clone()
        });
        let lapses = gate.lapses(one, report.at).map(|message| Self {
            reason: LAPSES_WITHIN,
            // The credential may have no severity yet, but a finding needs a severity of at least Notice.
            severity: one.status.severity.unwrap_or_default().max(Severity::Notice),
            fails: true,
            message: Cow::Owned(message),
            runbook_url: owner.and_then(|owner| owner.runbook_url.as_deref()),
            ..blank.clone()
        });
        said.chain(lapses).collect()
    }

    /// Returns the findings of a tenant itself, without the findings of its credentials.
    pub fn of_tenant(one: &'a ReportedTenant, gate: &Gate) -> Vec<Self> {
        one.own()
            .map(|said| Self {
                origin: &one.origin,
                kind: ObjectKind::MDMTenant,
                key: &one.key,
                type_: None,
                reason: &said.reason,
                severity: said.severity,
                fails: gate.fails(said.severity),
                message: Cow::Borrowed(&said.message),
                impact: &said.impact,
                remedy: &said.remedy,
                runbook_url: said.runbook_url.as_deref(),
                contact: said.contact.as_deref(),
            })
            .collect()
    }

    /// Returns the heading for the object.
    pub fn heading(&self) -> String {
        let context = match self.origin {
            Origin::Cluster(Some(context)) => format!(", context {}", sanitize_line(context)),
            Origin::Cluster(None) | Origin::Manifest(_) => String::new(),
        };
        match self.type_ {
            Some(type_) => format!("{} ({type_}{context})", self.key),
            None => format!("{} ({}{context})", self.key, self.kind),
        }
    }
}
