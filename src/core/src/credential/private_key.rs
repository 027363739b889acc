//! Reads private keys. Only the public key that belongs to a private key leaves this module.

use pkcs8::der::Decode as _;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use sec1::EcPrivateKey;
use zeroize::Zeroizing;

use super::oid;
use super::public_key::{PublicKey, compressed};
use super::rsa;
use super::shape::{DerShape, shape};

/// Computes the public key of a private key in PKCS#8, PKCS#1 or SEC1. None if the private key can't be read.
pub(super) fn public_key(der: &[u8]) -> Option<PublicKey> {
    match shape(der)? {
        DerShape::Pkcs1Key => rsa::public_key(der),
        DerShape::Sec1Key => elliptic(der, None),
        DerShape::Pkcs8Key => {
            let info = PrivateKeyInfoRef::try_from(der).ok()?;
            let inner = info.private_key.as_bytes();
            match info.algorithm.oid {
                oid::RSA | oid::RSA_PSS => rsa::public_key(inner),
                oid::EC => elliptic(inner, info.algorithm.parameters_oid().ok()),
                oid::ED25519 => edwards(inner),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Computes the public key of an elliptic curve key from its scalar. The public key that may be stored beside the
/// scalar is ignored, because it may belong to another key.
fn elliptic(der: &[u8], curve: Option<ObjectIdentifier>) -> Option<PublicKey> {
    let key = EcPrivateKey::from_der(der).ok()?;
    let curve = curve.or_else(|| key.parameters.and_then(|parameters| parameters.named_curve()))?;
    let scalar = |length: usize| sized(key.private_key, length);
    match curve {
        oid::P256 => {
            let key = p256::SecretKey::from_slice(&scalar(32)?).ok()?;
            compressed(&key.public_key().to_sec1_bytes()).map(PublicKey::P256)
        }
        oid::P384 => {
            let key = p384::SecretKey::from_slice(&scalar(48)?).ok()?;
            compressed(&key.public_key().to_sec1_bytes()).map(PublicKey::P384)
        }
        oid::P521 => {
            let key = p521::SecretKey::from_slice(&scalar(66)?).ok()?;
            compressed(&key.public_key().to_sec1_bytes()).map(PublicKey::P521)
        }
        _ => None,
    }
}

/// Returns the number in exactly `length` bytes. Some tools omit leading zeros, and some add them.
fn sized(number: &[u8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let number = super::public_key::trimmed(number);
    let mut sized = Zeroizing::new(vec![0; length.checked_sub(number.len())?]);
    sized.reserve_exact(number.len());
    sized.extend_from_slice(number);
    Some(sized)
}

/// Computes the public key of an Ed25519 seed. PKCS#8 contains the seed in one more OCTET STRING (RFC 8410, section 7).
fn edwards(inner: &[u8]) -> Option<PublicKey> {
    let seed = <&OctetStringRef>::from_der(inner).ok()?.as_bytes();
    let key = ed25519_dalek::SigningKey::from_bytes(seed.try_into().ok()?);
    Some(PublicKey::Ed25519(key.verifying_key().to_bytes().to_vec()))
}
