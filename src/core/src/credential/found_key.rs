//! Represents a private key in the state in which it was found: readable, encrypted, damaged, not supported, or not
//! read.

use zeroize::Zeroizing;

use super::container::EncryptedKey;
use super::der::is_whole_sequence;
use super::key_damage::KeyDamage;
use super::private_key;
use super::public_key::PublicKey;
use super::x509::Certificate;

/// A private key and its state.
pub(super) enum FoundPrivateKey {
    /// A readable private key: the public key that belongs to the private key, and the DER of the private key.
    Readable(PublicKey, Zeroizing<Vec<u8>>),
    /// An encrypted private key that a password may open.
    Encrypted(EncryptedKey),
    /// A private key that a password opened.
    Opened(Box<FoundPrivateKey>),
    /// A private key with a missing or changed part. No program can read such a key.
    Damaged(KeyDamage),
    /// A private key with an algorithm that is not supported, or with numbers that contradict each other.
    Unreadable,
    /// A private key that was not read, because the limit of private keys was reached.
    Unread,
}

/// A private key in base64 that contains characters outside of the base64 alphabet.
pub(super) const DAMAGED: FoundPrivateKey = FoundPrivateKey::Damaged(KeyDamage::NotBase64);

impl FoundPrivateKey {
    /// Returns the public key that belongs to the private key. None if the private key could not be read.
    pub(super) fn public_key(&self) -> Option<&PublicKey> {
        match self {
            Self::Readable(key, _) => Some(key),
            Self::Opened(private) => private.public_key(),
            Self::Encrypted(_) | Self::Damaged(_) | Self::Unreadable | Self::Unread => None,
        }
    }

    /// Returns the DER of the private key. None if the private key could not be read.
    pub(super) fn der(&self) -> Option<&[u8]> {
        match self {
            Self::Readable(_, der) => Some(der),
            Self::Opened(private) => private.der(),
            Self::Encrypted(_) | Self::Damaged(_) | Self::Unreadable | Self::Unread => None,
        }
    }

    /// Returns the damage of a private key that no program can read. None for any other private key.
    pub(super) fn damage(&self) -> Option<KeyDamage> {
        match self {
            Self::Damaged(damage) => Some(*damage),
            _ => None,
        }
    }

    /// True if a password opened the private key.
    pub(super) fn is_opened(&self) -> bool {
        matches!(self, Self::Opened(_))
    }

    /// True if the private key belongs to the certificate.
    pub(super) fn belongs_to(&self, certificate: &Certificate) -> bool {
        self.public_key().is_some_and(|key| certificate.public_key.as_ref() == Some(key))
    }

    /// Reads the DER of a private key and subtracts 1 from `keys_left`, the number of public keys that may still be
    /// computed. If `keys_left` is 0, the public key is not computed.
    pub(super) fn read(der: &[u8], keys_left: &mut usize) -> Self {
        let Some(left) = keys_left.checked_sub(1) else {
            return if is_whole_sequence(der) { Self::Unread } else { Self::Damaged(KeyDamage::Content) };
        };
        *keys_left = left;
        match private_key::public_key(der) {
            Some(key) => Self::Readable(key, Zeroizing::new(der.to_vec())),
            None if !is_whole_sequence(der) => Self::Damaged(KeyDamage::Content),
            None => Self::Unreadable,
        }
    }
}
