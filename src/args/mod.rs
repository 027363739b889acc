//! The command line: one file for the options of each command.

mod called;
mod check;
mod run;
mod shell;
mod values;
mod verify;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use called::Called;
pub use check::{CheckArgs, CheckOutput, FailOn};
pub use run::RunArgs;
pub use shell::{CompletionsArgs, ManArgs, Shell};
pub use verify::{VerifyArgs, VerifyOutput};

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
TenantCredential whose Secret is not given is skipped, which is said: one that sops has encrypted, or that a \
SealedSecret or an ExternalSecret makes. Nothing of a Secret is ever printed.\n\n\
Exit code: 0 when all passes; 1 when something does not: at Warning or above, or as --fail-on and --within say; 2 when \
something could not be read or nothing was checked.",
        after_help = "Examples:
  lapsewatch check deploy/                                    a folder, with all below it
  lapsewatch check --within 45d deploy/                       fail on what lapses within 45 days
  lapsewatch check --at 2027-03-01 deploy/                    what it would say then
  helm template mdm charts/mdm | lapsewatch check -           what a chart renders
  kustomize build prod | lapsewatch check --strict -          where all Secrets must be there
  lapsewatch check -o github deploy/                          annotations in GitHub Actions
  lapsewatch check -o junit deploy/ > lapsewatch.xml          a test report for GitLab or Jenkins
  lapsewatch check -o sarif deploy/ > lapsewatch.sarif        for code scanning
  lapsewatch check --previous base/ deploy/                   with what changes since the base branch
  kubectl get tcred,mdmt,secret -o yaml | lapsewatch check -  what is in a namespace"
    )]
    Check(CheckArgs),
    /// Rehearse a renewal before it is applied: "safe to apply", or STOP
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
    /// Print the CustomResourceDefinitions of TenantCredential and MDMTenant
    #[command(after_help = "Example:
  lapsewatch crds | kubectl apply --server-side -f -")]
    Crds,
    /// Print the completions for a shell, or for kubectl
    #[command(after_help = "Examples:
  lapsewatch completions bash > /usr/share/bash-completion/completions/lapsewatch
  lapsewatch completions zsh > /usr/local/share/zsh/site-functions/_lapsewatch
  lapsewatch completions fish > ~/.config/fish/completions/lapsewatch.fish
  lapsewatch completions kubectl > ~/bin/kubectl_complete-lapsewatch    then chmod +x it; ~/bin is on the PATH")]
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands
    #[command(after_help = "Examples:
  lapsewatch man | man -l -                               the page of the whole
  lapsewatch man --out /usr/local/share/man/man1          one page for each command: man lapsewatch-check")]
    Man(ManArgs),
}

/// The command line, as whoever called it so types it.
pub fn command(called: Called) -> clap::Command {
    called.name(Cli::command())
}

/// Understands the command line, or ends with a text that says why not, as `--help` ends with its own.
pub fn parse(called: Called, words: impl IntoIterator<Item = OsString>) -> Cli {
    let mut command = command(called);
    let matches = command.try_get_matches_from_mut(words).unwrap_or_else(|error| error.exit());
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut command).exit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        for called in [Called::Itself, Called::Plugin] {
            command(called).debug_assert();
        }
    }
}
