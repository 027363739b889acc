//! Classifies the PKCS#7 messages that are not DEP tokens: bundles of certificates, and property lists that Apple's
//! tools signed.

use super::bytes::find;
use super::der::{CONTEXT_0, DerReader, INTEGER, SEQUENCE, SET, ber};
use super::file_kind::{FileEncoding, FileKind};
use super::oid;

/// The keys of the property list that a user uploads to Apple for a push certificate.
const PUSH_REQUEST: [&[u8]; 3] = [b"PushCertRequestCSR", b"PushCertCertificateChain", b"PushCertSignature"];
/// Keys that only provisioning profiles contain.
const PROVISIONING: [&[u8]; 3] = [b"DeveloperCertificates", b"ProvisionedDevices", b"ApplicationIdentifierPrefix"];

/// Returns the purpose of a property list, signed or not.
pub(super) fn property_list(text: &[u8]) -> Option<FileKind> {
    let has = |words: &[&[u8]]| words.iter().any(|word| find(text, word).is_some());
    if has(&PUSH_REQUEST) {
        Some(FileKind::PushRequest)
    } else if has(&[b"<plist", b"bplist0"]) {
        Some(if has(&PROVISIONING) { FileKind::ProvisioningProfile } else { FileKind::PropertyList })
    } else {
        None
    }
}

/// Classifies a PKCS#7 message that is not encrypted.
pub(super) fn kind(message: &[u8], encoding: FileEncoding) -> FileKind {
    match property_list(message) {
        Some(kind) => kind,
        None if has_no_content(message).unwrap_or(false) => FileKind::CertificateBundle(encoding),
        None => FileKind::OtherMessage,
    }
}

/// True for SignedData without signed content, which consists only of certificates (RFC 5652, section 5.2).
fn has_no_content(message: &[u8]) -> Option<bool> {
    let der = ber::to_der(message).ok()?;
    let mut message = DerReader::new(&der).enter(SEQUENCE).ok()?;
    if message.oid().ok()? != oid::SIGNED_DATA {
        return Some(false);
    }
    let mut signed = message.enter(CONTEXT_0).ok()?.enter(SEQUENCE).ok()?;
    signed.expect(INTEGER).ok()?;
    signed.expect(SET).ok()?;
    let mut content = signed.enter(SEQUENCE).ok()?;
    content.oid().ok()?;
    Some(content.is_empty() && signed.tag() == Some(CONTEXT_0))
}
