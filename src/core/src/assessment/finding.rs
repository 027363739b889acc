//! A finding: something that needs attention, before it is known since when and whether it was announced.

use chrono::{DateTime, Utc};

use super::certificate;
use crate::api::conditions::ConditionType;
use crate::api::limits;
use crate::api::status::Notification;
use crate::api::{CredentialFacts, Severity, TenantCredentialSpec, TenantCredentialStatus};
use crate::messages::advice::{Advice, advice};
use crate::messages::{self, sentence};
use crate::verdict::FindingKind;

/// Something that needs attention.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The condition that it stands beside.
    pub type_: ConditionType,
    /// What it is, in one word; the Event has the same.
    pub reason: String,
    /// What it is, for its consequences.
    pub case: FindingKind,
    /// How much it matters.
    pub severity: Severity,
    /// Which credential it is said of, where another one would be news; else empty.
    pub mark: String,
    /// Whether its Event waits until it has been so for a while, since GitOps applies in any order.
    pub settles: bool,
    /// True if the finding is kept from the status, because nobody can tell at present. It is not announced anew.
    pub is_stored: bool,
    /// What, and when.
    pub message: String,
    /// What stops, what goes on, how to act.
    pub advice: Advice,
}

impl Finding {
    /// A finding with its consequences.
    pub fn new(
        type_: ConditionType,
        reason: impl Into<String>,
        case: FindingKind,
        severity: Severity,
        message: String,
        spec: &TenantCredentialSpec,
        facts: Option<&CredentialFacts>,
    ) -> Self {
        Self {
            type_,
            reason: reason.into(),
            case,
            severity,
            mark: String::new(),
            settles: false,
            is_stored: false,
            message,
            advice: advice(case, spec, facts),
        }
    }

    /// Another credential in the same state is news of its own.
    pub fn of(mut self, mark: String) -> Self {
        self.mark = mark;
        self
    }

    /// The Event waits until it has been so for a while.
    pub fn settling(mut self) -> Self {
        self.settles = true;
        self
    }

    /// As it stands in the status; since when is kept from `previous`.
    pub fn notification(
        &self,
        spec: &TenantCredentialSpec,
        previous: &TenantCredentialStatus,
        now: DateTime<Utc>,
    ) -> Notification {
        let since = previous
            .notifications
            .iter()
            .find(|n| n.type_ == self.type_.as_str() && n.reason == self.reason)
            .map_or(now, |n| n.since);
        // A clock that was ahead when it began must not delay its Event until it is that late again.
        let since = if self.settles { since.min(now) } else { since };
        let text = |text: &str| {
            let mut text = text.to_owned();
            limits::cut(&mut text, limits::TEXT);
            text
        };
        Notification {
            type_: self.type_.as_str().to_owned(),
            reason: self.reason.clone(),
            severity: self.severity,
            since,
            message: text(&self.message),
            impact: text(&self.impact()),
            remedy: text(&self.advice.remedy),
            runbook_url: spec.owner.as_ref().and_then(|owner| owner.runbook_url.clone()),
        }
    }

    /// The name under which the finding is announced: that of its condition, or its own where it may hold beside another
    /// finding of the same condition.
    pub fn announced_as(&self) -> &'static str {
        match self.case {
            FindingKind::IssuerExpired | FindingKind::IssuerExpiresFirst => certificate::ISSUER_EXPIRY,
            FindingKind::SeveralCertificates => certificate::SEVERAL_CERTIFICATES,
            FindingKind::KeyUnreadable => certificate::KEY_UNREADABLE,
            _ => self.type_.as_str(),
        }
    }

    /// What is still to come is told so.
    fn then(&self) -> &'static str {
        if self.case == FindingKind::Expiring { " then" } else { "" }
    }

    fn impact(&self) -> String {
        let then = self.then();
        let parts: Vec<String> = [("stops", &self.advice.stops), ("goes on", &self.advice.goes_on)]
            .iter()
            .filter(|(_, words)| !words.is_empty())
            .map(|(label, words)| format!("{label}{then}: {words}"))
            .collect();
        parts.join("; ")
    }

    /// The note of an Event: what and when, what stops, how to act, where it is written down; then what goes on and
    /// whom to ask. `tenant_is_absent`: the tenant that the spec names does not exist. Cut from its end to what the API
    /// server takes.
    pub fn note(&self, spec: &TenantCredentialSpec, tenant_is_absent: bool) -> String {
        let owner = spec.owner.clone().unwrap_or_default();
        let then = self.then();
        let message = sentence(&self.message);
        let (stops, goes_on) = (format!("What stops{then}: "), format!("What goes on{then}: "));
        let absent = if tenant_is_absent { messages::tenant::absent(spec) } else { None };
        let parts = [
            ("", Some(message.as_str())),
            (stops.as_str(), Some(self.advice.stops.as_str())),
            ("How to act: ", Some(self.advice.remedy.as_str())),
            ("", absent.as_deref()),
            ("Runbook: ", owner.runbook_url.as_deref()),
            (goes_on.as_str(), Some(self.advice.goes_on.as_str())),
            ("Contact: ", owner.contact.as_deref()),
        ];
        let mut note = String::new();
        for (label, words) in parts {
            if let Some(words) = words.filter(|words| !words.is_empty()) {
                if !note.is_empty() {
                    note.push_str(". ");
                }
                note.push_str(label);
                note.push_str(words);
            }
        }
        limits::cut_bytes(&mut note, limits::NOTE_BYTES);
        note
    }
}
