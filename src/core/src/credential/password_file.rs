//! Reads passwords in the forms in which editors, shells and consoles write them to files: with a byte order mark, in
//! UTF-16, in quotation marks, or with a line end.

use zeroize::Zeroizing;

use super::typography;

const MARK_UTF8: &[u8] = b"\xef\xbb\xbf";

/// A decoration of a password, such as quotation marks, that is probably not a part of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasswordDress {
    /// The byte order mark of UTF-8 at the beginning.
    ByteOrderMark,
    /// The encoding UTF-16.
    Utf16,
    /// Quotation marks at both ends.
    Quoted,
    /// White space or invisible characters at one end or both.
    Blank,
}

/// Returns the password as plain text: UTF-8 without a byte order mark and without the last line end. Bytes that are
/// neither UTF-8 nor UTF-16 lose only the line end.
pub fn plain_password(given: &[u8]) -> Zeroizing<Vec<u8>> {
    let text = decoded(given);
    Zeroizing::new(without_line_end(text.as_deref().map_or(given, Vec::as_slice)).to_vec())
}

/// Returns the passwords that the bytes may represent, the most likely first.
pub(super) fn readings(given: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let plain = plain_password(given);
    let undressed = undressed(&plain).map(|text| Zeroizing::new(text.as_bytes().to_vec()));
    let text = decoded(given);
    let with_line_end = text.filter(|text| text.len() > plain.len());
    let mut readings = Vec::new();
    let as_given = Zeroizing::new(given.to_vec());
    for reading in [Some(plain), undressed, with_line_end, Some(as_given)].into_iter().flatten() {
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    readings
}

/// Returns the decoration of the password. None if the password has no decoration.
pub(super) fn dress(given: &[u8]) -> Option<PasswordDress> {
    if given.starts_with(MARK_UTF8) {
        return Some(PasswordDress::ByteOrderMark);
    }
    if decoded(given).is_some() {
        return Some(PasswordDress::Utf16);
    }
    let plain = plain_password(given);
    let text = std::str::from_utf8(&plain).ok()?;
    match typography::unquoted(text) {
        Some(_) => Some(PasswordDress::Quoted),
        None => (typography::trimmed(text).len() < text.len()).then_some(PasswordDress::Blank),
    }
}

/// Removes the quotation marks, or the no-break spaces and invisible characters at the ends. None if nothing changes.
/// Ordinary spaces and further line ends may belong to the password and stay.
fn undressed(plain: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(plain).ok()?;
    let is_pasted = |letter: char| !letter.is_ascii() && typography::is_blank(letter);
    let inner = typography::unquoted(text).unwrap_or_else(|| text.trim_matches(is_pasted));
    (inner.len() < text.len() && !inner.is_empty()).then_some(inner)
}

fn without_line_end(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\n").map_or(text, |line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Converts the bytes to UTF-8, if they begin with a byte order mark or are UTF-16. None for other bytes.
fn decoded(given: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if let Some(text) = given.strip_prefix(MARK_UTF8) {
        return Some(Zeroizing::new(text.to_vec()));
    }
    let (units, is_big): (&[u8], bool) = match given {
        [0xff, 0xfe, units @ ..] => (units, false),
        [0xfe, 0xff, units @ ..] => (units, true),
        // Passwords contain no zero byte. In UTF-16, most letters contain one: the first byte in big-endian order, the
        // second in little-endian order.
        units => {
            let zeros = |first: usize| units.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
            let (first, second) = (zeros(0), zeros(1));
            if first == second {
                return None;
            }
            (units, first > second)
        }
    };
    let unit =
        |pair: &[u8]| <[u8; 2]>::try_from(pair).ok().map(if is_big { u16::from_be_bytes } else { u16::from_le_bytes });
    let units: Option<Zeroizing<Vec<u16>>> =
        units.chunks(2).map(unit).collect::<Option<Vec<u16>>>().map(Zeroizing::new);
    let text = Zeroizing::new(String::from_utf16(&units?).ok()?);
    let is_text = text.chars().all(|letter| !letter.is_control() || letter.is_ascii_whitespace());
    is_text.then(|| Zeroizing::new(text.as_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(given: &[u8]) -> String {
        String::from_utf8_lossy(&plain_password(given)).into_owned()
    }

    fn utf16(text: &str, mark: &[u8], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
    }

    #[test]
    fn encodings_are_decoded_first() {
        for text in ["hunter2", "pässwörd", "a€", "x"] {
            let line = format!("{text}\r\n");
            for given in [
                text.as_bytes().to_vec(),
                line.as_bytes().to_vec(),
                [MARK_UTF8, line.as_bytes()].concat(),
                utf16(text, &[0xff, 0xfe], u16::to_le_bytes),
                utf16(&line, &[0xff, 0xfe], u16::to_le_bytes),
                utf16(&line, &[0xfe, 0xff], u16::to_be_bytes),
                utf16(&line, &[], u16::to_le_bytes),
                utf16(&line, &[], u16::to_be_bytes),
            ] {
                assert_eq!(first(&given), text, "{given:?}");
                assert_eq!(readings(&given).last().unwrap().to_vec(), given, "as it is, at last");
            }
        }
        for given in [&b"\xff"[..], b"", b"ab\xff\xfe", b"\x00"] {
            assert_eq!(plain_password(given).to_vec(), given);
        }
    }

    #[test]
    fn quotation_marks_are_left_away_second() {
        for given in ["\"secret\"\n", "'secret'", "“secret”", "«\u{a0}secret\u{a0}»", "\u{a0}secret", "secret\u{200b}"]
        {
            let all: Vec<String> =
                readings(given.as_bytes()).iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
            assert_eq!((all[0].as_str(), all[1].as_str()), (given.trim_end_matches('\n'), "secret"));
            assert!(matches!(dress(given.as_bytes()), Some(PasswordDress::Quoted | PasswordDress::Blank)));
        }
        assert_eq!(readings(b"secret").len(), 1);
        assert_eq!(readings(b"secret\n").len(), 2);
        assert_eq!(readings(b" secret \n\n").len(), 2);
        assert_eq!(dress(b" secret"), Some(PasswordDress::Blank));
        assert_eq!(dress(b"it's\n"), None);
        assert_eq!(dress(b"\xef\xbb\xbfx"), Some(PasswordDress::ByteOrderMark));
        assert_eq!(dress(b"x\0"), Some(PasswordDress::Utf16));
    }
}
