//! The options of `check`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;

use super::values::instant;

/// What to check.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// A file, a folder (its *.yaml, *.yml and *.json, hidden folders left out), or - for the standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Say what it would say then: a time such as 2027-03-01T09:00:00Z, or a date, which means its midnight in UTC
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<DateTime<Utc>>,
}
