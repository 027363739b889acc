//! Converts passwords from the form in Secrets to the forms that containers need: bytes, or UTF-16 with two zero bytes
//! at the end.

use zeroize::Zeroizing;

use super::OpenError;
use crate::credential::password_file;

/// One reading of a password.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::credential) struct Password {
    /// The bytes of the password, for PKCS#5.
    pub bytes: Zeroizing<Vec<u8>>,
    /// UTF-16 in big-endian order with two zero bytes at the end, for PKCS#12.
    pub wide: Zeroizing<Vec<u8>>,
}

/// Returns the possible readings of a password, the most likely first.
///
/// `echo` adds a line end to a password. The line end is removed first, and kept only in a later reading. Byte order
/// marks, UTF-16 and quotation marks, which editors and shells add, are removed likewise. Containers represent a
/// missing or empty password either as no bytes or as the two zero bytes alone. Beyond ASCII, some tools use each byte
/// of UTF-8 as one letter.
pub(in crate::credential) fn candidates(given: Option<&[u8]>) -> Vec<Password> {
    let mut candidates: Vec<Password> = Vec::new();
    for bytes in password_file::readings(given.unwrap_or_default()) {
        let bytes = bytes.as_slice();
        let mut add = |wide| {
            let candidate = Password { bytes: copy(bytes), wide };
            if !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        };
        add(wide(bytes));
        if bytes.is_empty() {
            add(copy(&[]));
        } else if !bytes.is_ascii() {
            add(letters(bytes));
        }
    }
    candidates
}

/// Keeps one of several readings with equal bytes, which differ only in UTF-16. Some schemes use only the bytes.
pub(in crate::credential) fn as_bytes(mut candidates: Vec<Password>) -> Vec<Password> {
    candidates.dedup_by(|one, other| one.bytes == other.bytes);
    candidates
}

/// Returns the failure to report if no reading of the password opens a container.
pub(in crate::credential) fn refused(given: Option<&[u8]>) -> OpenError {
    if given.is_some() { OpenError::PasswordWrong } else { OpenError::PasswordRequired }
}

fn copy(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(bytes.to_vec())
}

/// Converts UTF-8 to UTF-16. If the bytes are not UTF-8, each byte becomes one letter.
fn wide(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return letters(bytes);
    };
    let mut wide = Zeroizing::new(Vec::with_capacity(bytes.len() * 2 + 2));
    for unit in text.encode_utf16() {
        wide.extend_from_slice(&unit.to_be_bytes());
    }
    wide.extend_from_slice(&[0, 0]);
    wide
}

/// Converts each byte to one letter of UTF-16.
fn letters(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut wide = Zeroizing::new(Vec::with_capacity(bytes.len() * 2 + 2));
    for byte in bytes {
        wide.extend_from_slice(&[0, *byte]);
    }
    wide.extend_from_slice(&[0, 0]);
    wide
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: Option<&[u8]>) -> Vec<(Vec<u8>, Vec<u8>)> {
        candidates(given).into_iter().map(|password| (password.bytes.to_vec(), password.wide.to_vec())).collect()
    }

    #[test]
    fn no_password_and_an_empty_one_are_tried_both_ways() {
        let both = vec![(vec![], vec![0, 0]), (vec![], vec![])];
        assert_eq!(read(None), both);
        assert_eq!(read(Some(b"")), both);
        assert_eq!(as_bytes(candidates(None)).len(), 1);
    }

    #[test]
    fn a_line_end_is_left_away_first() {
        let plain = (b"a".to_vec(), vec![0, b'a', 0, 0]);
        assert_eq!(read(Some(b"a")), std::slice::from_ref(&plain));
        assert_eq!(read(Some(b"a\n")), [plain.clone(), (b"a\n".to_vec(), vec![0, b'a', 0, b'\n', 0, 0])]);
        assert_eq!(read(Some(b"a\r\n"))[0], plain);
        assert_eq!(read(Some(b"\n"))[..2], read(None));
        assert_eq!(read(Some(b"a\n\n"))[0].0, b"a\n");
        assert_eq!(read(Some(b" a "))[0].0, b" a ");
    }

    #[test]
    fn letters_beyond_ascii_are_utf_16_or_their_bytes() {
        let wides: Vec<Vec<u8>> = read(Some("ö".as_bytes())).into_iter().map(|(_, wide)| wide).collect();
        assert_eq!(wides, [vec![0, 0xf6, 0, 0], vec![0, 0xc3, 0, 0xb6, 0, 0]]);
        assert_eq!(read(Some("🔑".as_bytes()))[0].1, [0xd8, 0x3d, 0xdd, 0x11, 0, 0]);
        assert_eq!(read(Some(&[0xff]))[..], [(vec![0xff], vec![0, 0xff, 0, 0])]);
    }
}
