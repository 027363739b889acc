//! Reads the bags of a keystore: certificates and private keys, in the clear, encrypted one by one, or encrypted
//! together.

use std::fmt;

use zeroize::Zeroizing;

use super::der::{CONTEXT_0, DerReader, IMPLICIT_0, INTEGER, OCTET_STRING, SEQUENCE, ber};
use super::oid;
use super::pbe::OpenError;
use super::pbe::budget::KdfBudget;
use super::pbe::password::Password;
use super::pbe::scheme::PbeScheme;

/// The content of a keystore.
#[derive(Default)]
pub(super) struct Keystore {
    /// The certificates in DER, in the order of the keystore.
    pub certificates: Vec<Vec<u8>>,
    /// The private keys in PKCS#8.
    pub private_keys: Vec<Zeroizing<Vec<u8>>>,
    /// The reason why a private key of the keystore can't be opened. None if every private key was opened.
    pub key_failure: Option<OpenError>,
}

impl fmt::Debug for Keystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Reads the contents of a keystore with one password.
pub(super) struct Contents<'a> {
    password: &'a Password,
    /// The failure to report if the password does not open a part.
    refused: OpenError,
    budget: &'a mut KdfBudget,
    keystore: Keystore,
}

impl<'a> Contents<'a> {
    pub(super) fn new(password: &'a Password, refused: OpenError, budget: &'a mut KdfBudget) -> Self {
        Self { password, refused, budget, keystore: Keystore::default() }
    }

    /// Reads all parts of the keystore.
    pub(super) fn read(mut self, mut safe: DerReader<'_>) -> Result<Keystore, OpenError> {
        while !safe.is_empty() {
            let mut part = safe.enter(SEQUENCE)?;
            let kind = part.oid()?;
            let mut content = part.enter(CONTEXT_0)?;
            let bags = match kind {
                oid::DATA => ber::to_der(content.expect(OCTET_STRING)?)?,
                oid::ENCRYPTED_DATA => self.decrypted(content.enter(SEQUENCE)?)?,
                _ => return Err(OpenError::NotSupported),
            };
            self.bags(DerReader::new(&bags).enter(SEQUENCE)?)?;
        }
        Ok(self.keystore)
    }

    /// Decrypts the bags that are encrypted together.
    fn decrypted(&mut self, mut data: DerReader<'_>) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        data.expect(INTEGER)?;
        let mut info = data.enter(SEQUENCE)?;
        info.oid()?;
        let scheme = PbeScheme::read(&mut info)?;
        let encrypted = string(&mut info)?;
        let clear = scheme.decrypt(self.password, &encrypted, self.budget)?.ok_or(self.refused)?;
        Ok(ber::to_der(&clear)?)
    }

    fn bags(&mut self, mut bags: DerReader<'_>) -> Result<(), OpenError> {
        while !bags.is_empty() {
            let mut bag = bags.enter(SEQUENCE)?;
            let kind = bag.oid()?;
            let mut value = bag.enter(CONTEXT_0)?;
            match kind {
                oid::CERTIFICATE_BAG => self.certificate(value.enter(SEQUENCE)?)?,
                oid::KEY_BAG => {
                    let key = value.any()?;
                    self.keystore.private_keys.push(Zeroizing::new(key.whole.to_vec()));
                }
                oid::SHROUDED_KEY_BAG => match self.shrouded_key(value.enter(SEQUENCE)?) {
                    Ok(key) => self.keystore.private_keys.push(key),
                    Err(failure) => self.keystore.key_failure = Some(failure),
                },
                oid::SAFE_CONTENTS_BAG => self.bags(value.enter(SEQUENCE)?)?,
                // Bags of revocation lists and of other secrets.
                _ => {}
            }
        }
        Ok(())
    }

    fn certificate(&mut self, mut bag: DerReader<'_>) -> Result<(), OpenError> {
        if bag.oid()? == oid::X509_CERTIFICATE {
            let certificate = bag.enter(CONTEXT_0)?.expect(OCTET_STRING)?;
            self.keystore.certificates.push(certificate.to_vec());
        }
        Ok(())
    }

    fn shrouded_key(&mut self, mut key: DerReader<'_>) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let scheme = PbeScheme::read(&mut key)?;
        let encrypted = key.expect(OCTET_STRING)?;
        scheme.decrypt(self.password, encrypted, self.budget)?.ok_or(self.refused)
    }
}

/// Reads a string under an IMPLICIT `[0]`, in one piece or in several.
pub(super) fn string(walk: &mut DerReader<'_>) -> Result<Vec<u8>, OpenError> {
    let element = walk.any()?;
    match element.tag {
        IMPLICIT_0 => Ok(element.content.to_vec()),
        CONTEXT_0 => {
            let mut pieces = DerReader::new(element.content);
            let mut string = Vec::with_capacity(element.content.len());
            while !pieces.is_empty() {
                string.extend_from_slice(pieces.expect(OCTET_STRING)?);
            }
            Ok(string)
        }
        _ => Err(OpenError::Malformed),
    }
}
