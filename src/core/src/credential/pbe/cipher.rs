//! Decrypts with block ciphers in CBC mode with PKCS#7 padding (RFC 5652, section 6.3), and with RC4.

use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, KeyInit, KeyIvInit as _};
use pkcs8::ObjectIdentifier;
use rc4::{Rc4, StreamCipher as _};
use zeroize::Zeroizing;

use super::OpenError;
use crate::credential::der::{DerReader, OCTET_STRING};
use crate::credential::oid;

/// A cipher that containers use. The numbers in the variants for RC2 and RC4 are key lengths in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::credential) enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    Des,
    DoubleDes,
    TripleDes,
    Rc2(usize),
    Rc4(usize),
}

impl Cipher {
    /// Reads the cipher of an algorithm and its initialization vector, which is the only parameter.
    pub(in crate::credential) fn read<'a>(
        name: ObjectIdentifier,
        mut parameters: DerReader<'a>,
    ) -> Result<(Self, &'a [u8]), OpenError> {
        let cipher = match name {
            oid::AES_128_CBC => Self::Aes128,
            oid::AES_192_CBC => Self::Aes192,
            oid::AES_256_CBC => Self::Aes256,
            oid::DES_EDE3_CBC => Self::TripleDes,
            oid::DES_CBC => Self::Des,
            _ => return Err(OpenError::NotSupported),
        };
        let iv = parameters.expect(OCTET_STRING)?;
        if iv.len() == cipher.iv_len() { Ok((cipher, iv)) } else { Err(OpenError::Malformed) }
    }

    /// Returns the length of the key in bytes.
    pub(in crate::credential) fn key_len(self) -> usize {
        match self {
            Self::Aes128 | Self::DoubleDes => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
            Self::Des => 8,
            Self::Rc2(length) | Self::Rc4(length) => length,
        }
    }

    /// Returns the length of the initialization vector in bytes.
    pub(in crate::credential) fn iv_len(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
            Self::Des | Self::DoubleDes | Self::TripleDes | Self::Rc2(_) => 8,
            Self::Rc4(_) => 0,
        }
    }

    /// True if data of this length can be the output of the cipher.
    pub(in crate::credential) fn fits(self, length: usize) -> bool {
        length > 0 && length.is_multiple_of(self.iv_len().max(1))
    }

    /// Decrypts the data. None if the padding shows that the key is wrong.
    pub(in crate::credential) fn decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Aes128 => cbc::<aes::Aes128>(key, iv, data),
            Self::Aes192 => cbc::<aes::Aes192>(key, iv, data),
            Self::Aes256 => cbc::<aes::Aes256>(key, iv, data),
            Self::Des => cbc::<des::Des>(key, iv, data),
            Self::DoubleDes => cbc::<des::TdesEde2>(key, iv, data),
            Self::TripleDes => cbc::<des::TdesEde3>(key, iv, data),
            Self::Rc2(_) => cbc::<rc2::Rc2>(key, iv, data),
            Self::Rc4(_) => {
                let mut clear = Zeroizing::new(data.to_vec());
                Rc4::new_from_slice(key).ok()?.apply_keystream(&mut clear);
                Some(clear)
            }
        }
    }
}

fn cbc<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut clear = Zeroizing::new(data.to_vec());
    let length = Decryptor::<C>::new_from_slices(key, iv).ok()?.decrypt_padded::<Pkcs7>(&mut clear).ok()?.len();
    clear.truncate(length);
    Some(clear)
}
