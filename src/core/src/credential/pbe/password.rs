//! Passwords as they are kept in Secrets and as containers take them: as bytes, or as UTF-16 with an end.

use zeroize::Zeroizing;

use super::OpenError;
use crate::credential::password_file;

/// One way to read a password.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::credential) struct Password {
    /// Its bytes, for PKCS#5.
    pub bytes: Zeroizing<Vec<u8>>,
    /// UTF-16, big end first, with two zero bytes at the end, for PKCS#12.
    pub wide: Zeroizing<Vec<u8>>,
}

/// The ways to read what is given, the likeliest first.
///
/// Whoever writes a password with `echo` gives it a line end, which is left away, and kept only in a later try. No
/// password and an empty one are both met as no bytes and as the end alone. Beyond ASCII some tools take UTF-8's bytes
/// for letters. Marks of an encoding and quotation marks, which editors and shells add, are left away too.
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

/// The candidates for what takes the password's bytes alone.
pub(in crate::credential) fn as_bytes(mut candidates: Vec<Password>) -> Vec<Password> {
    candidates.dedup_by(|one, other| one.bytes == other.bytes);
    candidates
}

/// What to say when none of the candidates opens a container.
pub(in crate::credential) fn refused(given: Option<&[u8]>) -> OpenError {
    if given.is_some() { OpenError::PasswordWrong } else { OpenError::PasswordRequired }
}

fn copy(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(bytes.to_vec())
}

/// UTF-16 of a text in UTF-8; of anything else, each byte as a letter.
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

/// Each byte as a letter of UTF-16.
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
