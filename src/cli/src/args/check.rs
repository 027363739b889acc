//! The options of `check`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::values::{instant, within};
use crate::report::gate::{Gate, Within};
use crate::terminal::paint::When;
use lapsewatch_core::api::Severity;

/// The input, the gate and the output of `check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// A file, a folder (its *.yaml, *.yml and *.json files, without hidden folders), or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Output format. For every format except table, the counts go to standard error
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value = "table")]
    pub output: CheckOutput,
    /// Fail if a finding has at least this severity
    #[arg(long, value_name = "SEVERITY", value_enum, default_value = "warning")]
    pub fail_on: FailOn,
    /// Fail if a credential expires within this period, whatever its severity: 45d, 6w, 36h
    #[arg(long, value_name = "SPAN", value_parser = within)]
    pub within: Option<Within>,
    /// Manifests of the previous state, such as the base branch: a file, a folder, or - for standard input. check then
    /// compares the credentials and reports a different identity or an older credential
    #[arg(long, value_name = "PATH")]
    pub previous: Vec<PathBuf>,
    /// Assess as of this time: a time such as 2027-03-01T09:00:00Z, or a date, which means 00:00 UTC on that date
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<DateTime<Utc>>,
    /// Fail if the Secret of a TenantCredential is not in the input (default: skip the TenantCredential)
    #[arg(long)]
    pub strict: bool,
    /// Exit with 0 if there is nothing to check
    #[arg(long)]
    pub allow_empty: bool,
    /// Color of the table. auto: color in a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    pub color: When,
}

/// The output format of `check`.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutput {
    /// For people, in a terminal
    Table,
    /// For programs; the schema is docs/report-v1.schema.json
    Json,
    /// For the test reports of GitLab, Jenkins, Azure and others (JUnit XML)
    Junit,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For GitHub Actions: annotations on lines
    Github,
    /// For a comment on a merge request
    Markdown,
}

/// The least severity at which a command fails.
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
    /// Returns the conditions for exit code 0, as the arguments set them.
    pub fn gate(&self) -> Gate {
        Gate { fail_on: self.fail_on.into(), within: self.within.clone(), allow_empty: self.allow_empty, reads: true }
    }
}
