//! Recognizes a DER file by its first few elements, even if the rest is damaged or missing.

use super::der::{
    self, BIT_STRING, CONTEXT_0, GENERALIZED_TIME, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, UTC_TIME,
};
use super::oid;

/// The kind of DER file, by its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DerShape {
    Certificate,
    Request,
    RevocationList,
    PublicKey,
    Pkcs1Key,
    Pkcs8Key,
    Sec1Key,
    EncryptedKey,
    Pkcs12,
    EncryptedMessage,
    OtherMessage,
}

/// Returns the kind of file that the bytes begin as. None for any other content.
pub(super) fn shape(bytes: &[u8]) -> Option<DerShape> {
    let file = der::recognize_as(bytes, SEQUENCE)?;
    let head = der::recognize(file.content)?;
    match head.tag {
        INTEGER => versioned(head),
        SEQUENCE => nested(head),
        OBJECT_IDENTIFIER if head.content == oid::ENVELOPED_DATA.as_bytes() => Some(DerShape::EncryptedMessage),
        OBJECT_IDENTIFIER if head.content.starts_with(oid::PKCS7.as_bytes()) => Some(DerShape::OtherMessage),
        _ => None,
    }
}

/// Recognizes a file whose first element is an integer: keys and keystores.
fn versioned(version: der::DerElement<'_>) -> Option<DerShape> {
    let next = der::recognize(version.rest)?;
    match (next.tag, version.content) {
        (INTEGER, [0 | 1]) => Some(DerShape::Pkcs1Key),
        (INTEGER, modulus) => (modulus.len() >= 32).then_some(DerShape::PublicKey),
        (SEQUENCE, [3]) => Some(DerShape::Pkcs12),
        (SEQUENCE, [0 | 1]) => der::recognize_as(next.content, OBJECT_IDENTIFIER).map(|_| DerShape::Pkcs8Key),
        (OCTET_STRING, [1]) => Some(DerShape::Sec1Key),
        _ => None,
    }
}

/// Recognizes a file whose first element is a sequence: signed objects, public keys and encrypted private keys.
fn nested(inner: der::DerElement<'_>) -> Option<DerShape> {
    let head = der::recognize(inner.content)?;
    match head.tag {
        OBJECT_IDENTIFIER => match der::recognize(inner.rest)?.tag {
            OCTET_STRING => Some(DerShape::EncryptedKey),
            BIT_STRING => Some(DerShape::PublicKey),
            _ => None,
        },
        CONTEXT_0 => der::recognize_as(head.content, INTEGER).map(|_| DerShape::Certificate),
        INTEGER => {
            let second = der::recognize_as(head.rest, SEQUENCE)?;
            if der::recognize_as(second.content, OBJECT_IDENTIFIER).is_none() {
                return Some(DerShape::Request);
            }
            // Certificates of version 1 and revocation lists begin alike. The element after the issuer differs: the
            // validity is a sequence, `thisUpdate` is a time (RFC 5280, sections 4.1 and 5.1).
            let fourth = der::recognize_as(second.rest, SEQUENCE).and_then(|issuer| der::recognize(issuer.rest));
            match fourth.map(|fourth| fourth.tag) {
                Some(UTC_TIME | GENERALIZED_TIME) => Some(DerShape::RevocationList),
                _ => Some(DerShape::Certificate),
            }
        }
        _ => None,
    }
}
