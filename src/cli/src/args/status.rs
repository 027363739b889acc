//! The options of `status`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::FailOn;
use super::values::{credential_type, instant, label, namespace, severity};
use crate::terminal::paint::When;
use lapsewatch_core::api::{CredentialType, Severity};

/// The clusters to read, the objects to show, and the output.
#[derive(Args, Debug, Clone)]
pub struct StatusArgs {
    /// The kubeconfig file. Default: KUBECONFIG, then ~/.kube/config, then the service account of the pod
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig. Default: the current context. If given several times, status also finds
    /// credentials that several clusters use
    #[arg(long = "context", value_name = "CONTEXT", conflicts_with = "all_contexts")]
    pub contexts: Vec<String>,
    /// All contexts of the kubeconfig
    #[arg(long)]
    pub all_contexts: bool,
    /// Show this namespace; may be given several times. Default: the namespace of the context
    #[arg(long = "namespace", short = 'n', value_name = "NAMESPACE", value_parser = namespace)]
    pub namespaces: Vec<String>,
    /// Show all namespaces
    #[arg(long, short = 'A', conflicts_with = "namespaces")]
    pub all_namespaces: bool,
    /// Show only this tenant and its credentials; may be given several times
    #[arg(long = "tenant", value_name = "NAME", value_parser = label)]
    pub tenants: Vec<String>,
    /// Show only credentials of this type; may be given several times
    #[arg(long = "type", value_name = "TYPE", value_parser = credential_type)]
    pub types: Vec<CredentialType>,
    /// Show only objects of at least this severity: none, notice, warning, critical
    #[arg(long, value_name = "SEVERITY", default_value = "none", hide_default_value = true, value_parser = severity)]
    pub min_severity: Severity,
    /// Output format
    #[arg(long, short = 'o', value_enum, default_value = "table")]
    pub output: StatusFormat,
    /// Keep running, and print the status again when the status changes. Ctrl-C ends the command
    #[arg(long, short = 'w')]
    pub watch: bool,
    /// Assess as of this time: a time such as 2027-03-01T09:00:00Z, or a date, which means 00:00 UTC on that date
    #[arg(long, value_name = "TIME", value_parser = instant, conflicts_with = "watch")]
    pub at: Option<DateTime<Utc>>,
    /// Exit with 1 if a finding has at least this severity
    #[arg(long, value_name = "SEVERITY", value_enum, default_value = "warning")]
    pub fail_on: FailOn,
    /// Color of the table. auto: color in a terminal, unless NO_COLOR is set
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    pub color: When,
}

/// The output format of `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// For people, in a terminal
    Table,
    /// Like table, with more columns
    Wide,
    /// For programs; the schema is docs/report-v1.schema.json
    Json,
    /// Like json, in YAML
    Yaml,
    /// For a wiki, a ticket or a chat
    Markdown,
    /// A calendar of renewals to import or to subscribe to (RFC 5545)
    Ics,
}
