//! Recognizes the enterprise mobile code-signing certificates for Windows that Symantec issued: they permit code
//! signing, and the user ID in their subject is the numeric Publisher ID.

use x509_parser::certificate::X509Certificate;

use super::apns;
use super::der::{self, OBJECT_IDENTIFIER, SEQUENCE};
use super::file_kind::FileKind;
use super::oid;

/// The maximum number of digits of a Publisher ID. Publisher IDs in use are shorter.
const MAX_DIGITS: usize = 40;

/// Returns the Publisher ID.
///
/// # Errors
/// Returns the kind of a certificate that lacks the code signing usage or the Publisher ID.
pub(super) fn publisher_id(certificate: &X509Certificate<'_>) -> Result<String, FileKind> {
    if !signs_code(certificate) {
        return Err(FileKind::NoCodeSigning);
    }
    let is_numeric = |id: &str| matches!(id.len(), 1..=MAX_DIGITS) && id.bytes().all(|byte| byte.is_ascii_digit());
    apns::user_ids(certificate).into_iter().find(|id| is_numeric(id)).ok_or(FileKind::NoPublisherId)
}

/// True if the extended key usage of the certificate includes code signing.
fn signs_code(certificate: &X509Certificate<'_>) -> bool {
    certificate
        .extensions()
        .iter()
        .filter(|extension| oid::from_x509(&extension.oid) == Some(oid::EXTENDED_KEY_USAGE))
        .filter_map(|extension| der::recognize_as(extension.value, SEQUENCE))
        .any(|usages| {
            let mut rest = usages.content;
            while let Some(usage) = der::recognize_as(rest, OBJECT_IDENTIFIER) {
                if usage.content == oid::CODE_SIGNING.as_bytes() {
                    return true;
                }
                rest = usage.rest;
            }
            false
        })
}
