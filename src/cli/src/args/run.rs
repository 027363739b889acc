//! The options of `run`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::{address, duration, namespace};
use crate::telemetry::{LogFormat, LogLevel};
use lapsewatch_core::api::names;

/// The connection, the scope and the behavior of the operator.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// The kubeconfig file. Default: KUBECONFIG, then ~/.kube/config, then the service account of the pod
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig. Default: the current context
    #[arg(long)]
    pub context: Option<String>,
    /// Watch only this namespace, and search only watched namespaces for duplicates; may be given several times.
    /// Default: all namespaces
    #[arg(long = "namespace", short = 'n', value_name = "NAMESPACE", value_parser = namespace)]
    pub namespaces: Vec<String>,
    /// The time that a state must last before its Event is sent, because GitOps tools apply objects in any order: 30s,
    /// 2m, 0s. The delay applies to a missing, unreadable, exchanged, older or shared credential, and to the state of a
    /// tenant. The Event of any problem waits as long for an MDMTenant that does not exist yet. The Event then contains
    /// the runbook and the contact
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub settle: Duration,
    /// Serve /livez, /readyz and /metrics at this address, in plain HTTP: 0.0.0.0:8080 in a pod. Default: serve nothing
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub listen: Option<SocketAddr>,
    /// Work only while holding a Lease, so that one of several replicas works and the others wait
    #[arg(long)]
    pub leader_elect: bool,
    /// The name of the Lease
    #[arg(long, value_name = "NAME", default_value = "lapsewatch", value_parser = names::object, requires = "leader_elect")]
    pub lease_name: String,
    /// The namespace of the Lease. Default: the namespace of the pod, or of the context of the kubeconfig
    #[arg(long, value_name = "NAMESPACE", value_parser = namespace, requires = "leader_elect")]
    pub lease_namespace: Option<String>,
    /// Log format
    #[arg(long, value_enum, default_value = "text", env = "LAPSEWATCH_LOG_FORMAT")]
    pub log_format: LogFormat,
    /// Log level. The content of a Secret is never logged
    #[arg(long, value_enum, default_value = "info", env = "LAPSEWATCH_LOG_LEVEL")]
    pub log_level: LogLevel,
}
