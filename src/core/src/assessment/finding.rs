//! A finding: a problem of a credential at one moment. The start time and the earlier announcements are not part of the
//! finding. They come from the previous status.

use chrono::{DateTime, Utc};

use crate::api::conditions::ConditionType;
use crate::api::limits;
use crate::api::status::Notification;
use crate::api::stored;
use crate::api::{CredentialFacts, Severity, TenantCredentialSpec, TenantCredentialStatus};
use crate::messages::advice::{Advice, advice};
use crate::messages::{self, sentence};
use crate::verdict::FindingKind;

/// A problem that needs attention.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The condition type that the finding belongs to.
    pub type_: ConditionType,
    /// The reason, one CamelCase word. The Event of the finding has the same reason.
    pub reason: String,
    /// The kind of the finding, which determines the consequences and the remedy in `advice`.
    pub case: FindingKind,
    /// The severity.
    pub severity: Severity,
    /// The text that identifies the credential in `status.announced`. If the text changes, the finding is announced
    /// again. Empty if a new credential with the same problem must not be announced again.
    pub mark: String,
    /// True if the Event is sent only after the event delay. GitOps tools apply objects in any order, which causes
    /// problems that disappear within this time.
    pub settles: bool,
    /// True if the finding comes from the status and can't be confirmed at present. Such a finding is not announced as
    /// new.
    pub is_stored: bool,
    /// The sentence that describes the problem and its dates.
    pub message: String,
    /// The services that stop, the services that continue to work, and the remedy.
    pub advice: Advice,
}

impl Finding {
    /// Creates a finding with the advice for its kind. `mark` is empty, and the Event is sent without the event delay.
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

    /// Sets `mark`, so that another credential with the same problem is announced again.
    pub fn with_credential_key(mut self, mark: String) -> Self {
        self.mark = mark;
        self
    }

    /// Delays the Event: it is sent only if the problem lasts for the event delay.
    pub fn debounced(mut self) -> Self {
        self.settles = true;
        self
    }

    /// Returns the entry for `status.notifications`. A finding that `previous` contains too keeps its start time.
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
        // A start time in the future comes from a clock that was ahead. Such a time must not delay the Event.
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

    /// Returns the type under which the finding is announced in `status.announced`. This is the condition type, or a
    /// separate name for findings that can occur together with another finding of the same condition.
    pub fn announced_as(&self) -> &'static str {
        match self.case {
            FindingKind::IssuerExpired | FindingKind::IssuerExpiresFirst => stored::ISSUER_EXPIRY,
            FindingKind::SeveralCertificates => stored::SEVERAL_CERTIFICATES,
            FindingKind::KeyUnreadable => stored::KEY_UNREADABLE,
            _ => self.type_.as_str(),
        }
    }

    /// Returns " then" if the credential has not expired yet, because the consequences are still in the future.
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

    /// Returns the note of the Event. The most important parts come first, because the end is cut at
    /// [`limits::NOTE_BYTES`]. `tenant_is_absent` is true if the tenant that the spec names does not exist.
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
