//! Converts BER to DER (X.690), as far as containers need the conversion: indefinite lengths, lengths with more octets
//! than necessary, and strings in pieces. Tags of several octets are refused, because containers do not use them.

use zeroize::Zeroizing;

use super::element::ElementHeader;
use super::{DerError, OCTET_STRING};

/// The maximum nesting depth of elements.
const DEPTH: usize = 32;
const CONSTRUCTED: u8 = 0x20;
const END: [u8; 2] = [0, 0];

/// Converts the first element of the input: all lengths become definite and as short as possible, and each OCTET STRING
/// becomes one piece. The input after this element is dropped.
pub(in crate::credential) fn to_der(input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DerError> {
    // Only the header of an element of indefinite length can grow, by one byte, and only if the element has 64 KiB or
    // more.
    let mut output = Zeroizing::new(Vec::with_capacity(input.len() + input.len() / 1024 + DEPTH));
    element(input, &mut output, DEPTH)?;
    Ok(output)
}

/// Writes the first element, and returns the input after the element.
fn element<'a>(input: &'a [u8], output: &mut Vec<u8>, depth: usize) -> Result<&'a [u8], DerError> {
    let depth = depth.checked_sub(1).ok_or(DerError::TooDeep)?;
    let header = header(input)?;
    let is_string = header.tag == OCTET_STRING | CONSTRUCTED;
    output.push(if is_string { OCTET_STRING } else { header.tag });
    let start = output.len();
    let rest = if header.tag & CONSTRUCTED == 0 {
        let (content, rest) = definite(&header)?;
        output.extend_from_slice(content);
        rest
    } else {
        each(&header, |child| if is_string { piece(child, output, depth) } else { element(child, output, depth) })?
    };
    insert_length(output, start);
    Ok(rest)
}

/// Writes the content of one piece of a string. A piece may consist of pieces.
fn piece<'a>(input: &'a [u8], output: &mut Vec<u8>, depth: usize) -> Result<&'a [u8], DerError> {
    let depth = depth.checked_sub(1).ok_or(DerError::TooDeep)?;
    let header = header(input)?;
    if header.tag == OCTET_STRING {
        let (content, rest) = definite(&header)?;
        output.extend_from_slice(content);
        Ok(rest)
    } else if header.tag == OCTET_STRING | CONSTRUCTED {
        each(&header, |child| piece(child, output, depth))
    } else {
        Err(DerError::Malformed)
    }
}

/// Calls `child` for each element inside a constructed element, and returns the input after the constructed element.
fn each<'a>(
    header: &ElementHeader<'a>,
    mut child: impl FnMut(&'a [u8]) -> Result<&'a [u8], DerError>,
) -> Result<&'a [u8], DerError> {
    match header.length {
        Some(_) => {
            let (mut content, rest) = definite(header)?;
            while !content.is_empty() {
                content = child(content)?;
            }
            Ok(rest)
        }
        None => {
            let mut content = header.after;
            loop {
                if let Some(rest) = content.strip_prefix(&END) {
                    return Ok(rest);
                }
                content = child(content)?;
            }
        }
    }
}

/// Inserts the DER length of the content that begins at `start`. The length is inserted in front of the content.
fn insert_length(output: &mut Vec<u8>, start: usize) {
    let length = output.len() - start;
    let octets = length.to_be_bytes();
    let octets = octets.get(length.leading_zeros() as usize / 8..).unwrap_or_default();
    let added = if length < 0x80 { 1 } else { 1 + octets.len() };
    let end = output.len();
    output.resize(end + added, 0);
    output.copy_within(start..end, start + added);
    if let Some(header) = output.get_mut(start..start + added) {
        match header {
            [only] => *only = length as u8,
            [first, rest @ ..] => {
                *first = 0x80 | octets.len() as u8;
                rest.copy_from_slice(octets);
            }
            [] => {}
        }
    }
}

/// Decodes the header of an element.
fn header(input: &[u8]) -> Result<ElementHeader<'_>, DerError> {
    ElementHeader::decode(input).filter(|header| !header.is_end_of_contents()).ok_or(DerError::Malformed)
}

/// Splits the input after a header into the content and the input after the element.
fn definite<'a>(header: &ElementHeader<'a>) -> Result<(&'a [u8], &'a [u8]), DerError> {
    header.split().ok_or(DerError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn der(input: &[u8]) -> Result<Vec<u8>, DerError> {
        to_der(input).map(|output| output.to_vec())
    }

    #[test]
    fn lengths_become_definite_and_short() {
        for (input, output) in [
            (&[0x30, 0x80, 0x02, 0x01, 5, 0, 0, 9, 9][..], &[0x30, 3, 0x02, 0x01, 5][..]),
            (&[0x30, 0x83, 0, 0, 3, 0x02, 0x01, 5], &[0x30, 3, 0x02, 0x01, 5]),
            (&[0xa0, 0x80, 0x30, 0x80, 0, 0, 0, 0], &[0xa0, 2, 0x30, 0]),
            (&[0x24, 0x80, 0x04, 2, 1, 2, 0x24, 4, 0x04, 2, 3, 4, 0, 0], &[0x04, 4, 1, 2, 3, 4]),
        ] {
            assert_eq!(der(input).unwrap(), output);
        }
    }

    #[test]
    fn what_is_cut_off_or_no_element_is_malformed() {
        for input in [
            &[][..],
            &[0x30],
            &[0x30, 3, 2, 1],
            &[0x30, 0x80, 2, 1, 5],
            &[0x30, 0x80, 2, 1, 5, 0],
            &[0x30, 2, 0, 0],
            &[0x04, 0x80, 1, 0, 0],
            &[0x24, 3, 2, 1, 5],
            &[0x1f, 1, 1],
            &[0x30, 0xff],
            &[0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0, 0],
        ] {
            assert_eq!(der(input), Err(DerError::Malformed), "{input:?}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize, open: [u8; 2]| [open.repeat(depth), END.repeat(depth)].concat();
        for open in [[0x30, 0x80], [0x24, 0x80]] {
            assert!(der(&nested(DEPTH, open)).is_ok());
            assert_eq!(der(&nested(DEPTH + 1, open)), Err(DerError::TooDeep));
            assert_eq!(der(&nested(60_000, open)), Err(DerError::TooDeep));
        }
    }

    #[test]
    fn large_elements_fit_the_buffer_that_is_reserved() {
        let mut input = vec![0x04, 0x82, 0xff, 0xfa];
        input.resize(4 + 0xfffa, 7);
        for _ in 1..DEPTH {
            input = [&[0x30, 0x80][..], &input, &END].concat();
        }
        let reserved = input.len() + input.len() / 1024 + DEPTH;
        assert_eq!(to_der(&input).unwrap().capacity(), reserved);
    }

    proptest! {
        #[test]
        fn der_stays_as_it_is(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut input = vec![0x04];
            input.extend_from_slice(&bytes);
            insert_length(&mut input, 1);
            prop_assert_eq!(der(&input).unwrap(), input);
        }

        #[test]
        fn nothing_panics_and_twice_is_once(bytes in proptest::collection::vec(
            prop_oneof![Just(0_u8), Just(0x30), Just(0x24), Just(4), Just(0x80), 0..8_u8, any::<u8>()], 0..200)) {
            if let Ok(once) = der(&bytes) {
                prop_assert_eq!(der(&once).unwrap(), once.clone());
                prop_assert!(once.len() <= bytes.len());
            }
        }
    }
}
