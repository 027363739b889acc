//! The options of `status`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::values::{credential_type, instant, label, namespace, severity};
use crate::api::{CredentialType, Severity};

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
    /// Exit with 1 where something is as bad as this, or worse: notice, warning, critical
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = severity)]
    pub fail_on: Severity,
}

/// How the status is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// A table, and what is to be done
    Table,
    /// As table, with more columns
    Wide,
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// Markdown
    Markdown,
    /// A calendar of renewals, to be imported or subscribed to (RFC 5545)
    Ics,
}
