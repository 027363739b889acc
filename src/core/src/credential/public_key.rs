//! Public keys in a form in which they can be compared.

use x509_parser::x509::SubjectPublicKeyInfo;

use super::der::{self, INTEGER, SEQUENCE};
use super::name::number;

/// A public key. Two are equal when they are the same key, however each was encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// The point of a curve, compressed.
    P256(Box<[u8]>),
    P384(Box<[u8]>),
    P521(Box<[u8]>),
    Ed25519(Vec<u8>),
}

/// RSA keys of more bits are not read.
pub(super) const MAX_RSA_BITS: usize = 16_384;

/// A certificate's public key.
pub(super) enum CertificateKey {
    /// One that private keys can be held against.
    Known(PublicKey),
    /// One of an algorithm that is not read, or a damaged one.
    Unknown,
    /// An RSA key of more than [`MAX_RSA_BITS`].
    TooLarge,
}

/// The public key of a certificate.
pub(super) fn of_certificate(info: &SubjectPublicKeyInfo<'_>) -> CertificateKey {
    let bits: &[u8] = &info.subject_public_key.data;
    let curve = || info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok()).map(|oid| number(&oid));
    let key = match number(&info.algorithm.algorithm).as_str() {
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => {
            let Some((modulus, exponent)) = rsa_numbers(bits) else {
                return CertificateKey::Unknown;
            };
            if modulus.len() > MAX_RSA_BITS / 8 {
                return CertificateKey::TooLarge;
            }
            Some(PublicKey::Rsa { modulus: modulus.to_vec(), exponent: exponent.to_vec() })
        }
        "1.2.840.10045.2.1" => match curve().as_deref() {
            Some("1.2.840.10045.3.1.7") => {
                point(bits, 32, |bits| p256::PublicKey::from_sec1_bytes(bits).is_ok()).map(PublicKey::P256)
            }
            Some("1.3.132.0.34") => {
                point(bits, 48, |bits| p384::PublicKey::from_sec1_bytes(bits).is_ok()).map(PublicKey::P384)
            }
            Some("1.3.132.0.35") => {
                point(bits, 66, |bits| p521::PublicKey::from_sec1_bytes(bits).is_ok()).map(PublicKey::P521)
            }
            _ => None,
        },
        "1.3.101.112" => (bits.len() == 32).then(|| PublicKey::Ed25519(bits.to_vec())),
        _ => None,
    };
    key.map_or(CertificateKey::Unknown, CertificateKey::Known)
}

/// Modulus and exponent of a PKCS#1 public key.
fn rsa_numbers(bits: &[u8]) -> Option<(&[u8], &[u8])> {
    let modulus = der::expect(der::expect(bits, SEQUENCE)?.content, INTEGER)?;
    let exponent = der::expect(modulus.rest, INTEGER)?;
    Some((trimmed(modulus.content), trimmed(exponent.content)))
}

/// A point in its compressed form. One that comes compressed is taken as it is: to find the other half of thousands
/// would take long, and one that is on no curve equals none that is.
fn point(bits: &[u8], length: usize, is_on_curve: impl Fn(&[u8]) -> bool) -> Option<Box<[u8]>> {
    match bits.split_first()? {
        (2 | 3, x) if x.len() == length => Some(bits.into()),
        (4, both) if both.len() == 2 * length && is_on_curve(bits) => compressed(bits),
        _ => None,
    }
}

/// The compressed form of a point that is given in full: whether the second half is odd, and the first half.
pub(super) fn compressed(full: &[u8]) -> Option<Box<[u8]>> {
    let (_, both) = full.split_first()?;
    let (x, y) = both.split_at_checked(both.len() / 2)?;
    Some([&[2 | (y.last()? & 1)], x].concat().into())
}

/// A number without its leading zeros.
pub(super) fn trimmed(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
