//! The command line: the commands, their options and their help. Each command's options are in a module of their own.

mod called;
mod check;
mod inspect;
mod new;
mod run;
mod shell;
mod status;
mod values;
mod verify;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use called::Called;
pub use check::{CheckArgs, CheckOutput, FailOn};
pub use inspect::{InspectArgs, InspectFormat};
pub use new::NewArgs;
pub use run::RunArgs;
pub use shell::{CompletionsArgs, ManArgs, Shell};
pub use status::{StatusArgs, StatusFormat};
pub use verify::{VerifyArgs, VerifyOutput};

/// The purpose of the program, the first line of `--help` and of the manual page.
const ABOUT: &str = "Warns before the certificates and tokens of mobile device management expire or are renewed \
wrongly: a Kubernetes operator, and checks for pipelines.";

/// Warns before the certificates and tokens of mobile device management expire or are renewed wrongly.
#[derive(Parser, Debug)]
#[command(name = "lapsewatch", version, about = ABOUT, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

/// A command with its options.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the operator: watch TenantCredentials, MDMTenants and Secrets, publish conditions and Events
    #[command(after_help = "Examples:
  lapsewatch run                                   in a cluster, or with the current context
  lapsewatch run --context staging --settle 5s     against another cluster, from a desk
  lapsewatch run --namespace mdm --namespace qa    with rights in two namespaces only
  lapsewatch run --listen 0.0.0.0:8080 --leader-elect   in a pod, of which there may be several

Who else holds a token or certificate is looked for in all namespaces that are watched.

Rights that it needs, in a ClusterRole, or with --namespace in a Role in each of them:
  get, list, watch   tenantcredentials.lapsewatch.dev, mdmtenants.lapsewatch.dev, secrets
  patch              tenantcredentials.lapsewatch.dev/status, mdmtenants.lapsewatch.dev/status
  create             events.events.k8s.io
and with --leader-elect, in the Lease's namespace:
  get, create, update   leases.coordination.k8s.io")]
    Run(RunArgs),
    /// Check manifests without a cluster
    #[command(
        long_about = "Say what the operator would say of manifests, without a cluster.\n\n\
Reads TenantCredentials, their Secrets and MDMTenants from files, folders and the standard input, in YAML or JSON, \
and prints what needs attention: also a token that two of them hold, and what a tenant requires and has not. A \
TenantCredential whose Secret is not given is skipped, which is said: one that sops has encrypted, or that a \
SealedSecret or an ExternalSecret makes. Nothing of a Secret is ever printed.\n\n\
Exit code: 0 when all passes; 1 when something does not: at Warning or above, or as --fail-on and --within say; 2 when \
any input or credential could not be read or compared, regardless of --fail-on, or if nothing was checked.",
        after_help = "Examples:
  lapsewatch check deploy/                                    a folder, with all below it
  lapsewatch check --within 45d deploy/                       fail on what lapses within 45 days
  lapsewatch check --at 2027-03-01 deploy/                    what it would say then
  helm template mdm charts/mdm | lapsewatch check -           what a chart renders
  kustomize build prod | lapsewatch check --strict -          where all Secrets must be there
  lapsewatch check -o github deploy/                          annotations in GitHub Actions
  lapsewatch check -o junit deploy/ > lapsewatch.xml          a test report for GitLab or Jenkins
  lapsewatch check -o sarif deploy/ > lapsewatch.sarif        for code scanning
  lapsewatch check --previous base/ deploy/                   with what has changed since
  kubectl get tcred,mdmt,secret -o yaml | lapsewatch check -  what is in a namespace"
    )]
    Check(CheckArgs),
    /// Rehearse a renewal before you apply it: "safe to apply", or STOP
    #[command(
        long_about = "Rehearse a renewal before it is applied: \"safe to apply\", or STOP.\n\n\
Takes the new file, puts it in thought where the old one is, and says what the operator would say then: whether it is of \
the same topic, newer, with the private key that is in place, valid now, and in use nowhere else. Against a cluster \
with the caller's own rights, where nothing is written; or against files or manifests, without a cluster. The first \
line is the verdict. Nothing of a Secret is ever printed.\n\n\
Exit code: 0 safe to apply, or nothing would change; 1 stop; 2 could not tell.",
        after_help = "Examples:
  lapsewatch verify --file new.pem tcred/acme-apns                     against the current context
  lapsewatch verify --file new.pem --file new.key tcred/acme-apns -n mdm
  lapsewatch verify --file new.pem --against old.pem                   two files, no cluster
  git show main:deploy/apns.yaml | lapsewatch verify --file new.pem --previous -
  kubectl get tcred,secret -o yaml | lapsewatch verify --file new.p7m --previous - tcred/acme-dep

Rights that it needs: get on the TenantCredential; where they are there, also get on its MDMTenant and Secret and list on
tenantcredentials.lapsewatch.dev, in all namespaces or its own. What may not be read is said."
    )]
    Verify(VerifyArgs),
    /// Show what a certificate or token in a file is: its identity, its expiry and its use
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
    /// Write the Secret and the TenantCredential for a certificate or token in a file
    #[command(
        long_about = "Write the Secret and TenantCredential of a certificate or token in a file, as manifests in YAML.\n\n\
Reads it first and says on the standard error what it is, as `lapsewatch inspect` does. Its identity (the topic of an \
APNs certificate, a DEP consumer key, a VPP organization, a Publisher ID) is written as a pin into \
spec.expectedIdentities, so that another one in its place is told at once. The output holds the credential itself: treat it \
as one.\n\n\
Exit code: 0 when they are written, 1 when it has expired or the private key belongs to another certificate, 2 when it \
can't be told what it is or a name can't be one. Nothing is written where it is not 0.",
        after_help = "Examples:
  lapsewatch new --tenant acme-prod --file push.pem --file push.key -n mdm | kubectl apply -f -
  lapsewatch new --tenant acme-prod --file sToken.vpptoken > acme-prod-vpp.yaml
  lapsewatch new --tenant acme-prod --file push.p12 --password-file pw > acme-prod-apns.yaml
  lapsewatch new --tenant acme-prod --file push.pem --without-secret   the TenantCredential alone"
    )]
    New(NewArgs),
    /// Show the tenants and credentials of a cluster, worst first, with deadlines and remedies
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
    /// Print the completions for a shell or for kubectl
    #[command(after_help = "Examples:
  lapsewatch completions bash > /usr/share/bash-completion/completions/lapsewatch
  lapsewatch completions zsh > /usr/local/share/zsh/site-functions/_lapsewatch
  lapsewatch completions fish > ~/.config/fish/completions/lapsewatch.fish
  lapsewatch completions kubectl > ~/bin/kubectl_complete-lapsewatch    then chmod +x it; ~/bin is on the PATH")]
    Completions(CompletionsArgs),
    /// Print the manual page, or write the pages of all commands
    #[command(after_help = "Examples:
  lapsewatch man | man -l -                               the page of the whole
  lapsewatch man --out /usr/local/share/man/man1          one page for each command: man lapsewatch-check")]
    Man(ManArgs),
}

/// Returns the definition of the command line. Its help names the program as the user called it.
pub fn command(called: Called) -> clap::Command {
    called.name(Cli::command())
}

/// Parses the command line. If the command line is not valid, or asks for help or the version, prints the text and ends
/// the process.
pub fn parse(called: Called, words: impl IntoIterator<Item = OsString>) -> Cli {
    let mut command = command(called);
    let matches = command.try_get_matches_from_mut(words).unwrap_or_else(|error| error.exit());
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_begins_with_the_purpose_of_the_program() {
        let about = <Cli as clap::CommandFactory>::command().get_about().unwrap().to_string();
        assert!(about.starts_with("Warns before the certificates and tokens"), "{about}");
    }

    #[test]
    fn the_command_line_is_consistent() {
        for called in [Called::Itself, Called::Plugin] {
            command(called).debug_assert();
        }
    }
}
