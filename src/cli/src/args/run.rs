//! The options of `run`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::{address, duration, namespace};
use crate::telemetry::{LogFormat, LogLevel};
use lapsewatch_core::api::names;

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
    /// Send the Event of a missing, unreadable, exchanged, older or shared credential, and of a tenant's state, only when
    /// it has been so for this long, since GitOps applies in any order: 30s, 2m, 0s. The Event of
    /// any problem waits as long for an MDMTenant that does not exist yet, so that it contains the runbook and contact
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub settle: Duration,
    /// Answer /livez, /readyz and /metrics there, in plain HTTP: 0.0.0.0:8080 in a pod. Without it nothing is served
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub listen: Option<SocketAddr>,
    /// Work only while holding a Lease, so that of several replicas one works and the others stand by
    #[arg(long)]
    pub leader_elect: bool,
    /// The name of that Lease
    #[arg(long, value_name = "NAME", default_value = "lapsewatch", value_parser = names::object, requires = "leader_elect")]
    pub lease_name: String,
    /// The namespace of that Lease; without it the namespace of the pod, or of the kubeconfig's context
    #[arg(long, value_name = "NAMESPACE", value_parser = namespace, requires = "leader_elect")]
    pub lease_namespace: Option<String>,
    /// How log lines are written
    #[arg(long, value_enum, default_value = "text", env = "LAPSEWATCH_LOG_FORMAT")]
    pub log_format: LogFormat,
    /// How much is logged; at every level nothing of a Secret
    #[arg(long, value_enum, default_value = "info", env = "LAPSEWATCH_LOG_LEVEL")]
    pub log_level: LogLevel,
}
