//! What a pipeline lets pass: a report to an exit code.

use super::Report;
use crate::api::Severity;
use crate::exit::{ATTENTION, FAILED, FINE};

/// From where on something counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// What is as bad as this, or worse, does not pass.
    pub fail_on: Severity,
}

impl Default for Gate {
    fn default() -> Self {
        Self { fail_on: Severity::Warning }
    }
}

impl Gate {
    /// The exit code.
    pub fn code(&self, report: &Report) -> u8 {
        let attention = report.credentials.iter().any(|one| one.status.severity.unwrap_or_default() >= self.fail_on);
        let mut own = report.tenants.iter().flat_map(|tenant| tenant.own()).peekable();
        let is_empty = report.credentials.is_empty() && own.peek().is_none();
        if !report.problems.is_empty() || is_empty {
            FAILED
        } else if attention || own.any(|said| said.severity >= self.fail_on) {
            ATTENTION
        } else {
            FINE
        }
    }
}
