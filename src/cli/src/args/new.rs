//! The options of `new`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;

use super::inspect::credential_type;
use super::values::instant;
use lapsewatch_core::api::{CredentialType, names};

/// What to write.
#[derive(Args, Debug)]
pub struct NewArgs {
    /// The credential's file, or one that belongs to it, as its private key; may be given several times; - for the standard
    /// input
    #[arg(long = "file", short, required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The MDMTenant that it belongs to
    #[arg(long, short, value_name = "NAME", value_parser = names::object, required_unless_present = "name")]
    pub tenant: Option<String>,
    /// The namespace; without it none is written, and kubectl takes the current one
    #[arg(long, short, value_name = "NAMESPACE", value_parser = names::namespace)]
    pub namespace: Option<String>,
    /// The TenantCredential's name; without it the tenant's with the kind behind it, such as acme-prod-apns
    #[arg(long, value_name = "NAME", value_parser = names::object)]
    pub name: Option<String>,
    /// The Secret's name; without it that of the TenantCredential
    #[arg(long, value_name = "NAME", value_parser = names::object)]
    pub secret_name: Option<String>,
    /// Write the TenantCredential alone, for a Secret that is there or is made by other means
    #[arg(long)]
    pub without_secret: bool,
    /// Take it for this type; without it: whichever type it is
    #[arg(long = "type", value_name = "TYPE", value_parser = credential_type(), ignore_case = true)]
    pub type_: Option<CredentialType>,
    /// The file with the password of the keystore or private key, or - for the standard input; it becomes a value of the
    /// Secret. Without it, it is asked for where there is a terminal
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// The account that it was made with: of an APNs certificate the Apple ID, which stands nowhere in it
    #[arg(long, value_name = "ACCOUNT")]
    pub owner_account: Option<String>,
    /// Whom to ask
    #[arg(long, value_name = "WHO")]
    pub contact: Option<String>,
    /// Where the steps of its renewal are written down
    #[arg(long, value_name = "URL")]
    pub runbook_url: Option<String>,
    /// Write it also where it has expired, and a Secret also to a terminal
    #[arg(long)]
    pub force: bool,
    /// Judge it as of then: a time such as 2027-03-01T09:00:00Z, or a date, which means its midnight in UTC
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<DateTime<Utc>>,
}
