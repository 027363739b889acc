//! The options of `status`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::FailOn;
use super::values::{credential_type, instant, label, namespace, severity};
use crate::terminal::paint::When;
use lapsewatch_core::api::{CredentialType, Severity};

/// What to show of which clusters.
#[derive(Args, Debug, Clone)]
pub struct StatusArgs {
    /// The kubeconfig file; without it KUBECONFIG, then ~/.kube/config, then the pod's service account
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig; without it the current one. Given several times, credentials that two clusters hold
    /// are found
    #[arg(long = "context", value_name = "CONTEXT", conflicts_with = "all_contexts")]
    pub contexts: Vec<String>,
    /// All contexts of the kubeconfig
    #[arg(long)]
    pub all_contexts: bool,
    /// Look in this namespace; may be given several times. Without it: the context's
    #[arg(long = "namespace", short = 'n', value_name = "NAMESPACE", value_parser = namespace)]
    pub namespaces: Vec<String>,
    /// Look in all namespaces
    #[arg(long, short = 'A', conflicts_with = "namespaces")]
    pub all_namespaces: bool,
    /// Show this tenant only, and its credentials; may be given several times
    #[arg(long = "tenant", value_name = "NAME", value_parser = label)]
    pub tenants: Vec<String>,
    /// Show credentials of this type only; may be given several times
    #[arg(long = "type", value_name = "TYPE", value_parser = credential_type)]
    pub types: Vec<CredentialType>,
    /// Show only what is as bad as this, or worse: none, notice, warning, critical
    #[arg(long, value_name = "SEVERITY", default_value = "none", hide_default_value = true, value_parser = severity)]
    pub min_severity: Severity,
    /// How to write it
    #[arg(long, short = 'o', value_enum, default_value = "table")]
    pub output: StatusFormat,
    /// Stay, and show it anew when it changes; ends with Ctrl-C
    #[arg(long, short = 'w')]
    pub watch: bool,
    /// Say what is to be said then: a time such as 2027-03-01T09:00:00Z, or a date, which means its midnight in UTC
    #[arg(long, value_name = "TIME", value_parser = instant, conflicts_with = "watch")]
    pub at: Option<DateTime<Utc>>,
    /// From which severity on it ends with exit code 1
    #[arg(long, value_name = "SEVERITY", value_enum, default_value = "warning")]
    pub fail_on: FailOn,
    /// Whether the table has colour; auto: in a terminal, where NO_COLOR is not set
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    pub color: When,
}

/// How the status is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// For people, in a terminal
    Table,
    /// As table, with more columns
    Wide,
    /// For programs: docs/report-v1.schema.json is its schema
    Json,
    /// The same in YAML
    Yaml,
    /// For a wiki, a ticket or a chat
    Markdown,
    /// A calendar of renewals, to be imported or subscribed to (RFC 5545)
    Ics,
}
