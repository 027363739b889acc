//! Bytes in, facts out: what a credential is, whom it is for, how long it holds and whether its key belongs to it.
//!
//! No clock, no input or output, no Kubernetes. Readers go by content, never by the name of a key or file. A failure
//! names keys of the Secret and kinds of file; nothing of any content, and no parser's own text, gets into it.

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

/// Counts the readers' changes: where a status was made by another revision, the Secret is read again.
pub const READER_REVISION: i64 = 4;

/// Reads the credential that a Secret holds.
///
/// # Errors
/// With the reason and a text for the administrator when none can be read.
pub fn read(type_: CredentialType, secret: &SecretData, selection: &KeySelection) -> Result<CredentialFacts, Failure> {
    Ok(identify(Some(type_), secret, selection)?.facts)
}
