//! The counts, which are said in every format.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Gate, Report};
use crate::api::Severity;
use crate::exit::FAILED;

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
    /// Of a report, as this gate lets it pass.
    pub fn of(report: &Report, gate: &Gate) -> Self {
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
            by_severity,
            failing: failing + report.tenants.iter().filter(|one| !gate.passes_tenant(one)).count(),
            exit_code: gate.code(report),
        }
    }
}

impl Summary {
    /// What it comes to, in a few words.
    pub fn verdict(&self) -> String {
        let failing = match self.failing {
            0 => "nothing fails".to_owned(),
            1 => "1 does not pass".to_owned(),
            several => format!("{several} do not pass"),
        };
        match (self.exit_code, self.errors) {
            (FAILED, 0) => "nothing was checked".to_owned(),
            (FAILED, 1) => format!("1 error; of the rest {failing}"),
            (FAILED, errors) => format!("{errors} errors; of the rest {failing}"),
            _ => failing,
        }
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
