//! Recognizes a DER file by its first few elements, even if the rest is damaged or missing.

use super::der::{
    self, BIT_STRING, CONTEXT_0, GENERALIZED_TIME, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, UTC_TIME,
};

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

/// The arc 1.2.840.113549.1.7 of PKCS#7 (RFC 2315, section 14). One more number identifies the type of the message.
const PKCS7: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// Returns the kind of file that the bytes begin as. None for any other content.
pub(super) fn shape(bytes: &[u8]) -> Option<DerShape> {
    let file = der::expect(bytes, SEQUENCE)?;
    let head = der::first(file.content)?;
    match head.tag {
        INTEGER => versioned(head),
        SEQUENCE => nested(head),
        OBJECT_IDENTIFIER => match head.content.strip_prefix(&PKCS7)? {
            [3] => Some(DerShape::EncryptedMessage),
            _ => Some(DerShape::OtherMessage),
        },
        _ => None,
    }
}

/// Recognizes a file whose first element is an integer: keys and keystores.
fn versioned(version: der::Element<'_>) -> Option<DerShape> {
    let next = der::first(version.rest)?;
    match (next.tag, version.content) {
        (INTEGER, [0 | 1]) => Some(DerShape::Pkcs1Key),
        (INTEGER, modulus) => (modulus.len() >= 32).then_some(DerShape::PublicKey),
        (SEQUENCE, [3]) => Some(DerShape::Pkcs12),
        (SEQUENCE, [0 | 1]) => der::expect(next.content, OBJECT_IDENTIFIER).map(|_| DerShape::Pkcs8Key),
        (OCTET_STRING, [1]) => Some(DerShape::Sec1Key),
        _ => None,
    }
}

/// Recognizes a file whose first element is a sequence: signed objects, public keys and encrypted private keys.
fn nested(inner: der::Element<'_>) -> Option<DerShape> {
    let head = der::first(inner.content)?;
    match head.tag {
        OBJECT_IDENTIFIER => match der::first(inner.rest)?.tag {
            OCTET_STRING => Some(DerShape::EncryptedKey),
            BIT_STRING => Some(DerShape::PublicKey),
            _ => None,
        },
        CONTEXT_0 => der::expect(head.content, INTEGER).map(|_| DerShape::Certificate),
        INTEGER => {
            let second = der::expect(head.rest, SEQUENCE)?;
            if der::expect(second.content, OBJECT_IDENTIFIER).is_none() {
                return Some(DerShape::Request);
            }
            // Certificates of version 1 and revocation lists begin alike. The element after the issuer differs: the
            // validity is a sequence, `thisUpdate` is a time (RFC 5280, sections 4.1 and 5.1).
            let fourth = der::expect(second.rest, SEQUENCE).and_then(|issuer| der::first(issuer.rest));
            match fourth.map(|fourth| fourth.tag) {
                Some(UTC_TIME | GENERALIZED_TIME) => Some(DerShape::RevocationList),
                _ => Some(DerShape::Certificate),
            }
        }
        _ => None,
    }
}
