//! The options of `inspect`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::values::instant;
use lapsewatch_core::api::CredentialType;

/// What to look at.
#[derive(Args, Debug)]
pub struct InspectArgs {
    /// The credential's file, and those that belong to it: its private key, its chain; - for the standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Take it for this type, and say why it is none; without it: whichever type it is
    #[arg(long = "type", value_name = "TYPE", value_parser = credential_type(), ignore_case = true)]
    pub type_: Option<CredentialType>,
    /// The file with the password of the keystore or private key, or - for the standard input. Without it, it is asked
    /// for where there is a terminal
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Say what it would say then: a time such as 2027-03-01T09:00:00Z, or a date, which means its midnight in UTC
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<DateTime<Utc>>,
    /// How to say it
    #[arg(long, short, value_enum, default_value_t)]
    pub output: InspectFormat,
}

/// How `inspect` says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum InspectFormat {
    /// For people
    #[default]
    Text,
    /// For programs, as docs/inspect.md has it
    Json,
}

/// The types that are read from files.
pub(super) fn credential_type() -> impl TypedValueParser<Value = CredentialType> {
    let read = CredentialType::ALL.into_iter().filter(|type_| *type_ != CredentialType::DeclaredExpiry);
    PossibleValuesParser::new(read.map(CredentialType::as_str)).try_map(|name| {
        let named = CredentialType::ALL.into_iter().find(|type_| type_.as_str().eq_ignore_ascii_case(&name));
        named.ok_or("there is no such type")
    })
}
