//! Decrypts private keys: PKCS#8 (RFC 5958, section 3), and OpenSSL's traditional PEM format with a `DEK-Info` header.

use zeroize::Zeroizing;

use super::der::{DerReader, OCTET_STRING, SEQUENCE, ber, is_whole_sequence};
use super::pbe::budget::KdfBudget;
use super::pbe::cipher::Cipher;
use super::pbe::hash::Hash;
use super::pbe::scheme::PbeScheme;
use super::pbe::{OpenError, password};

/// Decrypts an `EncryptedPrivateKeyInfo` to a private key in PKCS#8.
pub(super) fn open(
    bytes: &[u8],
    password: Option<&[u8]>,
    budget: &mut KdfBudget,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let der = ber::to_der(bytes)?;
    let mut info = DerReader::new(&der).enter(SEQUENCE)?;
    let scheme = PbeScheme::read(&mut info)?;
    let encrypted = info.expect(OCTET_STRING)?;
    let given = required(password)?;
    let mut candidates = password::candidates(Some(given));
    if !scheme.is_wide() {
        candidates = password::as_bytes(candidates);
    }
    for candidate in &candidates {
        if let Some(key) = scheme.decrypt(candidate, encrypted, budget)? {
            return Ok(key);
        }
    }
    Err(OpenError::PasswordWrong)
}

/// Decrypts a PEM block with headers to a private key in PKCS#1, SEC1 or PKCS#8. `headers` are the lines before the
/// base64, and `body` is the decoded base64.
pub(super) fn open_legacy(
    headers: &[u8],
    body: &[u8],
    password: Option<&[u8]>,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let value = headers
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.trim_ascii().strip_prefix(b"DEK-Info:"))
        .ok_or(OpenError::Malformed)?;
    let comma = value.iter().position(|byte| *byte == b',').ok_or(OpenError::Malformed)?;
    let (name, iv) = value.split_at_checked(comma).ok_or(OpenError::Malformed)?;
    let cipher = match name.trim_ascii().to_ascii_uppercase().as_slice() {
        b"AES-128-CBC" => Cipher::Aes128,
        b"AES-192-CBC" => Cipher::Aes192,
        b"AES-256-CBC" => Cipher::Aes256,
        b"DES-EDE3-CBC" => Cipher::TripleDes,
        b"DES-CBC" => Cipher::Des,
        _ => return Err(OpenError::NotSupported),
    };
    let iv = hex(iv.strip_prefix(b",").unwrap_or(iv).trim_ascii()).ok_or(OpenError::Malformed)?;
    // The first 8 bytes of the initialization vector are also the salt.
    let salt = iv.get(..8).filter(|_| iv.len() == cipher.iv_len()).ok_or(OpenError::Malformed)?;
    if !cipher.fits(body.len()) {
        return Err(OpenError::Malformed);
    }
    let given = required(password)?;
    password::as_bytes(password::candidates(Some(given)))
        .iter()
        .find_map(|candidate| {
            let key = Hash::Md5.bytes_to_key(&candidate.bytes, salt, cipher.key_len());
            cipher.decrypt(&key, &iv, body).filter(|clear| is_whole_sequence(clear))
        })
        .ok_or(OpenError::PasswordWrong)
}

/// Returns the password, or `PasswordRequired`. Tools never encrypt a private key with an empty password, so the empty
/// password is not tried.
fn required(password: Option<&[u8]>) -> Result<&[u8], OpenError> {
    password.ok_or(OpenError::PasswordRequired)
}

fn hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::credential::pbe::fixture::{block, file, legacy_block, names};
    use crate::credential::private_key::public_key;
    use proptest::prelude::*;

    fn opened(bytes: &[u8], password: Option<&str>) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        open(bytes, password.map(str::as_bytes), &mut KdfBudget::new())
    }

    /// Returns the PKCS#8 files that the password "secret" opens, with PEM decoded to DER.
    fn keys() -> Vec<(&'static str, Vec<u8>)> {
        let others = ["legacy", "umlaut", "8m", "16m", "wide", "costly", "truncated"];
        names("key")
            .into_iter()
            .filter(|name| others.iter().all(|other| !name.contains(other)))
            .map(|name| (name, if name.ends_with("pem") { block(name) } else { file(name) }))
            .collect()
    }

    #[test]
    fn every_scheme_of_pkcs8_is_read() {
        let right = public_key(&file("apns/a.key.der"));
        assert!(keys().len() >= 22);
        for (name, bytes) in keys() {
            let key = opened(&bytes, Some("secret")).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
            assert_eq!(public_key(&key), right, "{name}");
            assert!(opened(&bytes, Some("secret\r\n")).is_ok(), "{name}");
            assert_eq!(opened(&bytes, Some("other")), Err(OpenError::PasswordWrong), "{name}");
            assert_eq!(opened(&bytes, None), Err(OpenError::PasswordRequired), "{name}");
        }
    }

    #[test]
    fn letters_beyond_ascii_are_read() {
        for name in ["umlaut", "umlaut-v1"] {
            assert!(opened(&block(&format!("containers/key/{name}.pem")), Some("pässwörd")).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_is_too_costly_is_refused_and_not_run() {
        for name in ["scrypt-8m", "scrypt-16m", "scrypt-wide", "too-costly"] {
            let mut budget = KdfBudget::new();
            let bytes = block(&format!("containers/key/{name}.pem"));
            assert_eq!(open(&bytes, Some(b"secret"), &mut budget), Err(OpenError::TooCostly), "{name}");
            assert!(budget.spend(1_000_000).is_ok() && budget.spend(1_000_000).is_ok(), "nothing was spent");
        }
    }

    #[test]
    fn every_cipher_of_legacy_pem_is_read() {
        let right = public_key(&file("apns/a.key.der"));
        for cipher in ["aes128", "aes192", "aes256", "des3", "des"] {
            let (headers, body) = legacy_block(&format!("containers/key/legacy-{cipher}.pem"));
            let key = open_legacy(&headers, &body, Some(b"secret\n")).unwrap();
            assert_eq!(public_key(&key), right, "{cipher}");
            assert_eq!(open_legacy(&headers, &body, Some(b"other")), Err(OpenError::PasswordWrong));
            assert_eq!(open_legacy(&headers, &body, None), Err(OpenError::PasswordRequired));
            assert_eq!(open_legacy(&headers, &body[1..], Some(b"secret")), Err(OpenError::Malformed));
        }
        let (headers, body) = legacy_block("containers/key/legacy-ec.pem");
        assert!(public_key(&open_legacy(&headers, &body, Some(b"secret")).unwrap()).is_some());
    }

    #[test]
    fn headers_are_read_strictly() {
        for (headers, failure) in [
            ("Proc-Type: 4,ENCRYPTED", OpenError::Malformed),
            ("DEK-Info: AES-128-CBC", OpenError::Malformed),
            ("DEK-Info: AES-128-CBC,00", OpenError::Malformed),
            ("DEK-Info: AES-128-CBC,0g112233445566778899aabbccddeeff", OpenError::Malformed),
            ("DEK-Info: AES-128-CBC,00112233445566778899aabbccddeef", OpenError::Malformed),
            ("DEK-Info: CAMELLIA-128-CBC,00112233445566778899aabbccddeeff", OpenError::NotSupported),
        ] {
            assert_eq!(open_legacy(headers.as_bytes(), &[0; 16], Some(b"secret")), Err(failure), "{headers}");
        }
    }

    #[test]
    fn damaged_files_are_malformed() {
        assert_eq!(opened(&file("containers/key/truncated.der"), Some("secret")), Err(OpenError::Malformed));
        assert_eq!(opened(b"", Some("secret")), Err(OpenError::Malformed));
        assert_eq!(opened(&file("apns/a.key.der"), Some("secret")), Err(OpenError::Malformed));
    }

    proptest! {
        #[test]
        fn nothing_that_is_damaged_panics(
            which in any::<prop::sample::Index>(),
            changes in prop::collection::vec((0_usize..140, any::<u8>()), 1..5),
        ) {
            let keys = keys();
            let mut bytes = which.get(&keys).1.clone();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            let _ = opened(&bytes, Some("secret"));
        }

        #[test]
        fn headers_of_any_kind_do_no_harm(headers in "(DEK-Info: ?)?(AES-128-CBC|DES-CBC)?,?[0-9a-fx]{0,40}", body in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = open_legacy(headers.as_bytes(), &body, Some(b"secret"));
        }
    }
}
