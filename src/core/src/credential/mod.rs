//! Reads credentials: turns the bytes of a Secret or of files into the type, identity, validity and key match.
//!
//! This module has no clock, no I/O and no access to Kubernetes. Readers recognize content and ignore the name of a key
//! or file. A failure contains no sentences: `messages::reader` writes the message about a failure.

mod aetx;
mod apns;
mod base64_text;
mod breakage;
mod bytes;
mod certificates;
mod classify;
mod cms;
mod cms_key;
mod container;
mod date;
mod declared;
mod dep;
mod der;
mod encrypted_key;
mod escaped;
mod file_kind;
mod foreign;
mod found_key;
mod garbled;
mod identify;
mod invalid_date;
mod json;
mod json_texts;
mod key_damage;
mod mail;
mod mime;
mod name;
mod oid;
mod password_file;
mod pbe;
mod pem;
mod pkcs12;
mod pkcs12_bags;
mod pkcs12_mac;
mod private_key;
mod public_key;
mod read_failure;
mod read_problem;
mod recognition;
mod rich_text;
mod rsa;
mod search;
mod shape;
mod signed_data;
mod symantec;
mod token;
mod tokens;
mod typography;
mod validity;
mod value;
mod vpp;
mod wrapped;
mod wrapping;
mod x509;

pub(crate) use breakage::{Breakage, Flaw, Wrapping};
pub use declared::declared;
pub(crate) use file_kind::{FileEncoding, FileKind};
pub(crate) use foreign::ForeignFile;
pub use identify::{Identified, identify, is_private_key};
pub(crate) use invalid_date::{DateFault, InvalidDate};
pub(crate) use key_damage::KeyDamage;
pub(crate) use password_file::PasswordDress;
pub use password_file::plain_password;
pub(crate) use pbe::OpenError;
pub(crate) use read_failure::{CertificateList, ContentProblem, FailureCause, KeyNames, ReadRequest, UnknownValue};
pub use read_failure::{ReadFailure, UnknownContent};
pub(crate) use read_problem::{Container, Limit, ReadProblem};
pub use recognition::not_understood;
pub(crate) use token::is_token;

use crate::api::credential::CredentialType;
use crate::api::status::{CredentialFacts, KeySelection};
use crate::secret::SecretData;

/// The revision of the readers. The operator reads a Secret again if its status was written with another revision.
pub const READER_REVISION: i64 = 4;

/// Reads the credential in a Secret.
///
/// # Errors
/// Returns the cause if no credential can be read.
pub fn read(
    type_: CredentialType,
    secret: &SecretData,
    selection: &KeySelection,
) -> Result<CredentialFacts, ReadFailure> {
    Ok(identify(Some(type_), secret, selection)?.facts)
}
