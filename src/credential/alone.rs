//! A file by itself: what it is, where no object says what it should be.

use super::value;
use crate::api::credential::CredentialType;
use crate::api::reasons::FailureReason;
use crate::api::status::{CredentialFacts, Failure, Selection};
use crate::secret::{SecretBytes, SecretData};

/// Those that are read from files, the narrower before the wider: any certificate is one of X.509.
const TYPES: [CredentialType; 5] = [
    CredentialType::APNsCertificate,
    CredentialType::WindowsSymantecCertificate,
    CredentialType::VPPToken,
    CredentialType::DEPToken,
    CredentialType::X509Certificate,
];

/// The type that the values are of, by content, and the facts.
///
/// # Errors
/// Where they are of none: the failure of the type that comes nearest.
pub fn identify(data: &SecretData, selection: &Selection) -> Result<(CredentialType, CredentialFacts), Failure> {
    let mut nearest: Option<Failure> = None;
    for type_ in TYPES {
        match super::read(type_, data, selection) {
            Ok(facts) => return Ok((type_, facts)),
            // What begins as this type and breaks, or is closed, tells more than that it is another one.
            Err(failure) if failure.reason != FailureReason::WrongFile => {
                nearest = nearest.filter(|known| known.reason != FailureReason::WrongFile).or(Some(failure));
            }
            Err(failure) => nearest = nearest.or(Some(failure)),
        }
    }
    Err(nearest.unwrap_or_else(|| super::failure::no_values(CredentialType::X509Certificate)))
}

/// Whether a file holds private keys and nothing else that is read.
pub fn is_private_key(bytes: &SecretBytes) -> bool {
    // Whose they are is not asked here.
    let value = value::read(CredentialType::X509Certificate, bytes.expose(), &mut 0);
    !value.private_keys.is_empty() && value.entries() == value.private_keys.len()
}
