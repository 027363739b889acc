//! Verifies the MAC of a keystore, which proves that the keystore is complete and that the password is correct.

use super::der::{DerReader, OCTET_STRING, SEQUENCE};
use super::oid;
use super::pbe::OpenError;
use super::pbe::budget::KdfBudget;
use super::pbe::hash::{Hash, Purpose};
use super::pbe::password::{self, Password};
use super::pbe::pbes2::Kdf;

/// The maximum length of a PBMAC1 key in bytes.
const MAX_KEY: u64 = 64;

/// Returns the reading of the password for which the MAC matches the contents. None if no reading matches.
pub(super) fn matching(
    mac: &[u8],
    contents: &[u8],
    candidates: Vec<Password>,
    budget: &mut KdfBudget,
) -> Result<Option<Password>, OpenError> {
    let mut mac = DerReader::new(mac);
    let mut digest = mac.enter(SEQUENCE)?;
    let (name, parameters) = digest.algorithm()?;
    let tag = digest.expect(OCTET_STRING)?;
    if name == oid::PBMAC1 {
        return pbmac1(parameters, contents, tag, candidates, budget);
    }
    let hash = Hash::named(name)?;
    let salt = mac.expect(OCTET_STRING)?;
    let iterations = if mac.is_empty() { 1 } else { mac.number()? };
    first(candidates, |password| {
        budget.spend(iterations)?;
        let iterations = u32::try_from(iterations).map_err(|_| OpenError::TooCostly)?;
        let key = hash.pkcs12(Purpose::Mac, &password.wide, salt, iterations, hash.len());
        Ok(hash.is_hmac(&key, contents, tag))
    })
}

/// Verifies PBMAC1 (RFC 9579): a derived key, and an HMAC with this key.
fn pbmac1(
    mut parameters: DerReader<'_>,
    contents: &[u8],
    tag: &[u8],
    candidates: Vec<Password>,
    budget: &mut KdfBudget,
) -> Result<Option<Password>, OpenError> {
    let mut parameters = parameters.enter(SEQUENCE)?;
    let kdf = Kdf::read(&mut parameters)?;
    let hash = Hash::of_hmac(parameters.algorithm()?.0)?;
    let length = kdf.key_len.unwrap_or(hash.len() as u64);
    if length == 0 || length > MAX_KEY {
        return Err(OpenError::NotSupported);
    }
    first(password::as_bytes(candidates), |password| {
        let key = kdf.derive(&password.bytes, length as usize, budget)?;
        Ok(hash.is_hmac(&key, contents, tag))
    })
}

/// Returns the first reading of the password that fits.
fn first(
    candidates: Vec<Password>,
    mut fits: impl FnMut(&Password) -> Result<bool, OpenError>,
) -> Result<Option<Password>, OpenError> {
    for password in candidates {
        if fits(&password)? {
            return Ok(Some(password));
        }
    }
    Ok(None)
}
