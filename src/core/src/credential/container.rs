//! Opens the containers that need a password or a private key: keystores, encrypted private keys and encrypted
//! messages.
//!
//! All other code opens containers only through this module.

use zeroize::Zeroizing;

use super::pbe::OpenError;
use super::pbe::budget::{KdfBudget, RsaBudget};
use super::pkcs12_bags::Keystore;
use super::{cms, encrypted_key, pkcs12};

/// A private key that a password opens.
pub(super) struct EncryptedKey {
    /// The headers of the PEM block. Empty for PKCS#8, present in OpenSSL's traditional format.
    pub headers: Vec<u8>,
    /// The decoded content of the block.
    pub body: Zeroizing<Vec<u8>>,
}

/// Opens the containers of one Secret, within one budget for key derivation and one budget for RSA operations.
pub(super) struct Opener<'a> {
    password: Option<&'a [u8]>,
    budget: KdfBudget,
    rsa: RsaBudget,
}

impl<'a> Opener<'a> {
    pub(super) fn new(password: Option<&'a [u8]>) -> Self {
        Self { password, budget: KdfBudget::new(), rsa: RsaBudget::new() }
    }

    /// Returns the content of a PKCS#12 keystore.
    pub(super) fn keystore(&mut self, keystore: &[u8]) -> Result<Keystore, OpenError> {
        pkcs12::open(keystore, self.password, &mut self.budget)
    }

    /// Returns the DER of an encrypted private key.
    pub(super) fn private_key(&mut self, key: &EncryptedKey) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if key.headers.is_empty() {
            encrypted_key::open(&key.body, self.password, &mut self.budget)
        } else {
            encrypted_key::open_legacy(&key.headers, &key.body, self.password)
        }
    }

    /// Returns the plaintext of an encrypted message, and the index of the private key that opened the message.
    pub(super) fn message(
        &mut self,
        message: &[u8],
        private_keys: &[&[u8]],
    ) -> Result<(usize, Zeroizing<Vec<u8>>), OpenError> {
        cms::open(message, private_keys, &mut self.rsa)
    }
}
