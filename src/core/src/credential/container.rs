//! What only a password or a private key opens: keystores, encrypted private keys, encrypted messages.
//!
//! The one place from which such containers are opened.

use zeroize::Zeroizing;

use super::pbe::OpenError;
use super::pbe::budget::{KdfBudget, RsaBudget};
use super::pkcs12_bags::Keystore;
use super::{cms, encrypted_key, pkcs12};

/// A private key that a password opens.
pub(super) struct EncryptedKey {
    /// The headers of its PEM block: with them it is one of OpenSSL's old kind, without them PKCS#8.
    pub headers: Vec<u8>,
    /// What the block holds.
    pub body: Zeroizing<Vec<u8>>,
}

/// Opens the containers of one Secret, within one budget of key derivation and one of RSA.
pub(super) struct Opener<'a> {
    password: Option<&'a [u8]>,
    budget: KdfBudget,
    rsa: RsaBudget,
}

impl<'a> Opener<'a> {
    pub(super) fn new(password: Option<&'a [u8]>) -> Self {
        Self { password, budget: KdfBudget::new(), rsa: RsaBudget::new() }
    }

    /// The content of a PKCS#12 keystore.
    pub(super) fn keystore(&mut self, keystore: &[u8]) -> Result<Keystore, OpenError> {
        pkcs12::open(keystore, self.password, &mut self.budget)
    }

    /// The DER of an encrypted private key.
    pub(super) fn private_key(&mut self, key: &EncryptedKey) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if key.headers.is_empty() {
            encrypted_key::open(&key.body, self.password, &mut self.budget)
        } else {
            encrypted_key::open_legacy(&key.headers, &key.body, self.password)
        }
    }

    /// The plaintext of an encrypted message, and which of the private keys opened it.
    pub(super) fn message(
        &mut self,
        message: &[u8],
        private_keys: &[&[u8]],
    ) -> Result<(usize, Zeroizing<Vec<u8>>), OpenError> {
        cms::open(message, private_keys, &mut self.rsa)
    }
}
