//! The command line: one file for the options of each command.

mod check;
mod inspect;
mod new;
mod run;
mod values;

use clap::{Parser, Subcommand};

pub use check::{CheckArgs, CheckOutput, FailOn};
pub use inspect::{InspectArgs, InspectFormat};
pub use new::NewArgs;
pub use run::RunArgs;

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
    /// Say what a certificate or token in a file is: whose, until when, and fit for what
    #[command(
        long_about = "Say what a certificate or token in a file is: whose, until when, and fit for what.\n\n\
All files that are given are taken as one credential: the certificate and its private key, or a DEP server token and the \
private key that opens it. What it is, is told by content, never by a file's name. Nothing secret of it is ever \
printed.\n\n\
Exit code: 0 when all is fine, 1 when something is at Warning or above, as when it has expired or the private key \
belongs to another certificate, 2 when a file could not be read or it can't be told what it is.",
        after_help = "Examples:
  lapsewatch inspect push.pem push.key                     whether the private key belongs to it too
  lapsewatch inspect sToken.vpptoken                       a VPP content token
  lapsewatch inspect token.p7m server.key                  a DEP server token, and what opens it
  lapsewatch inspect push.p12                              a keystore: its password is asked for
  lapsewatch inspect --password-file pw -o json push.p12   for programs
  lapsewatch inspect --at 2027-03-01 push.pem              what it would say then"
    )]
    Inspect(InspectArgs),
    /// Write the Secret and TenantCredential of a certificate or token in a file
    #[command(
        long_about = "Write the Secret and TenantCredential of a certificate or token in a file, as manifests in YAML.\n\n\
Reads it first and says on the standard error what it is, as `lapsewatch inspect` does. Its identity (the topic of an \
APNs certificate, a DEP consumer key, a VPP organisation, a Publisher ID) is written as a pin into \
spec.expectedIdentities, so that another one in its place is told at once. The output holds the credential itself: treat it \
as one.\n\n\
Exit code: 0 when they are written, 1 when it has expired or the private key belongs to another certificate, 2 when it \
can't be told what it is or a name can't be one. Nothing is written where it is not 0.",
        after_help = "Examples:
  lapsewatch new --tenant acme-prod --file push.pem --file push.key -n mdm | kubectl apply -f -
  lapsewatch new --tenant acme-prod --file sToken.vpptoken > acme-prod-vpp.yaml
  lapsewatch new --tenant acme-prod --file push.p12 --password-file pw \\
      --owner-account mdm@acme.example --contact '#mobile-ops' > acme-prod-apns.yaml
  lapsewatch new --tenant acme-prod --file push.pem --without-secret   the TenantCredential alone"
    )]
    New(NewArgs),
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
