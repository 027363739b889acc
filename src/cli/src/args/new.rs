//! The options of `new`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;

use super::inspect::credential_type;
use super::values::instant;
use lapsewatch_core::api::{CredentialType, names};

/// The files of the credential, and the names and fields of the manifests.
#[derive(Args, Debug)]
pub struct NewArgs {
    /// A file of the credential, such as its certificate or private key; may be given several times; - for standard
    /// input
    #[arg(long = "file", short, required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The MDMTenant of the credential
    #[arg(long, short, value_name = "NAME", value_parser = names::object, required_unless_present = "name")]
    pub tenant: Option<String>,
    /// The namespace. Default: none in the manifests, so that kubectl uses the current namespace
    #[arg(long, short, value_name = "NAMESPACE", value_parser = names::namespace)]
    pub namespace: Option<String>,
    /// The name of the TenantCredential. Default: the name of the tenant and the kind, such as acme-prod-apns
    #[arg(long, value_name = "NAME", value_parser = names::object)]
    pub name: Option<String>,
    /// The name of the Secret. Default: the name of the TenantCredential
    #[arg(long, value_name = "NAME", value_parser = names::object)]
    pub secret_name: Option<String>,
    /// Write the TenantCredential only, for a Secret that exists or is created by other means
    #[arg(long)]
    pub without_secret: bool,
    /// Read the files as a credential of this type. Default: detect the type
    #[arg(long = "type", value_name = "TYPE", value_parser = credential_type(), ignore_case = true)]
    pub type_: Option<CredentialType>,
    /// The file with the password of the keystore or private key, or - for standard input. A needed password becomes a
    /// value of the Secret. Default: ask for the password if there is a terminal
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// The account that created the credential. An APNs certificate does not contain its Apple ID
    #[arg(long, value_name = "ACCOUNT")]
    pub owner_account: Option<String>,
    /// The contact for questions about the credential
    #[arg(long, value_name = "WHO")]
    pub contact: Option<String>,
    /// The page with the steps of the renewal
    #[arg(long, value_name = "URL")]
    pub runbook_url: Option<String>,
    /// Write manifests even if the credential has expired, and print a Secret even to a terminal
    #[arg(long)]
    pub force: bool,
    /// Assess as of this time: a time such as 2027-03-01T09:00:00Z, or a date, which means 00:00 UTC on that date
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<DateTime<Utc>>,
}
