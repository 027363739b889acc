//! The options of `verify`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::values::{instant, namespace};
use lapsewatch_core::api::{CredentialType, names};

/// What to rehearse, and against what.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// The new file; may be given several times, as for a certificate and its private key
    #[arg(long = "file", short = 'f', required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The file with the password of the keystore or private key, or - for the standard input. Without it, it is asked
    /// for where there is a terminal
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// The TenantCredential that it is for, such as tcred/acme-apns or acme-apns
    #[arg(value_name = "OBJECT", value_parser = object, required_unless_present_any = ["against", "previous"])]
    pub object: Option<String>,
    /// The file that is in place now; may be given several times. No cluster is asked
    #[arg(long, value_name = "FILE", conflicts_with_all = ["object", "previous", "namespace", "context", "kubeconfig"])]
    pub against: Vec<PathBuf>,
    /// What the files of --against are, where that is not to be told by their content
    #[arg(long = "type", value_name = "TYPE", value_parser = type_, conflicts_with_all = ["object", "previous"])]
    pub type_: Option<CredentialType>,
    /// Manifests of what is in place now: a file, a folder, or - for the standard input. No cluster is asked
    #[arg(long, value_name = "PATH", conflicts_with_all = ["context", "kubeconfig"])]
    pub previous: Vec<PathBuf>,
    /// The object's namespace; without it the context's, or any in what --previous gives
    #[arg(long, short, value_name = "NAMESPACE", value_parser = namespace)]
    pub namespace: Option<String>,
    /// The context of the kubeconfig; without it the current one
    #[arg(long)]
    pub context: Option<String>,
    /// The kubeconfig file; without it KUBECONFIG, then ~/.kube/config, then the pod's service account
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// How the result is written
    #[arg(long, short, value_enum, default_value = "text")]
    pub output: VerifyOutput,
    /// Say what it would say then: a time such as 2027-03-01T09:00:00Z, or a date, which means its midnight in UTC
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<DateTime<Utc>>,
}

/// How the result is written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyOutput {
    /// For people; the first line is the verdict
    Text,
    /// For programs
    Json,
}

/// A TenantCredential's name, with or without its kind as kubectl has it.
fn object(text: &str) -> Result<String, String> {
    const KINDS: [&str; 4] = ["tcred", "tenantcredential", "tenantcredentials", "tenantcredentials.lapsewatch.dev"];
    let name = match text.split_once('/') {
        Some((kind, name)) if KINDS.contains(&kind.to_ascii_lowercase().as_str()) => name,
        Some(_) => return Err("only a TenantCredential has a credential to renew: tcred/NAME".to_owned()),
        None => text,
    };
    names::object(name).map_err(|why| format!("give it as tcred/NAME: {why}"))
}

/// A type by its name in the API, in upper or lower case.
fn type_(text: &str) -> Result<CredentialType, String> {
    let read: Vec<CredentialType> =
        CredentialType::ALL.into_iter().filter(|type_| *type_ != CredentialType::DeclaredExpiry).collect();
    let found = read.iter().find(|type_| type_.as_str().eq_ignore_ascii_case(text)).copied();
    found.ok_or_else(|| {
        let names: Vec<&str> = read.iter().map(|type_| type_.as_str()).collect();
        format!("it is one of {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_as_kubectl_names_it() {
        for text in
            ["acme-apns", "tcred/acme-apns", "TenantCredential/acme-apns", "tenantcredentials.lapsewatch.dev/acme-apns"]
        {
            assert_eq!(object(text), Ok("acme-apns".to_owned()), "{text}");
        }
        for wrong in
            ["", "tcred/", "secret/acme-apns", "Acme", "a b", "a/b/c", "../x", "-a", "a..b", "a.", &"a".repeat(254)]
        {
            assert!(object(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_type_is_one_that_is_read_from_a_file() {
        assert_eq!(type_("vpptoken"), Ok(CredentialType::VPPToken));
        assert!(type_("DeclaredExpiry").is_err() && type_("apns").unwrap_err().contains("APNsCertificate"));
    }
}
