//! A file by itself.

use super::value;
use crate::api::credential::CredentialType;
use crate::secret::SecretBytes;

/// Whether a file holds private keys and nothing else that is read.
pub fn is_private_key(bytes: &SecretBytes) -> bool {
    // Whose they are is not asked here.
    let value = value::read(CredentialType::X509Certificate, bytes.expose(), &mut 0);
    !value.private_keys.is_empty() && value.entries() == value.private_keys.len()
}
