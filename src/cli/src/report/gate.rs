//! What a pipeline lets pass: a report to an exit code.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Report, ReportedCredential, ReportedTenant};
use crate::exit::{ATTENTION, FAILED, FINE};
use lapsewatch_core::api::Severity;
use lapsewatch_core::messages;

/// From where on something counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// What is as bad as this, or worse, does not pass.
    pub fail_on: Severity,
    /// What lapses within this does not pass either, however bad it is.
    pub within: Option<Within>,
    /// To have checked nothing is fine.
    pub allow_empty: bool,
    /// The command reads the credentials itself, so that one it can't read is a failure of its own, as input that it
    /// can't read is.
    pub reads: bool,
}

/// A span of time from now, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// Its length.
    pub span: TimeDelta,
    /// How it was written: `45d`.
    pub text: String,
}

/// The reason of one that does not pass because it lapses within the span that was asked for.
pub const LAPSES_WITHIN: &str = "LapsesWithin";

impl Default for Gate {
    fn default() -> Self {
        Self { fail_on: Severity::Warning, within: None, allow_empty: false, reads: false }
    }
}

impl Gate {
    /// The exit code.
    pub fn code(&self, report: &Report) -> u8 {
        let is_empty = report.credentials.is_empty() && report.tenants.iter().all(|one| one.own().next().is_none());
        let passes = || {
            report.credentials.iter().all(|one| self.passes(one, report.at))
                && report.tenants.iter().all(|one| self.passes_tenant(one))
        };
        let is_unread = self.reads && report.credentials.iter().any(ReportedCredential::is_unreadable);
        let is_unknown = is_unread || !report.problems.is_empty() || !report.not_compared.is_empty();
        if is_unknown || is_empty && !self.allow_empty {
            FAILED
        } else if passes() {
            FINE
        } else {
            ATTENTION
        }
    }

    /// Whether a severity alone does not pass.
    pub fn fails(&self, severity: Severity) -> bool {
        severity >= self.fail_on
    }

    /// Whether a credential passes at this time. One that can't be read never does.
    pub fn passes(&self, credential: &ReportedCredential, at: DateTime<Utc>) -> bool {
        !credential.is_unreadable()
            && !self.fails(credential.status.severity.unwrap_or_default())
            && self.lapses(credential, at).is_none()
    }

    /// Whether nothing that is said of the tenant itself fails: its credentials are judged on their own.
    pub fn passes_tenant(&self, tenant: &ReportedTenant) -> bool {
        !tenant.own().any(|said| self.fails(said.severity))
    }

    /// That a credential lapses within the span that was asked for, in words.
    pub fn lapses(&self, credential: &ReportedCredential, at: DateTime<Utc>) -> Option<String> {
        let within = self.within.as_ref()?;
        let not_after = credential.not_after()?;
        // A span beyond the end of the calendar has everything in it.
        let end = at.checked_add_signed(within.span).unwrap_or(DateTime::<Utc>::MAX_UTC);
        if not_after > end {
            return None;
        }
        let (when, text) = (messages::at(not_after), &within.text);
        Some(match not_after < at {
            true => format!("it lapsed at {when} already (--within {text})"),
            false => format!("it lapses at {when}, which is within {text} of {} (--within {text})", messages::at(at)),
        })
    }
}
