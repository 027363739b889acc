//! Reads credentials: turns the bytes of a Secret or of files into the type, identity, validity and key match.
//!
//! This module has no clock, no I/O and no access to Kubernetes. Readers recognize content and ignore the name of a key
//! or file. A failure names keys of the Secret and kinds of file. A failure contains no content of a value and no text
//! of a parser.

mod aetx;
mod apns;
mod base64_text;
mod breakage;
mod certificates;
mod classify;
mod closed;
mod cms;
mod cms_key;
mod container;
mod date;
mod declared;
mod dep;
mod der;
mod encrypted_key;
mod escaped;
mod expected;
mod failure;
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
mod not_understood;
mod oid;
mod password_file;
mod pbe;
mod pem;
mod pkcs12;
mod pkcs12_bags;
mod pkcs12_mac;
mod private_key;
mod public_key;
mod recognition;
mod remedy;
mod rich_text;
mod rsa;
mod search;
mod several;
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

pub use declared::declared;
pub use identify::{Identified, identify, is_private_key};
pub use password_file::plain_password;
pub use recognition::not_understood;

use crate::api::credential::CredentialType;
use crate::api::status::{CredentialFacts, Failure, KeySelection};
use crate::secret::SecretData;

/// The revision of the readers. The operator reads a Secret again if its status was written with another revision.
pub const READER_REVISION: i64 = 4;

/// Reads the credential in a Secret.
///
/// # Errors
/// Returns the reason and a text for the administrator if no credential can be read.
pub fn read(type_: CredentialType, secret: &SecretData, selection: &KeySelection) -> Result<CredentialFacts, Failure> {
    Ok(identify(Some(type_), secret, selection)?.facts)
}
