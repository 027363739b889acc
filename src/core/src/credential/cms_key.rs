//! Decrypts content keys that are encrypted for an RSA key with PKCS#1 v1.5 or OAEP (RFC 8017, section 7).

use pkcs1::DecodeRsaPrivateKey as _;
use pkcs8::PrivateKeyInfoRef;
use rsa::traits::{PaddingScheme, PublicKeyParts as _};
use rsa::{Oaep, Pkcs1v15Encrypt, PrivateKey};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::der::{CONTEXT_0, CONTEXT_1, CONTEXT_2, DerReader, OCTET_STRING, SEQUENCE};
use super::oid;
use super::pbe::OpenError;
use super::pbe::budget::RsaBudget;
use super::pbe::hash::Hash;
use super::rsa as numbers;
use super::shape::{DerShape, shape};

/// The maximum length of the modulus in bytes: 6,144 bits. A longer modulus takes more than 50 ms.
const MAX_BYTES: usize = 768;

/// The content key, encrypted for one recipient.
pub(super) struct KeyTransRecipient<'a> {
    padding: Padding<'a>,
    encrypted: &'a [u8],
}

enum Padding<'a> {
    Pkcs1,
    Oaep { hash: Hash, mask: Hash, label: &'a [u8] },
}

impl<'a> KeyTransRecipient<'a> {
    /// Reads the fields of a recipient that follow the recipient's identifier.
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

/// Reads the parameters of OAEP (RFC 8017, appendix A.2.1), each of which has a default.
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
    // Nearly all messages use one hash for the label and the mask. Some tools change only the hash of the label and
    // keep SHA-1 for the mask.
    match (hash, mask) {
        (Hash::Sha1 | Hash::Sha256 | Hash::Sha384 | Hash::Sha512, _) if hash == mask => {}
        (Hash::Sha256, Hash::Sha1) => {}
        _ => return Err(OpenError::NotSupported),
    }
    Ok(Padding::Oaep { hash, mask, label })
}

/// An RSA private key that can decrypt content keys.
pub(super) struct RsaDecryptionKey(PrivateKey);

impl RsaDecryptionKey {
    /// Reads a private key in PKCS#1 or PKCS#8, if its modulus is as long as at least one of the encrypted content
    /// keys.
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
        // A key whose numbers contradict each other can't match.
        numbers::public_key(inner).ok_or(none)?;
        // The remaining failures are key sizes and exponents that the crate does not support.
        PrivateKey::from_pkcs1_der(inner).map(Self).map_err(|_| OpenError::NotSupported)
    }

    /// Decrypts the content key. The result is None or garbage if the private key does not match.
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
            // With wrong padding, the crate returns garbage, always the same for one message. An error would reveal
            // that the padding is wrong.
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
