//! Computes hashes, keyed hashes and key derivations.

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use pbkdf2::pbkdf2_hmac;
use pkcs8::ObjectIdentifier;
use sha1::Sha1;
use sha2::digest::block_api::BlockSizeUser;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use zeroize::{Zeroize as _, Zeroizing};

use super::OpenError;
use crate::credential::oid;

/// A hash function that containers use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::credential) enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// The purpose of derived bytes. The numbers are the diversifiers of RFC 7292, appendix B.3.
#[derive(Clone, Copy)]
pub(in crate::credential) enum Purpose {
    Encryption = 1,
    InitialVector = 2,
    Mac = 3,
}

macro_rules! with {
    ($hash:expr, $name:ident => $do:expr) => {
        match $hash {
            Hash::Md5 => {
                type $name = Md5;
                $do
            }
            Hash::Sha1 => {
                type $name = Sha1;
                $do
            }
            Hash::Sha224 => {
                type $name = Sha224;
                $do
            }
            Hash::Sha256 => {
                type $name = Sha256;
                $do
            }
            Hash::Sha384 => {
                type $name = Sha384;
                $do
            }
            Hash::Sha512 => {
                type $name = Sha512;
                $do
            }
        }
    };
}

impl Hash {
    /// Returns the hash with this object identifier.
    pub(in crate::credential) fn named(name: ObjectIdentifier) -> Result<Self, OpenError> {
        Ok(match name {
            oid::MD5 => Self::Md5,
            oid::SHA1 => Self::Sha1,
            oid::SHA224 => Self::Sha224,
            oid::SHA256 => Self::Sha256,
            oid::SHA384 => Self::Sha384,
            oid::SHA512 => Self::Sha512,
            _ => return Err(OpenError::NotSupported),
        })
    }

    /// Returns the hash of the HMAC with this object identifier.
    pub(in crate::credential) fn of_hmac(name: ObjectIdentifier) -> Result<Self, OpenError> {
        Ok(match name {
            oid::HMAC_SHA1 => Self::Sha1,
            oid::HMAC_SHA224 => Self::Sha224,
            oid::HMAC_SHA256 => Self::Sha256,
            oid::HMAC_SHA384 => Self::Sha384,
            oid::HMAC_SHA512 => Self::Sha512,
            _ => return Err(OpenError::NotSupported),
        })
    }

    /// Returns the length of the hash in bytes.
    pub(in crate::credential) fn len(self) -> usize {
        with!(self, D => <D as Digest>::output_size())
    }

    /// True if `tag` is the HMAC of the data. The comparison takes constant time.
    pub(in crate::credential) fn is_hmac(self, key: &[u8], data: &[u8], tag: &[u8]) -> bool {
        with!(self, D => Hmac::<D>::new_from_slice(key).is_ok_and(|mac| mac.chain_update(data).verify_slice(tag).is_ok()))
    }

    /// Derives a key with PBKDF2 (RFC 8018, section 5.2).
    pub(super) fn pbkdf2(self, password: &[u8], salt: &[u8], iterations: u32, len: usize) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(vec![0; len]);
        with!(self, D => pbkdf2_hmac::<D>(password, salt, iterations, &mut key));
        key
    }

    /// Derives a key with PBKDF1 (RFC 8018, section 5.1), and returns all bytes of the hash.
    pub(super) fn pbkdf1(self, password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
        with!(self, D => {
            let mut hash = D::new().chain_update(password).chain_update(salt).finalize();
            for _ in 1..iterations {
                hash = D::digest(hash);
            }
            take(hash.as_mut_slice())
        })
    }

    /// Derives a key as OpenSSL's `EVP_BytesToKey` does with one iteration.
    pub(in crate::credential) fn bytes_to_key(self, password: &[u8], salt: &[u8], len: usize) -> Zeroizing<Vec<u8>> {
        with!(self, D => {
            let mut key = Zeroizing::new(Vec::with_capacity(len + self.len()));
            let mut last = Zeroizing::new(Vec::new());
            while key.len() < len {
                last = take(D::new().chain_update(&*last).chain_update(password).chain_update(salt).finalize().as_mut_slice());
                key.extend_from_slice(&last);
            }
            key.truncate(len);
            key
        })
    }

    /// Derives a key as PKCS#12 does (RFC 7292, appendix B.2). The password is in UTF-16 with two zero bytes at the
    /// end.
    pub(in crate::credential) fn pkcs12(
        self,
        purpose: Purpose,
        password: &[u8],
        salt: &[u8],
        iterations: u32,
        len: usize,
    ) -> Zeroizing<Vec<u8>> {
        with!(self, D => pkcs12::<D>(purpose, password, salt, iterations, len))
    }
}

fn pkcs12<D: Digest + BlockSizeUser>(
    purpose: Purpose,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    len: usize,
) -> Zeroizing<Vec<u8>> {
    let block = D::block_size();
    let diversifier = vec![purpose as u8; block];
    // The input is the salt and then the password, each repeated until it fills whole blocks.
    let filled = |bytes: &[u8]| bytes.len().div_ceil(block) * block;
    let mut input = Zeroizing::new(Vec::with_capacity(filled(salt) + filled(password)));
    for bytes in [salt, password] {
        input.extend(bytes.iter().cycle().take(filled(bytes)));
    }
    let mut key = Zeroizing::new(Vec::with_capacity(len + <D as Digest>::output_size()));
    loop {
        let mut hash = D::new().chain_update(&diversifier).chain_update(&*input).finalize();
        for _ in 1..iterations {
            hash = D::digest(hash);
        }
        key.extend_from_slice(&hash);
        if key.len() >= len {
            hash.as_mut_slice().zeroize();
            key.truncate(len);
            return key;
        }
        // The next input: each block plus the repeated hash plus one, without the carry beyond the block (RFC 7292,
        // appendix B.2, step 6C).
        for block in input.chunks_exact_mut(block) {
            let added: Zeroizing<Vec<u8>> = Zeroizing::new(hash.iter().copied().cycle().take(block.len()).collect());
            let mut carry = 1_u16;
            for (byte, added) in block.iter_mut().zip(added.iter()).rev() {
                carry += u16::from(*byte) + u16::from(*added);
                *byte = carry as u8;
                carry >>= 8;
            }
        }
        hash.as_mut_slice().zeroize();
    }
}

/// Returns a copy of the bytes and zeroizes the original.
fn take(bytes: &mut [u8]) -> Zeroizing<Vec<u8>> {
    let taken = Zeroizing::new(bytes.to_vec());
    bytes.zeroize();
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::x509::hex;

    /// Checks test vectors that other implementations use for the derivation of RFC 7292.
    #[test]
    fn pkcs12_derives_what_others_derive() {
        let smeg = [0, b's', 0, b'm', 0, b'e', 0, b'g', 0, 0];
        let queeg = [0, b'q', 0, b'u', 0, b'e', 0, b'e', 0, b'g', 0, 0];
        let salt = |hex: u64| hex.to_be_bytes();
        for (purpose, password, salt, iterations, len, expected) in [
            (
                Purpose::Encryption,
                &smeg[..],
                salt(0x0a58_cf64_530d_823f),
                1,
                24,
                "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3",
            ),
            (Purpose::InitialVector, &smeg, salt(0x0a58_cf64_530d_823f), 1, 8, "79993dfe048d3b76"),
            (Purpose::Mac, &smeg, salt(0x3d83_c0e4_546a_c140), 1, 20, "8d967d88f6caa9d714800ab3d48051d63f73a312"),
            (
                Purpose::Encryption,
                &queeg,
                salt(0x05de_c959_acff_72f7),
                1000,
                24,
                "ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4",
            ),
            (Purpose::InitialVector, &queeg, salt(0x05de_c959_acff_72f7), 1000, 8, "11dedad7758d4860"),
        ] {
            assert_eq!(hex(&Hash::Sha1.pkcs12(purpose, password, &salt, iterations, len)), expected);
        }
        // Both the salt and the password may be empty.
        assert_eq!(Hash::Sha512.pkcs12(Purpose::Mac, &[], &[], 1, 100).len(), 100);
    }

    #[test]
    fn bytes_to_key_chains_its_hashes() {
        let key = Hash::Md5.bytes_to_key(b"a", b"b", 20);
        let first = Md5::digest(b"ab");
        let second = Md5::digest([first.as_slice(), b"ab"].concat());
        assert_eq!(key.as_slice(), [first.as_slice(), &second[..4]].concat());
    }
}
