//! What only a password or a private key opens: keystores, encrypted private keys, encrypted messages.
//!
//! The one place from which such containers are opened. This version opens none of them yet.

use zeroize::Zeroizing;

/// Why a container stays closed.
#[allow(dead_code, reason = "some come only from what opens containers")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Locked {
    PasswordRequired,
    PasswordWrong,
    NoMatchingKey,
    Malformed,
    NotSupported,
    TooCostly,
}

/// What a keystore holds, each in DER.
pub(super) struct Keystore {
    pub certificates: Vec<Vec<u8>>,
    pub private_keys: Vec<Zeroizing<Vec<u8>>>,
}

/// A private key that a password opens.
#[allow(dead_code, reason = "for what opens it")]
pub(super) struct EncryptedKey {
    /// The headers of its PEM block: with them it is one of OpenSSL's old kind, without them PKCS#8.
    pub headers: Vec<u8>,
    /// What the block holds.
    pub body: Zeroizing<Vec<u8>>,
}

/// Opens the containers of one Secret.
pub(super) struct Opener<'a> {
    password: Option<&'a [u8]>,
}

impl<'a> Opener<'a> {
    pub(super) fn new(password: Option<&'a [u8]>) -> Self {
        Self { password }
    }

    /// The content of a PKCS#12 keystore.
    pub(super) fn keystore(&mut self, _keystore: &[u8]) -> Result<Keystore, Locked> {
        let _ = self.password;
        Err(Locked::NotSupported)
    }

    /// The DER of an encrypted private key.
    pub(super) fn private_key(&mut self, _key: &EncryptedKey) -> Result<Zeroizing<Vec<u8>>, Locked> {
        Err(Locked::NotSupported)
    }

    /// The plaintext of an encrypted message.
    pub(super) fn message(&mut self, _message: &[u8], _private_key: &[u8]) -> Result<Zeroizing<Vec<u8>>, Locked> {
        Err(Locked::NotSupported)
    }
}
