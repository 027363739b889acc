//! Counts the results of a report. Every output format shows these counts.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Gate, Report};
use crate::exit::FAILED;
use lapsewatch_core::api::Severity;

/// The results of a report in numbers.
#[derive(Serialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// The number of TenantCredentials that were assessed.
    pub checked: usize,
    /// The number of TenantCredentials that could not be assessed because the input lacks something.
    pub skipped: usize,
    /// The number of MDMTenants that were assessed.
    pub tenants: usize,
    /// The number of parts of the input that could not be read.
    pub errors: usize,
    /// The number of assessed TenantCredentials whose credential can't be read at present.
    pub unreadable: usize,
    /// The number of assessed TenantCredentials that could not be compared with the previous state.
    pub not_compared: usize,
    /// The number of assessed TenantCredentials by severity.
    pub by_severity: BySeverity,
    /// The number of TenantCredentials and MDMTenants that do not pass.
    pub failing: usize,
    /// The exit code of the command. 0: everything passes. 1: something does not pass. 2: something could not be read
    /// or compared, or nothing was checked.
    pub exit_code: u8,
}

/// The number of TenantCredentials of each severity.
#[derive(Serialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct BySeverity {
    /// The number with severity Critical: act immediately.
    pub critical: usize,
    /// The number with severity Warning: act soon.
    pub warning: usize,
    /// The number with severity Notice: no action is needed at present.
    pub notice: usize,
    /// The number without findings.
    pub none: usize,
}

impl Summary {
    /// Counts the results of a report. `gate` decides which objects pass. If `--min-severity` removed objects from the
    /// report, the counts include the removed objects.
    pub fn from_report(report: &Report, gate: &Gate) -> Self {
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
    /// Returns the verdict in a few words.
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
        // `failing` includes the unreadable credentials, which this text already mentions, so they are subtracted.
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
