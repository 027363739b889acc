//! The options of `check`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::values::{instant, within};
use crate::report::gate::{Gate, Within};
use crate::terminal::paint::When;
use lapsewatch_core::api::Severity;

/// What to check, what to let pass, and how to say it.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// A file, a folder (its *.yaml, *.yml and *.json, hidden folders left out), or - for the standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How the result is written; for all but table the counts go to the standard error
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub output: CheckOutput,
    /// From which severity on something does not pass
    #[arg(long, value_name = "SEVERITY", value_enum, default_value = "warning")]
    pub fail_on: FailOn,
    /// Let nothing pass that lapses within this, however bad it is: 45d, 6w, 36h
    #[arg(long, value_name = "SPAN", value_parser = within)]
    pub within: Option<Within>,
    /// Manifests of what was there before, as of the base branch: a file, a folder, or - for the standard input. What
    /// changes is then held against it: another identity, an older credential
    #[arg(long, value_name = "PATH")]
    pub previous: Vec<PathBuf>,
    /// Say what it would say then: a time such as 2027-03-01T09:00:00Z, or a date, which means its midnight in UTC
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<DateTime<Utc>>,
    /// Take a TenantCredential whose Secret is not given for an error, and not for a skip
    #[arg(long)]
    pub strict: bool,
    /// Take it for fine when nothing was checked
    #[arg(long)]
    pub allow_empty: bool,
    /// Whether the table has colour; auto: in a terminal, where NO_COLOR is not set
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    pub color: When,
}

/// How a result of `check` is written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutput {
    /// For people, in a terminal
    Table,
    /// For programs: docs/report-v1.schema.json is its schema
    Json,
    /// For the test reports of GitLab, Jenkins, Azure and others
    Junit,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For GitHub Actions: annotations of the lines
    Github,
    /// For the comment of a merge request
    Markdown,
}

/// A severity that a gate may have.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Worth knowing
    Notice,
    /// Someone must act
    Warning,
    /// Someone must act now
    Critical,
}

impl From<FailOn> for Severity {
    fn from(severity: FailOn) -> Self {
        match severity {
            FailOn::Notice => Self::Notice,
            FailOn::Warning => Self::Warning,
            FailOn::Critical => Self::Critical,
        }
    }
}

impl CheckArgs {
    /// What is let pass.
    pub fn gate(&self) -> Gate {
        Gate { fail_on: self.fail_on.into(), within: self.within.clone(), allow_empty: self.allow_empty, reads: true }
    }
}
