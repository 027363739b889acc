//! Decodes base64 in the forms in which people paste it: any line width, either alphabet, with or without padding.

use zeroize::Zeroizing;

/// Decodes the whole text. None if the text contains anything other than base64.
pub(super) fn decode(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (bytes, rest) = decode_prefix(text);
    let padding_only = rest.iter().all(|byte| *byte == b'=' || byte.is_ascii_whitespace());
    (padding_only && bytes.len() == decoded_len(text)?).then_some(bytes)
}

/// Decodes the text up to the first character that is not base64, and returns the rest of the text.
pub(super) fn decode_prefix(text: &[u8]) -> (Zeroizing<Vec<u8>>, &[u8]) {
    // The capacity is reserved at once: a vector that grows leaves a copy of the secret bytes in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 4 * 3 + 3));
    let (mut bits, mut held) = (0_u32, 0_u32);
    for (at, byte) in text.iter().enumerate() {
        if byte.is_ascii_whitespace() {
            continue;
        }
        let Some(six) = value(*byte) else {
            return (bytes, text.get(at..).unwrap_or_default());
        };
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    (bytes, &[])
}

/// True if a line consists only of base64 and its padding.
pub(super) fn is_line(line: &[u8]) -> bool {
    line.iter().all(|byte| value(*byte).is_some() || *byte == b'=')
}

/// Returns the length of the decoded text. None if base64 can't have this number of characters or this much padding.
fn decoded_len(text: &[u8]) -> Option<usize> {
    let digits = text.iter().filter(|byte| value(**byte).is_some()).count();
    let padding = text.iter().filter(|byte| **byte == b'=').count();
    match digits % 4 {
        1 => None,
        _ if padding > 2 => None,
        left => Some(digits / 4 * 3 + left.saturating_sub(1)),
    }
}

/// Returns the six bits that a character encodes in the standard or URL-safe alphabet (RFC 4648, sections 4 and 5).
fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    #[test]
    fn what_is_not_base64_is_refused() {
        for text in ["a", "abcde", "ab=cd", "a=bc", "abc!", "abcd====", "hello world.", "ab==cd=="] {
            assert!(decode(text.as_bytes()).is_none(), "{text}");
        }
        assert_eq!(decode(b" a GVs\r\nbG8 = \n").unwrap().as_slice(), b"hello");
        assert_eq!(decode(b"").unwrap().as_slice(), b"");
    }

    #[test]
    fn a_prefix_ends_where_the_base64_does() {
        let (bytes, rest) = decode_prefix(b"aGVs*bG8");
        assert_eq!((bytes.as_slice(), rest), (b"hel".as_slice(), b"*bG8".as_slice()));
    }

    proptest! {
        #[test]
        fn both_alphabets_are_read_at_any_width(bytes in proptest::collection::vec(any::<u8>(), 0..300), width in 1_usize..80) {
            for text in [STANDARD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
                let lines: Vec<u8> = text.as_bytes().chunks(width).collect::<Vec<_>>().join(&b"\r\n"[..]);
                let decoded = decode(&lines).unwrap();
                prop_assert_eq!(decoded.as_slice(), bytes.as_slice());
            }
        }
    }
}
