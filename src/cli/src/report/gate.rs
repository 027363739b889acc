//! Decides which objects pass by the limits that the user set, and derives the exit code of a command.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Report, ReportedCredential, ReportedTenant};
use crate::exit::{ATTENTION, FAILED, FINE};
use lapsewatch_core::api::Severity;
use lapsewatch_core::messages;

/// The limits that the user set: an object that exceeds them makes the command fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The lowest severity that does not pass.
    pub fail_on: Severity,
    /// The time span in which a credential must not expire, at any severity. None if no span was requested.
    pub within: Option<Within>,
    /// True if an empty report passes.
    pub allow_empty: bool,
    /// True if the command reads the credentials itself. An unreadable credential then counts as unreadable input.
    pub reads: bool,
}

/// A time span from the time of the report, as the user gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// The length of the span.
    pub span: TimeDelta,
    /// The text that the user wrote, such as `45d`.
    pub text: String,
}

/// The reason, in one word, of the finding that a credential expires within the span of `--within`.
pub const LAPSES_WITHIN: &str = "LapsesWithin";

impl Default for Gate {
    fn default() -> Self {
        Self { fail_on: Severity::Warning, within: None, allow_empty: false, reads: false }
    }
}

impl Gate {
    /// Returns the exit code for a report.
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

    /// True if this severity makes the command fail, whatever the other limits are.
    pub fn fails(&self, severity: Severity) -> bool {
        severity >= self.fail_on
    }

    /// True if a credential does not make the command fail. `at` is the time of the report. A credential that can't be
    /// read never passes.
    pub fn passes(&self, credential: &ReportedCredential, at: DateTime<Utc>) -> bool {
        !credential.is_unreadable()
            && !self.fails(credential.status.severity.unwrap_or_default())
            && self.lapses(credential, at).is_none()
    }

    /// True if no finding of the tenant itself fails. The tenant's credentials are assessed separately.
    pub fn passes_tenant(&self, tenant: &ReportedTenant) -> bool {
        !tenant.own().any(|said| self.fails(said.severity))
    }

    /// Returns a sentence if a credential has expired or expires within the requested span. None otherwise.
    pub fn lapses(&self, credential: &ReportedCredential, at: DateTime<Utc>) -> Option<String> {
        let within = self.within.as_ref()?;
        let not_after = credential.not_after()?;
        // If the end of the span can't be represented as a date, the span includes every date.
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
