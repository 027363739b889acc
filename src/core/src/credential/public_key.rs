//! Represents public keys in a form in which they can be compared.

use x509_parser::x509::SubjectPublicKeyInfo;

use super::der::{self, INTEGER, SEQUENCE};
use super::oid;

/// A public key. Two values are equal if they are the same key, regardless of the encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// The compressed point on a curve.
    P256(Box<[u8]>),
    P384(Box<[u8]>),
    P521(Box<[u8]>),
    Ed25519(Vec<u8>),
}

/// The maximum length of an RSA modulus in bits.
pub(super) const MAX_RSA_BITS: usize = 16_384;

/// The public key of a certificate.
pub(super) enum CertificateKey {
    /// A key that can be compared with private keys.
    Known(PublicKey),
    /// A damaged key, or a key with an algorithm that is not supported.
    Unknown,
    /// An RSA key of more than [`MAX_RSA_BITS`].
    TooLarge,
}

/// Reads the public key of a certificate.
pub(super) fn of_certificate(info: &SubjectPublicKeyInfo<'_>) -> CertificateKey {
    let bits: &[u8] = &info.subject_public_key.data;
    let curve =
        || info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok()).and_then(|oid| oid::from_x509(&oid));
    let key = match oid::from_x509(&info.algorithm.algorithm) {
        Some(oid::RSA | oid::RSA_PSS) => {
            let Some((modulus, exponent)) = rsa_numbers(bits) else {
                return CertificateKey::Unknown;
            };
            if modulus.len() > MAX_RSA_BITS / 8 {
                return CertificateKey::TooLarge;
            }
            Some(PublicKey::Rsa { modulus: modulus.to_vec(), exponent: exponent.to_vec() })
        }
        Some(oid::EC) => match curve() {
            Some(oid::P256) => {
                point(bits, 32, |bits| p256::PublicKey::from_sec1_bytes(bits).is_ok()).map(PublicKey::P256)
            }
            Some(oid::P384) => {
                point(bits, 48, |bits| p384::PublicKey::from_sec1_bytes(bits).is_ok()).map(PublicKey::P384)
            }
            Some(oid::P521) => {
                point(bits, 66, |bits| p521::PublicKey::from_sec1_bytes(bits).is_ok()).map(PublicKey::P521)
            }
            _ => None,
        },
        Some(oid::ED25519) => (bits.len() == 32).then(|| PublicKey::Ed25519(bits.to_vec())),
        _ => None,
    };
    key.map_or(CertificateKey::Unknown, CertificateKey::Known)
}

/// Reads the modulus and the exponent of a PKCS#1 public key.
fn rsa_numbers(bits: &[u8]) -> Option<(&[u8], &[u8])> {
    let modulus = der::recognize_as(der::recognize_as(bits, SEQUENCE)?.content, INTEGER)?;
    let exponent = der::recognize_as(modulus.rest, INTEGER)?;
    Some((trimmed(modulus.content), trimmed(exponent.content)))
}

/// Returns a point in compressed form. A compressed point is accepted without a check: decompressing thousands of
/// points takes long, and a point outside of the curve never equals a valid key.
fn point(bits: &[u8], length: usize, is_on_curve: impl Fn(&[u8]) -> bool) -> Option<Box<[u8]>> {
    match bits.split_first()? {
        (2 | 3, x) if x.len() == length => Some(bits.into()),
        (4, both) if both.len() == 2 * length && is_on_curve(bits) => compressed(bits),
        _ => None,
    }
}

/// Compresses a point that is given in full: a byte with the parity of y, and then x (SEC 1, section 2.3.3).
pub(super) fn compressed(full: &[u8]) -> Option<Box<[u8]>> {
    let (_, both) = full.split_first()?;
    let (x, y) = both.split_at_checked(both.len() / 2)?;
    Some([&[2 | (y.last()? & 1)], x].concat().into())
}

/// Removes the leading zeros of a number.
pub(super) fn trimmed(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
