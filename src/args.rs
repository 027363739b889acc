//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Parser, Subcommand};

use crate::telemetry::{LogFormat, LogLevel};

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
    /// Print the CustomResourceDefinitions of TenantCredential and MDMTenant
    #[command(after_help = "Example:
  lapsewatch crds | kubectl apply --server-side -f -")]
    Crds,
}

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

/// What to check.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// A file, a folder (its *.yaml, *.yml and *.json, hidden folders left out), or - for the standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Say what it would say then: a time such as 2027-03-01T09:00:00Z, or a date, which means its midnight in UTC
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<DateTime<Utc>>,
}

/// A time in RFC 3339, or the midnight in UTC with which a date begins.
fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    // Years of more than four digits are none of the API's.
    let text = text.strip_prefix('+').map_or(text, |_| "");
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|date| date.and_time(NaiveTime::MIN).and_utc());
    time.or_else(|_| date())
        .map_err(|_| "give a time such as 2027-03-01T09:00:00Z, or a date such as 2027-03-01".to_owned())
}

/// A namespace's name. An empty one, of a variable that is not set, would watch nothing and say so nowhere.
fn namespace(text: &str) -> Result<String, String> {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() {
        return Err("it is empty: name a namespace, or leave the option away to watch all".to_owned());
    }
    if text.len() > 63 || !text.chars().all(is_inner) || text.starts_with('-') || text.ends_with('-') {
        return Err("a namespace has at most 63 of a-z, 0-9 and -, with no - at its ends".to_owned());
    }
    Ok(text.to_owned())
}

/// A duration such as `30s`, `2m` or `1h`, at most a day.
fn duration(text: &str) -> Result<Duration, String> {
    const FORM: &str = "give a whole number with its unit, such as 30s, 2m or 1h, at most a day";
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(FORM.to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| FORM.to_owned())?;
    match number.checked_mul(seconds) {
        Some(seconds) if seconds <= 86_400 => Ok(Duration::from_secs(seconds)),
        _ => Err(FORM.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_instant_is_a_time_or_a_date() {
        let midnight = Ok("2027-03-01T00:00:00Z".parse().unwrap());
        for text in ["2027-03-01", "2027-03-01T00:00:00Z", "2027-03-01T01:30:00+01:30"] {
            assert_eq!(instant(text), midnight, "{text}");
        }
        for wrong in ["", "now", "2027", "2027-13-01", "2027-02-30", "01.03.2027", "2027-03-01T09:00", "+12027-03-01"] {
            assert!(instant(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_namespace_that_can_be_none_is_refused() {
        assert_eq!(namespace("mdm-2"), Ok("mdm-2".to_owned()));
        for wrong in ["", " ", "Mdm", "a/b", "a.b", "-a", "a-", "ä", &"a".repeat(64)] {
            assert!(namespace(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_have_a_unit_and_a_bound() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("24h"), Ok(Duration::from_secs(86_400)));
        for wrong in ["", "30", "s", "25h", "-1s", "1.5s", "99999999999999999999s", "5d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
