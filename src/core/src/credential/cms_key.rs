//! Content keys that are encrypted for an RSA key, by PKCS#1 v1.5 or OAEP.

use pkcs1::DecodeRsaPrivateKey as _;
use pkcs8::PrivateKeyInfoRef;
use rsa::traits::{PaddingScheme, PublicKeyParts as _};
use rsa::{Oaep, Pkcs1v15Encrypt, RsaPrivateKey};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::der::{CONTEXT_0, OCTET_STRING, SEQUENCE};
use super::pbe::budget::RsaBudget;
use super::pbe::der_reader::DerReader;
use super::pbe::hash::Hash;
use super::pbe::{OpenError, oid};
use super::rsa as numbers;
use super::shape::{DerShape, shape};

/// EXPLICIT [1] and [2].
const CONTEXT_1: u8 = 0xa1;
const CONTEXT_2: u8 = 0xa2;
/// The longest modulus that a message is opened with, in bytes: 6,144 bits. A longer one takes more than 50 ms.
const MAX_BYTES: usize = 768;

/// A content key as it is encrypted for one recipient.
pub(super) struct KeyTransRecipient<'a> {
    padding: Padding<'a>,
    encrypted: &'a [u8],
}

enum Padding<'a> {
    Pkcs1,
    Oaep { hash: Hash, mask: Hash, label: &'a [u8] },
}

impl<'a> KeyTransRecipient<'a> {
    /// Reads what stands in a recipient after whom it is for.
    pub(super) fn read(recipient: &mut DerReader<'a>) -> Result<Self, OpenError> {
        let (name, parameters) = recipient.algorithm()?;
        let padding = match name {
            oid::RSA => Padding::Pkcs1,
            oid::RSA_OAEP => oaep(parameters)?,
            _ => return Err(OpenError::NotSupported),
        };
        Ok(Self { padding, encrypted: recipient.expect(OCTET_STRING)? })
    }
}

/// The parameters of OAEP, each of which can be left away.
fn oaep(mut parameters: DerReader<'_>) -> Result<Padding<'_>, OpenError> {
    let (mut hash, mut mask, mut label) = (Hash::Sha1, Hash::Sha1, &[][..]);
    let Some(fields) = parameters.optional(SEQUENCE)? else {
        return Ok(Padding::Oaep { hash, mask, label });
    };
    let mut fields = DerReader::new(fields);
    if let Some(field) = fields.optional(CONTEXT_0)? {
        hash = Hash::named(DerReader::new(field).algorithm()?.0)?;
    }
    if let Some(field) = fields.optional(CONTEXT_1)? {
        let (name, mut function) = DerReader::new(field).algorithm()?;
        mask = if name == oid::MGF1 {
            Hash::named(function.algorithm()?.0)?
        } else {
            return Err(OpenError::NotSupported);
        };
    }
    if let Some(field) = fields.optional(CONTEXT_2)? {
        let (name, mut source) = DerReader::new(field).algorithm()?;
        label =
            if name == oid::P_SPECIFIED { source.expect(OCTET_STRING)? } else { return Err(OpenError::NotSupported) };
    }
    // The two hashes are one in nearly all messages; some tools leave the mask's as it always was.
    match (hash, mask) {
        (Hash::Sha1 | Hash::Sha256 | Hash::Sha384 | Hash::Sha512, _) if hash == mask => {}
        (Hash::Sha256, Hash::Sha1) => {}
        _ => return Err(OpenError::NotSupported),
    }
    Ok(Padding::Oaep { hash, mask, label })
}

/// An RSA key that content keys are tried with.
pub(super) struct RsaDecryptionKey(RsaPrivateKey);

impl RsaDecryptionKey {
    /// Reads a key in PKCS#1 or PKCS#8, if any of the content keys has its length.
    pub(super) fn read(der: &[u8], carriers: &[KeyTransRecipient<'_>]) -> Result<Self, OpenError> {
        let none = OpenError::NoMatchingKey;
        let inner = match shape(der).ok_or(none)? {
            DerShape::Pkcs1Key => der,
            DerShape::Pkcs8Key => {
                let info = PrivateKeyInfoRef::try_from(der).map_err(|_| none)?;
                if info.algorithm.oid != oid::RSA {
                    return Err(none);
                }
                info.private_key.as_bytes()
            }
            _ => return Err(none),
        };
        let length = numbers::length(inner).ok_or(none)?;
        if carriers.iter().all(|carrier| carrier.encrypted.len() != length) {
            return Err(none);
        }
        if length > MAX_BYTES {
            return Err(OpenError::NotSupported);
        }
        // Numbers that contradict each other go no further.
        numbers::public_key(inner).ok_or(none)?;
        // What is left are sizes and exponents that the crate does not take.
        RsaPrivateKey::from_pkcs1_der(inner).map(Self).map_err(|_| OpenError::NotSupported)
    }

    /// The content key. A private key that does not match gives none, or garbage.
    ///
    /// # Errors
    /// `ManyKeys` if the budget does not cover the attempt.
    pub(super) fn open(
        &self,
        carrier: &KeyTransRecipient<'_>,
        budget: &mut RsaBudget,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, OpenError> {
        if carrier.encrypted.len() != self.0.size() {
            return Ok(None);
        }
        budget.spend(self.0.size())?;
        let data = carrier.encrypted;
        Ok(match carrier.padding {
            // Wrong padding gives garbage as well, always the same: nothing tells that the padding was wrong.
            Padding::Pkcs1 => self.decrypt(Pkcs1v15Encrypt, data),
            Padding::Oaep { hash, mask, label } => match (hash, mask) {
                (Hash::Sha1, Hash::Sha1) => self.decrypt(Oaep::<Sha1>::new_with_label(label), data),
                (Hash::Sha256, Hash::Sha256) => self.decrypt(Oaep::<Sha256>::new_with_label(label), data),
                (Hash::Sha384, Hash::Sha384) => self.decrypt(Oaep::<Sha384>::new_with_label(label), data),
                (Hash::Sha512, Hash::Sha512) => self.decrypt(Oaep::<Sha512>::new_with_label(label), data),
                (Hash::Sha256, Hash::Sha1) => {
                    self.decrypt(Oaep::<Sha256, Sha1>::new_with_mgf_hash_and_label(label), data)
                }
                _ => None,
            },
        })
    }

    fn decrypt(&self, padding: impl PaddingScheme, data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.0.decrypt(padding, data).ok().map(Zeroizing::new)
    }
}
