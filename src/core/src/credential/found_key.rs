//! A private key as it was found: readable, closed, damaged, or one too many.

use zeroize::Zeroizing;

use super::container::EncryptedKey;
use super::key_damage::KeyDamage;
use super::pbe::der_reader::is_whole_sequence;
use super::private_key;
use super::public_key::PublicKey;
use super::x509::Certificate;

/// A private key that was found.
pub(super) enum FoundPrivateKey {
    /// The public key that belongs to it, and its own DER.
    Readable(PublicKey, Zeroizing<Vec<u8>>),
    /// A password may open it.
    Encrypted(EncryptedKey),
    /// A password opened it.
    Opened(Box<FoundPrivateKey>),
    /// A part of it is missing or changed, so that no program reads it.
    Damaged(KeyDamage),
    /// It is of an algorithm that is not read.
    Unreadable,
    /// It was left unread, since there are too many.
    Unread,
}

/// A private key in base64 of which a part is no base64.
pub(super) const DAMAGED: FoundPrivateKey = FoundPrivateKey::Damaged(KeyDamage::NotBase64);

impl FoundPrivateKey {
    /// The public key that belongs to it.
    pub(super) fn public_key(&self) -> Option<&PublicKey> {
        match self {
            Self::Readable(key, _) => Some(key),
            Self::Opened(private) => private.public_key(),
            Self::Encrypted(_) | Self::Damaged(_) | Self::Unreadable | Self::Unread => None,
        }
    }

    /// Its own DER.
    pub(super) fn der(&self) -> Option<&[u8]> {
        match self {
            Self::Readable(_, der) => Some(der),
            Self::Opened(private) => private.der(),
            Self::Encrypted(_) | Self::Damaged(_) | Self::Unreadable | Self::Unread => None,
        }
    }

    /// Whether a password opened it.
    pub(super) fn is_opened(&self) -> bool {
        matches!(self, Self::Opened(_))
    }

    /// Whether it belongs to the certificate.
    pub(super) fn belongs_to(&self, certificate: &Certificate) -> bool {
        self.public_key().is_some_and(|key| certificate.public_key.as_ref() == Some(key))
    }

    /// Reads the DER of a private key, as long as `keys_left` is not used up.
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
