//! Decrypts with PBES2 of PKCS#5 (RFC 8018, section 6.2): a key derivation and a cipher, each with its own parameters.

use scrypt::Params;
use zeroize::Zeroizing;

use super::OpenError;
use super::budget::KdfBudget;
use super::cipher::Cipher;
use super::hash::Hash;
use crate::credential::der::{DerError, DerReader, INTEGER, OCTET_STRING, SEQUENCE};
use crate::credential::oid;

/// The maximum memory of scrypt in bytes. With this limit, reading a Secret needs less than 8 MiB in all.
const MEMORY: u64 = 5 << 20;

/// A key derivation and a cipher.
pub(in crate::credential) struct Pbes2Scheme<'a> {
    kdf: Kdf<'a>,
    cipher: Cipher,
    iv: &'a [u8],
}

impl<'a> Pbes2Scheme<'a> {
    /// Reads the parameters of the scheme.
    pub(super) fn read(mut parameters: DerReader<'a>) -> Result<Self, OpenError> {
        let mut parameters = parameters.enter(SEQUENCE)?;
        let kdf = Kdf::read(&mut parameters)?;
        let (name, vector) = parameters.algorithm()?;
        let (cipher, iv) = Cipher::read(name, vector)?;
        if kdf.key_len.is_some_and(|length| length != cipher.key_len() as u64) {
            return Err(OpenError::Malformed);
        }
        Ok(Self { kdf, cipher, iv })
    }

    pub(super) fn cipher(&self) -> Cipher {
        self.cipher
    }

    /// Decrypts the data. None if the password is wrong.
    pub(super) fn decrypt(
        &self,
        password: &[u8],
        data: &[u8],
        budget: &mut KdfBudget,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, OpenError> {
        let key = self.kdf.derive(password, self.cipher.key_len(), budget)?;
        Ok(self.cipher.decrypt(&key, self.iv, data))
    }
}

/// A key derivation function with its parameters.
pub(in crate::credential) struct Kdf<'a> {
    function: Function,
    salt: &'a [u8],
    /// The length of the key in bytes. None if the parameters do not contain the length.
    pub(in crate::credential) key_len: Option<u64>,
}

enum Function {
    Pbkdf2 { hash: Hash, iterations: u64 },
    Scrypt { cost: u64, block: u64, parallel: u64 },
}

impl<'a> Kdf<'a> {
    /// Reads the algorithm of a key derivation.
    pub(in crate::credential) fn read(walk: &mut DerReader<'a>) -> Result<Self, OpenError> {
        let (name, mut parameters) = walk.algorithm()?;
        match name {
            oid::PBKDF2 => {
                let mut parameters = parameters.enter(SEQUENCE)?;
                // RFC 8018, appendix A.2, also permits an algorithm as the salt, but no such algorithm is defined.
                let salt = parameters.expect(OCTET_STRING)?;
                let iterations = parameters.number()?;
                let key_len = key_len(&mut parameters)?;
                let hash = if parameters.is_empty() { Hash::Sha1 } else { Hash::of_hmac(parameters.algorithm()?.0)? };
                Ok(Self { function: Function::Pbkdf2 { hash, iterations }, salt, key_len })
            }
            oid::SCRYPT => {
                let mut parameters = parameters.enter(SEQUENCE)?;
                let salt = parameters.expect(OCTET_STRING)?;
                let (cost, block, parallel) = (parameters.number()?, parameters.number()?, parameters.number()?);
                let key_len = key_len(&mut parameters)?;
                Ok(Self { function: Function::Scrypt { cost, block, parallel }, salt, key_len })
            }
            _ => Err(OpenError::NotSupported),
        }
    }

    /// Derives a key, if the budget covers the derivation.
    pub(in crate::credential) fn derive(
        &self,
        password: &[u8],
        len: usize,
        budget: &mut KdfBudget,
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        match self.function {
            Function::Pbkdf2 { hash, iterations } => {
                budget.spend(iterations)?;
                let iterations = u32::try_from(iterations.max(1)).map_err(|_| OpenError::TooCostly)?;
                Ok(hash.pbkdf2(password, self.salt, iterations, len))
            }
            Function::Scrypt { cost, block, parallel } => {
                if scrypt_memory(cost, block, parallel).is_none_or(|memory| memory > MEMORY) {
                    return Err(OpenError::TooCostly);
                }
                // scrypt computes 4 * cost * block * parallel Salsa20/8 hashes (RFC 7914, sections 4 to 6). Two of
                // these hashes count as one iteration of PBKDF2.
                budget.spend(cost.saturating_mul(block).saturating_mul(parallel).saturating_mul(2))?;
                let small = |number: u64| u32::try_from(number).map_err(|_| OpenError::Malformed);
                if !cost.is_power_of_two() {
                    return Err(OpenError::Malformed);
                }
                let params = Params::new(cost.ilog2() as u8, small(block)?, small(parallel)?)
                    .map_err(|_| OpenError::Malformed)?;
                let mut key = Zeroizing::new(vec![0; len]);
                scrypt::scrypt(password, self.salt, &params, &mut key).map_err(|_| OpenError::Malformed)?;
                Ok(key)
            }
        }
    }
}

/// Returns the memory of scrypt in bytes: the table, the blocks that are mixed, and one more block. None on overflow.
fn scrypt_memory(cost: u64, block: u64, parallel: u64) -> Option<u64> {
    let blocks = cost.checked_add(parallel)?.checked_add(1)?;
    blocks.checked_mul(block)?.checked_mul(128)
}

fn key_len(parameters: &mut DerReader<'_>) -> Result<Option<u64>, DerError> {
    if parameters.tag() == Some(INTEGER) { parameters.number().map(Some) } else { Ok(None) }
}
