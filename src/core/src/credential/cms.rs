//! Decrypts encrypted messages (EnvelopedData of CMS, RFC 5652, section 6) as S/MIME or bare, in DER or BER.
//!
//! The identifiers of the recipients are ignored, because strict parsers reject some of their names and negative serial
//! numbers. Instead, each private key is tried with each recipient.

use zeroize::Zeroizing;

use super::base64_text;
use super::bytes::find;
use super::cms_key::{KeyTransRecipient, RsaDecryptionKey};
use super::der::{CONTEXT_0, DerReader, INTEGER, SEQUENCE, SET, ber};
use super::oid;
use super::pbe::OpenError;
use super::pbe::budget::RsaBudget;
use super::pbe::cipher::Cipher;
use super::pkcs12_bags::string;

/// The maximum number of recipients of one message.
const RECIPIENTS: usize = 16;

/// Decrypts a message with the first of several RSA keys, in PKCS#1 or PKCS#8, that opens the message. Returns the
/// index of this key and the plaintext.
///
/// # Errors
/// `NoMatchingKey` if every key was tried and none opens the message. Only an RSA key can.
/// `ManyKeys` if the budget did not cover all keys.
pub(super) fn open(
    bytes: &[u8],
    private_keys: &[&[u8]],
    budget: &mut RsaBudget,
) -> Result<(usize, Zeroizing<Vec<u8>>), OpenError> {
    let unwrapped = unwrapped(bytes);
    let der = ber::to_der(unwrapped.as_deref().map_or(bytes, Vec::as_slice))?;
    let mut message = DerReader::new(&der).enter(SEQUENCE)?;
    if message.oid()? != oid::ENVELOPED_DATA {
        return Err(OpenError::NotSupported);
    }
    let mut data = message.enter(CONTEXT_0)?.enter(SEQUENCE)?;
    data.expect(INTEGER)?;
    data.optional(CONTEXT_0)?;
    let carriers = carriers(data.enter(SET)?)?;
    let mut content = data.enter(SEQUENCE)?;
    content.oid()?;
    let (name, parameters) = content.algorithm()?;
    let (cipher, iv) = Cipher::read(name, parameters)?;
    let encrypted = string(&mut content)?;
    if !cipher.fits(encrypted.len()) {
        return Err(OpenError::Malformed);
    }
    let mut failure = OpenError::NoMatchingKey;
    for (at, private_key) in private_keys.iter().enumerate() {
        let key = match RsaDecryptionKey::read(private_key, &carriers) {
            Ok(key) => key,
            Err(OpenError::NoMatchingKey) => continue,
            Err(unread) => {
                failure = unread;
                continue;
            }
        };
        for carrier in &carriers {
            match key.open(carrier, budget) {
                Ok(Some(content_key)) if content_key.len() == cipher.key_len() => {
                    if let Some(clear) = cipher.decrypt(&content_key, iv, &encrypted) {
                        return Ok((at, clear));
                    }
                }
                Ok(_) => {}
                Err(unspent) => failure = unspent,
            }
        }
    }
    Err(failure)
}

/// Reads the encrypted content keys of all recipients with an RSA key.
fn carriers(mut recipients: DerReader<'_>) -> Result<Vec<KeyTransRecipient<'_>>, OpenError> {
    let mut carriers = Vec::new();
    let mut failure = OpenError::NotSupported;
    let mut count = 0;
    while !recipients.is_empty() {
        count += 1;
        if count > RECIPIENTS {
            return Err(OpenError::ManyRecipients);
        }
        let recipient = recipients.any()?;
        // The other kinds of recipient use key agreement, shared keys or passwords (RFC 5652, section 6.2).
        if recipient.tag != SEQUENCE {
            continue;
        }
        let mut recipient = DerReader::new(recipient.content);
        recipient.expect(INTEGER)?;
        recipient.any()?;
        match KeyTransRecipient::read(&mut recipient) {
            Ok(carrier) => carriers.push(carrier),
            Err(unread) => failure = unread,
        }
    }
    if carriers.is_empty() { Err(failure) } else { Ok(carriers) }
}

/// Decodes a message in base64, with or without S/MIME headers before the base64. None for a message in DER or BER.
fn unwrapped(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if bytes.first() == Some(&SEQUENCE) {
        return None;
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let headers_end = |end: &[u8]| find(text, end).map(|at| at + end.len());
    let body = match (headers_end(b"\n\n"), headers_end(b"\r\n\r\n")) {
        (Some(one), Some(other)) => one.min(other),
        (one, other) => one.or(other).unwrap_or_default(),
    };
    // Base64 has no colon, so a blank line after text without a colon does not end any headers.
    let has_headers = text.get(..body).is_some_and(|headers| headers.contains(&b':'));
    base64_text::decode(text.get(if has_headers { body } else { 0 }..)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::credential::pbe::fixture::{block, file, names};
    use proptest::prelude::*;

    fn message(name: &str) -> Vec<u8> {
        file(&format!("containers/cms/{name}"))
    }

    fn with_der(bytes: &[u8], key: &[u8]) -> Result<Vec<u8>, OpenError> {
        open(bytes, &[key], &mut RsaBudget::new()).map(|(_, clear)| clear.to_vec())
    }

    fn clear(bytes: &[u8], key: &str) -> Result<Vec<u8>, OpenError> {
        with_der(bytes, &block(key))
    }

    #[test]
    fn every_form_and_scheme_is_read() {
        let plain = message("plain.txt");
        for name in [
            "aes128-stream.p7m",
            "aes128-stream-der.p7m",
            "aes128-der.p7m",
            "aes192-der.p7m",
            "aes256-stream.p7m",
            "des3-stream-der.p7m",
            "keyid-der.p7m",
            "oaep-stream-der.p7m",
            "oaep-sha256-der.p7m",
            "oaep-sha256-sha1-der.p7m",
            "two-recipients.p7m",
            "smime.p7m",
            "base64.txt",
        ] {
            let bytes = message(name);
            for key in ["apns/a.key", "apns/a.pkcs1.key"] {
                assert_eq!(clear(&bytes, key).as_ref(), Ok(&plain), "{name}");
            }
            assert_eq!(clear(&bytes, "apns/other.key"), Err(OpenError::NoMatchingKey), "{name}");
            assert_eq!(clear(&bytes, "x509/ec-pkcs8.key"), Err(OpenError::NoMatchingKey), "{name}");
            assert_eq!(with_der(&bytes, b""), Err(OpenError::NoMatchingKey), "{name}");
        }
    }

    #[test]
    fn whom_it_is_for_does_not_matter() {
        let bytes = message("negative-serial.p7m");
        assert_eq!(clear(&bytes, "apns/b.key"), Ok(message("plain.txt")));
        assert_eq!(clear(&message("two-recipients.p7m"), "apns/b.key"), Ok(message("plain.txt")));
    }

    #[test]
    fn the_first_key_that_fits_is_told_and_the_budget_is_kept() {
        let keys = ["x509/ec-pkcs8.key", "apns/other.key", "apns/a.key", "apns/a.pkcs1.key"].map(block);
        let keys = keys.each_ref().map(Vec::as_slice);
        let bytes = message("aes128-der.p7m");
        let (at, clear) = open(&bytes, &keys, &mut RsaBudget::new()).unwrap();
        assert_eq!((at, clear.to_vec()), (2, message("plain.txt")));
        let mut budget = RsaBudget::new();
        while budget.spend(256).is_ok() {}
        assert_eq!(open(&bytes, &keys, &mut budget), Err(OpenError::ManyKeys));
    }

    #[test]
    fn line_ends_and_marks_do_no_harm() {
        let text = String::from_utf8(message("aes128-stream.p7m")).unwrap();
        let plain = message("plain.txt");
        let unix = text.replace("\r\n", "\n");
        for text in [unix.replace('\n', "\r\n"), format!("\u{feff}{unix}\n\n"), format!("\n{unix}")] {
            assert_eq!(clear(text.as_bytes(), "apns/a.key").as_ref(), Ok(&plain));
        }
        let mut trailing = message("aes128-stream-der.p7m");
        trailing.extend_from_slice(b"\r\nmore");
        assert_eq!(clear(&trailing, "apns/a.key"), Ok(plain));
    }

    #[test]
    fn other_messages_are_not_supported() {
        for name in ["signed.p7m", "rc2-der.p7m", "gcm-der.p7m", "elliptic-der.p7m"] {
            assert_eq!(clear(&message(name), "apns/a.key"), Err(OpenError::NotSupported), "{name}");
        }
        assert_eq!(clear(&message("17-recipients.p7m"), "apns/a.key"), Err(OpenError::ManyRecipients));
    }

    #[test]
    fn damaged_messages_are_malformed() {
        for name in ["aes128-stream-der.p7m", "aes128-der.p7m", "aes128-stream.p7m"] {
            let bytes = message(name);
            for cut in [1, 2, 40, bytes.len() / 2, bytes.len() - 1] {
                assert_eq!(
                    clear(&bytes[..bytes.len() - cut], "apns/a.key").is_ok(),
                    cut <= 2 && name.ends_with("am.p7m"),
                    "{name} {cut}"
                );
            }
        }
        for bytes in [&b""[..], b"hello", b"Content-Type: text/plain\n\nhello", b"\x30\x00", b"\x30\x80"] {
            assert_eq!(clear(bytes, "apns/a.key"), Err(OpenError::Malformed));
        }
        assert_eq!(clear(&[0x30, 0x80].repeat(100), "apns/a.key"), Err(OpenError::TooDeep));
    }

    #[test]
    fn garbage_for_a_content_key_is_no_matching_key() {
        let bytes = message("aes128-der.p7m");
        let at = find(&bytes, &[0x04, 0x82, 0x01, 0x00]).unwrap() + 100;
        let mut other = bytes;
        other[at] ^= 1;
        assert_eq!(clear(&other, "apns/a.key"), Err(OpenError::NoMatchingKey));
    }

    #[test]
    fn keys_that_are_no_rsa_keys_do_no_harm() {
        let bytes = message("short-der.p7m");
        assert_eq!(clear(&bytes, "containers/cms/short.key"), Ok(message("plain.txt")));
        let long = message("long-der.p7m");
        assert_eq!(clear(&long, "containers/cms/long.key"), Ok(message("plain.txt")));
        for name in ["hostile-even.key.der", "hostile-composite.key.der"] {
            assert!(with_der(&bytes, &message(name)).is_err(), "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn nothing_that_is_damaged_panics(
            which in any::<prop::sample::Index>(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
            key_changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..2),
        ) {
            let names = names("cms");
            let mut bytes = file(which.get::<&str>(&names));
            let mut key = block("apns/a.key");
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            for (at, byte) in key_changes {
                let at = at.index(key.len());
                key[at] = byte;
            }
            let _ = with_der(&bytes, &key);
        }
    }
}
