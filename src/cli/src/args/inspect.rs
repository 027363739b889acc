//! The options of `inspect`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::values::{self, instant};
use lapsewatch_core::api::CredentialType;

/// The files that `inspect` reads, and the output.
#[derive(Args, Debug)]
pub struct InspectArgs {
    /// The file of the credential, and the files of its private key and its chain; - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Read the files as a credential of this type, and report the reason if the files contain none. Default: detect
    /// the type
    #[arg(long = "type", value_name = "TYPE", value_parser = credential_type(), ignore_case = true)]
    pub type_: Option<CredentialType>,
    /// The file with the password of the keystore or private key, or - for standard input. Default: ask for the
    /// password if there is a terminal
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Assess as of this time: a time such as 2027-03-01T09:00:00Z, or a date, which means 00:00 UTC on that date
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<DateTime<Utc>>,
    /// Output format
    #[arg(long, short, value_enum, default_value_t)]
    pub output: InspectFormat,
}

/// The output format of `inspect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum InspectFormat {
    /// For people
    #[default]
    Text,
    /// For programs; docs/inspect.md describes the fields
    Json,
}

/// Parses a credential type, except DeclaredExpiry: its date stands in the spec, so there is no file to inspect.
pub(super) fn credential_type() -> impl TypedValueParser<Value = CredentialType> {
    let names = values::types_in_files().into_iter().map(CredentialType::as_str);
    PossibleValuesParser::new(names).try_map(|name| values::type_in_file(&name))
}
