//! Windows enterprise mobile code-signing certificates, that Symantec issued: for code signing, and with the numeric
//! Publisher ID as the user ID in the subject.

use x509_parser::certificate::X509Certificate;

use super::apns;
use super::der::{self, OBJECT_IDENTIFIER, SEQUENCE};
use super::file_kind::FileKind;
use super::name;

const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
/// 1.3.6.1.5.5.7.3.3
const CODE_SIGNING: [u8; 8] = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03];
/// More digits than any Publisher ID has.
const MAX_DIGITS: usize = 40;

/// The Publisher ID, or what the certificate lacks.
pub(super) fn publisher_id(certificate: &X509Certificate<'_>) -> Result<String, FileKind> {
    if !signs_code(certificate) {
        return Err(FileKind::NoCodeSigning);
    }
    let is_numeric = |id: &str| matches!(id.len(), 1..=MAX_DIGITS) && id.bytes().all(|byte| byte.is_ascii_digit());
    apns::user_ids(certificate).into_iter().find(|id| is_numeric(id)).ok_or(FileKind::NoPublisherId)
}

/// Whether code signing is one of its extended usages.
fn signs_code(certificate: &X509Certificate<'_>) -> bool {
    certificate
        .extensions()
        .iter()
        .filter(|extension| name::number(&extension.oid) == EXTENDED_KEY_USAGE)
        .filter_map(|extension| der::expect(extension.value, SEQUENCE))
        .any(|usages| {
            let mut rest = usages.content;
            while let Some(usage) = der::expect(rest, OBJECT_IDENTIFIER) {
                if usage.content == CODE_SIGNING {
                    return true;
                }
                rest = usage.rest;
            }
            false
        })
}
