//! The command line: one file for the options of each command.

mod check;
mod run;
mod status;
mod values;

use clap::{Parser, Subcommand};

pub use check::{CheckArgs, CheckOutput, FailOn};
pub use run::RunArgs;
pub use status::{StatusArgs, StatusFormat};

/// Warns before the certificates and tokens of mobile device management lapse or are renewed wrongly.
#[derive(Parser, Debug)]
#[command(name = "lapsewatch", version, about, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the operator: watch TenantCredentials, MDMTenants and Secrets, write conditions and Events
    #[command(after_help = "Examples:
  lapsewatch run                                   in a cluster, or with the current context
  lapsewatch run --context staging --settle 5s     against another cluster, from a desk
  lapsewatch run --namespace mdm --namespace qa    with rights in two namespaces only

Who else holds a token or certificate is looked for in all namespaces that are watched.

Rights that it needs, in a ClusterRole, or with --namespace in a Role in each of them:
  get, list, watch   tenantcredentials.lapsewatch.dev, mdmtenants.lapsewatch.dev, secrets
  patch              tenantcredentials.lapsewatch.dev/status, mdmtenants.lapsewatch.dev/status
  create             events.events.k8s.io")]
    Run(RunArgs),
    /// Say what the operator would say of manifests, without a cluster
    #[command(
        long_about = "Say what the operator would say of manifests, without a cluster.\n\n\
Reads TenantCredentials, their Secrets and MDMTenants from files, folders and the standard input, in YAML or JSON, \
and prints what needs attention: also a token that two of them hold, and what a tenant requires and has not. A \
TenantCredential whose Secret is not given is skipped. Nothing of a Secret is ever printed.\n\n\
Exit code: 0 when all is fine, 1 when something is at Warning or above, 2 when something could not be read or \
nothing was checked.",
        after_help = "Examples:
  lapsewatch check deploy/                                    a folder, with all below it
  lapsewatch check --at 2027-03-01 deploy/                    what it would say then
  kubectl get tcred,mdmt,secret -o yaml | lapsewatch check -  what is in a namespace"
    )]
    Check(CheckArgs),
    /// Show the tenants and credentials of a cluster, worst first, with deadlines and what to do
    #[command(
        long_about = "Show the tenants and credentials of a cluster, worst first, with deadlines and what to do.\n\n\
Reads with your own kubeconfig and rights: get and list on tenantcredentials and mdmtenants of lapsewatch.dev. Secrets \
are never read. What the operator last read is assessed again by this machine's clock; where the operator's own words \
differ from that, it says STALE.\n\n\
Exit code: 0 when all is fine, 1 when something is at Warning or above, 2 when something could not be read or there is \
nothing to show.",
        after_help = "Examples:
  lapsewatch status -A                                  all namespaces of the current context
  lapsewatch status -n mdm --min-severity warning       what needs someone, in one namespace
  lapsewatch status -A --context east --context west    two clusters, and what both of them hold
  lapsewatch status -A -o ics > renewals.ics            a calendar of all deadlines, with alarms"
    )]
    Status(StatusArgs),
    /// Print the CustomResourceDefinitions of TenantCredential and MDMTenant
    #[command(after_help = "Example:
  lapsewatch crds | kubectl apply --server-side -f -")]
    Crds,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
