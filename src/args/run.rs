//! The options of `run`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::{duration, namespace};
use crate::telemetry::{LogFormat, LogLevel};

/// How to run the operator.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// The kubeconfig file; without it KUBECONFIG, then ~/.kube/config, then the pod's service account
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig; without it the current one
    #[arg(long)]
    pub context: Option<String>,
    /// Watch this namespace only, and look for duplicates in no other; may be given several times. Without it: all
    #[arg(long = "namespace", short = 'n', value_name = "NAMESPACE", value_parser = namespace)]
    pub namespaces: Vec<String>,
    /// Send the Event of a missing, unreadable, exchanged or shared credential, and of a tenant's state, only when it has
    /// been so for this long, since GitOps applies in any order: 30s, 2m, 0s
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub settle: Duration,
    /// How log lines are written
    #[arg(long, value_enum, default_value = "text", env = "LAPSEWATCH_LOG_FORMAT")]
    pub log_format: LogFormat,
    /// How much is logged; at every level nothing of a Secret
    #[arg(long, value_enum, default_value = "info", env = "LAPSEWATCH_LOG_LEVEL")]
    pub log_level: LogLevel,
}
