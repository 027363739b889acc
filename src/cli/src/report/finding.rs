//! Each thing that is said of an object, on its own: what lists of annotations and of results are made of.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::gate::LAPSES_WITHIN;
use super::{Gate, Origin, Report, ReportedCredential, ReportedTenant};
use crate::source::ObjectKind;
use lapsewatch_core::api::conditions::ConditionType;
use lapsewatch_core::api::{CredentialType, Key, Severity};
use lapsewatch_core::sanitize::plain;

/// One thing that is said of one object.
#[derive(Clone, Debug)]
pub struct ReportedFinding<'a> {
    /// Where the object was found.
    pub origin: &'a Origin,
    /// Its kind.
    pub kind: ObjectKind,
    /// Its namespace and name.
    pub key: &'a Key,
    /// Of a TenantCredential: what kind of credential it is.
    pub type_: Option<CredentialType>,
    /// What it is, in one word.
    pub reason: &'a str,
    /// How much it matters.
    pub severity: Severity,
    /// It does not pass.
    pub fails: bool,
    /// What, and when.
    pub message: Cow<'a, str>,
    /// What stops, and what goes on.
    pub impact: &'a str,
    /// How to act.
    pub remedy: &'a str,
    /// Where the steps are written down.
    pub runbook_url: Option<&'a str>,
    /// Whom to ask.
    pub contact: Option<&'a str>,
}

impl<'a> ReportedFinding<'a> {
    /// All that is said: what does not pass first, then worst first, then in the order of the report.
    pub fn all(report: &'a Report, gate: &Gate) -> Vec<Self> {
        let credentials = report.credentials.iter().flat_map(|one| Self::of_credential(one, report, gate));
        let tenants = report.tenants.iter().flat_map(|one| Self::of_tenant(one, gate));
        let mut all: Vec<Self> = credentials.chain(tenants).collect();
        all.sort_by_key(|finding| (Reverse(finding.fails), Reverse(finding.severity)));
        all
    }

    /// What is said of one credential, and of the gate that it does not pass.
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
            // That it was asked for makes it worth knowing.
            severity: one.status.severity.unwrap_or_default().max(Severity::Notice),
            fails: true,
            message: Cow::Owned(message),
            runbook_url: owner.and_then(|owner| owner.runbook_url.as_deref()),
            ..blank.clone()
        });
        said.chain(lapses).collect()
    }

    /// What is said of a tenant itself.
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

    /// What the object is called in a heading.
    pub fn heading(&self) -> String {
        let context = match self.origin {
            Origin::Cluster(Some(context)) => format!(", context {}", plain(context)),
            Origin::Cluster(None) | Origin::Manifest(_) => String::new(),
        };
        match self.type_ {
            Some(type_) => format!("{} ({type_}{context})", self.key),
            None => format!("{} ({}{context})", self.key, self.kind),
        }
    }
}
