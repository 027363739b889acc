//! The options of `verify`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::values::{self, instant, namespace};
use lapsewatch_core::api::{CredentialType, names};

/// The new files, the present state to compare them with, and the output.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// The new file; may be given several times, for example for a certificate and its private key
    #[arg(long = "file", short = 'f', required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The file with the password of the keystore or private key, or - for standard input. Default: ask for the
    /// password if there is a terminal
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// The TenantCredential to renew, such as tcred/acme-apns or acme-apns
    #[arg(value_name = "OBJECT", value_parser = object, required_unless_present_any = ["against", "previous"])]
    pub object: Option<String>,
    /// The present file; may be given several times. No cluster is read
    #[arg(long, value_name = "FILE", conflicts_with_all = ["object", "previous", "namespace", "context", "kubeconfig"])]
    pub against: Vec<PathBuf>,
    /// The type of the files of --against, if their content does not show the type
    #[arg(long = "type", value_name = "TYPE", value_parser = values::type_in_file, conflicts_with_all = ["object", "previous"])]
    pub type_: Option<CredentialType>,
    /// Manifests of the present state: a file, a folder, or - for standard input. No cluster is read
    #[arg(long, value_name = "PATH", conflicts_with_all = ["context", "kubeconfig"])]
    pub previous: Vec<PathBuf>,
    /// The namespace of the object. Default: the namespace of the context, or any namespace in the input of --previous
    #[arg(long, short, value_name = "NAMESPACE", value_parser = namespace)]
    pub namespace: Option<String>,
    /// The context of the kubeconfig. Default: the current context
    #[arg(long)]
    pub context: Option<String>,
    /// The kubeconfig file. Default: KUBECONFIG, then ~/.kube/config, then the service account of the pod
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Output format
    #[arg(long, short, value_enum, default_value = "text")]
    pub output: VerifyOutput,
    /// Assess as of this time: a time such as 2027-03-01T09:00:00Z, or a date, which means 00:00 UTC on that date
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<DateTime<Utc>>,
}

/// The output format of `verify`.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyOutput {
    /// For people; the first line is the verdict
    Text,
    /// For programs
    Json,
}

/// Parses the name of a TenantCredential, with or without its kind in the form of kubectl: `tcred/acme-apns`.
fn object(text: &str) -> Result<String, String> {
    const KINDS: [&str; 4] = ["tcred", "tenantcredential", "tenantcredentials", "tenantcredentials.lapsewatch.dev"];
    let name = match text.split_once('/') {
        Some((kind, name)) if KINDS.contains(&kind.to_ascii_lowercase().as_str()) => name,
        Some(_) => return Err("only a TenantCredential has a credential to renew: tcred/NAME".to_owned()),
        None => text,
    };
    names::object(name).map_err(|why| format!("give it as tcred/NAME: {why}"))
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
        assert_eq!(values::type_in_file("vpptoken"), Ok(CredentialType::VPPToken));
        assert!(
            values::type_in_file("DeclaredExpiry").is_err()
                && values::type_in_file("apns").unwrap_err().contains("APNsCertificate")
        );
    }
}
