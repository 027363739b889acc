//! Decrypts with a password, in all schemes of PKCS#12 and PKCS#5.

use zeroize::Zeroizing;

use super::OpenError;
use super::budget::KdfBudget;
use super::cipher::Cipher;
use super::hash::{Hash, Purpose};
use super::password::Password;
use super::pbes2;
use crate::credential::der::{self, DerError, DerReader, OCTET_STRING, SEQUENCE};
use crate::credential::oid;

/// A scheme of encryption with a password.
pub(in crate::credential) enum PbeScheme<'a> {
    Pkcs12(Cipher, Salted<'a>),
    Pbes1(Hash, Cipher, Salted<'a>),
    Pbes2(pbes2::Pbes2Scheme<'a>),
}

/// The salt and the number of iterations of the older schemes.
#[derive(Clone, Copy)]
pub(in crate::credential) struct Salted<'a> {
    salt: &'a [u8],
    iterations: u64,
}

impl<'a> PbeScheme<'a> {
    /// Reads the scheme from the next element.
    pub(in crate::credential) fn read(walk: &mut DerReader<'a>) -> Result<Self, OpenError> {
        let (name, mut parameters) = walk.algorithm()?;
        let mut salted = || -> Result<_, DerError> {
            let mut parameters = parameters.enter(SEQUENCE)?;
            Ok(Salted { salt: parameters.expect(OCTET_STRING)?, iterations: parameters.number()? })
        };
        Ok(match name {
            oid::PKCS12_RC4_128 => Self::Pkcs12(Cipher::Rc4(16), salted()?),
            oid::PKCS12_RC4_40 => Self::Pkcs12(Cipher::Rc4(5), salted()?),
            oid::PKCS12_3DES => Self::Pkcs12(Cipher::TripleDes, salted()?),
            oid::PKCS12_2DES => Self::Pkcs12(Cipher::DoubleDes, salted()?),
            oid::PKCS12_RC2_128 => Self::Pkcs12(Cipher::Rc2(16), salted()?),
            oid::PKCS12_RC2_40 => Self::Pkcs12(Cipher::Rc2(5), salted()?),
            oid::MD5_DES => Self::Pbes1(Hash::Md5, Cipher::Des, salted()?),
            oid::MD5_RC2 => Self::Pbes1(Hash::Md5, Cipher::Rc2(8), salted()?),
            oid::SHA1_DES => Self::Pbes1(Hash::Sha1, Cipher::Des, salted()?),
            oid::SHA1_RC2 => Self::Pbes1(Hash::Sha1, Cipher::Rc2(8), salted()?),
            oid::PBES2 => Self::Pbes2(pbes2::Pbes2Scheme::read(parameters)?),
            _ => return Err(OpenError::NotSupported),
        })
    }

    /// True if the scheme uses the password in UTF-16.
    pub(in crate::credential) fn is_wide(&self) -> bool {
        matches!(self, Self::Pkcs12(..))
    }

    /// Decrypts the data. None if the password is wrong. A wrong password may produce valid padding by chance.
    /// Therefore the plaintext must also be one whole sequence, as private keys and the contents of a keystore are.
    pub(in crate::credential) fn decrypt(
        &self,
        password: &Password,
        data: &[u8],
        budget: &mut KdfBudget,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, OpenError> {
        let clear = match self {
            Self::Pbes2(scheme) => {
                check(scheme.cipher(), data)?;
                scheme.decrypt(&password.bytes, data, budget)?
            }
            Self::Pbes1(hash, cipher, salted) => {
                check(*cipher, data)?;
                let iterations = salted.spend(budget)?;
                let derived = hash.pbkdf1(&password.bytes, salted.salt, iterations);
                let (key, rest) = derived.split_at_checked(8).ok_or(OpenError::NotSupported)?;
                let iv = rest.get(..8).ok_or(OpenError::NotSupported)?;
                cipher.decrypt(key, iv, data)
            }
            Self::Pkcs12(cipher, salted) => {
                check(*cipher, data)?;
                let iterations = salted.spend(budget)?;
                let derive = |purpose: Purpose, len: usize| match len {
                    0 => Zeroizing::default(),
                    len => Hash::Sha1.pkcs12(purpose, &password.wide, salted.salt, iterations, len),
                };
                let key = derive(Purpose::Encryption, cipher.key_len());
                cipher.decrypt(&key, &derive(Purpose::InitialVector, cipher.iv_len()), data)
            }
        };
        Ok(clear.filter(|clear| der::is_whole_sequence(clear)))
    }
}

impl Salted<'_> {
    fn spend(&self, budget: &mut KdfBudget) -> Result<u32, OpenError> {
        budget.spend(self.iterations)?;
        u32::try_from(self.iterations).map_err(|_| OpenError::TooCostly)
    }
}

/// Returns `Malformed` for data that no password can decrypt.
fn check(cipher: Cipher, data: &[u8]) -> Result<(), OpenError> {
    if cipher.fits(data.len()) { Ok(()) } else { Err(OpenError::Malformed) }
}
