//! The counts, which are said in every format.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Gate, Report};
use crate::exit::FAILED;
use lapsewatch_core::api::Severity;

/// What came of it, in numbers.
#[derive(Serialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// The TenantCredentials that were judged.
    pub checked: usize,
    /// The TenantCredentials that could not be judged for want of something that was not given.
    pub skipped: usize,
    /// The MDMTenants that were judged.
    pub tenants: usize,
    /// What could not be read or understood.
    pub errors: usize,
    /// The TenantCredentials that were judged and whose credential can't be read at present.
    pub unreadable: usize,
    /// The TenantCredentials that were judged, but could not be held against what was given as previous.
    pub not_compared: usize,
    /// The TenantCredentials that were judged, by severity.
    pub by_severity: BySeverity,
    /// What does not pass, TenantCredentials and MDMTenants.
    pub failing: usize,
    /// The code with which the command ends: 0 fine, 1 something does not pass, 2 something could not be read or told.
    pub exit_code: u8,
}

/// How many there are of each severity.
#[derive(Serialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct BySeverity {
    /// Someone must act now.
    pub critical: usize,
    /// Someone must act.
    pub warning: usize,
    /// Worth knowing.
    pub notice: usize,
    /// All is well.
    pub none: usize,
}

impl Summary {
    /// The counts of a report under this gate. For a selection, the counts of the whole.
    pub fn of(report: &Report, gate: &Gate) -> Self {
        if let Some(whole) = report.whole {
            return whole;
        }
        let mut by_severity = BySeverity::default();
        for credential in &report.credentials {
            *match credential.status.severity.unwrap_or_default() {
                Severity::Critical => &mut by_severity.critical,
                Severity::Warning => &mut by_severity.warning,
                Severity::Notice => &mut by_severity.notice,
                Severity::None => &mut by_severity.none,
            } += 1;
        }
        let failing = report.credentials.iter().filter(|one| !gate.passes(one, report.at)).count();
        Self {
            checked: report.credentials.len(),
            skipped: report.skipped.len(),
            tenants: report.tenants.len(),
            errors: report.problems.len(),
            unreadable: report.credentials.iter().filter(|one| one.is_unreadable()).count(),
            not_compared: report.not_compared.len(),
            by_severity,
            failing: failing + report.tenants.iter().filter(|one| !gate.passes_tenant(one)).count(),
            exit_code: gate.code(report),
        }
    }
}

impl Summary {
    /// What it comes to, in a few words.
    pub fn verdict(&self) -> String {
        let failing = |count: usize| match count {
            0 => "nothing fails".to_owned(),
            1 => "1 does not pass".to_owned(),
            several => format!("{several} do not pass"),
        };
        if self.exit_code != FAILED {
            return failing(self.failing);
        }
        let unknown = [
            counted(self.errors, "error", "errors"),
            counted(self.unreadable, "unreadable credential", "unreadable credentials"),
            counted(self.not_compared, "credential not compared", "credentials not compared"),
        ];
        let unknown: Vec<String> = unknown.into_iter().flatten().collect();
        if unknown.is_empty() {
            return "nothing was checked".to_owned();
        }
        // None that can't be read passes, and each is named already.
        format!("{}. Of the rest, {}", unknown.join(", "), failing(self.failing.saturating_sub(self.unreadable)))
    }
}

fn counted(count: usize, one: &str, several: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {several}")),
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "checked {}, skipped {}", self.checked, self.skipped)?;
        match self.tenants {
            0 => Ok(()),
            1 => f.write_str("; 1 tenant"),
            several => write!(f, "; {several} tenants"),
        }
    }
}
