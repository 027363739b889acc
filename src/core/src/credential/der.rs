//! Splits DER, and the BER that some tools write, into elements. This module recognizes content without validating it.

/// An element, as far as the input contains the element.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    /// The only octet of the tag.
    pub tag: u8,
    /// The content. The content is cut off if the input ends early.
    pub content: &'a [u8],
    /// The input after the element. Empty if the length is indefinite.
    pub rest: &'a [u8],
}

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const CONTEXT_0: u8 = 0xa0;

/// Returns the first element of the input.
pub(super) fn first(input: &[u8]) -> Option<Element<'_>> {
    let (tag, after) = input.split_first()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (length, after) = after.split_first()?;
    let (length, body) = match length {
        0x80 => {
            return Some(Element { tag: *tag, content: after, rest: &[] });
        }
        short @ 0..0x80 => (usize::from(*short), after),
        long => {
            let (octets, body) =
                after.split_at_checked(usize::from(long & 0x7f)).filter(|(octets, _)| octets.len() <= 4)?;
            (octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet)), body)
        }
    };
    Some(match body.split_at_checked(length) {
        Some((content, rest)) => Element { tag: *tag, content, rest },
        None => Element { tag: *tag, content: body, rest: &[] },
    })
}

/// Returns the first element of the input, if the element has this tag.
pub(super) fn expect(input: &[u8], tag: u8) -> Option<Element<'_>> {
    first(input).filter(|element| element.tag == tag)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lengths_are_short_long_indefinite_or_cut_off() {
        for (input, content, rest) in [
            (&[0x02, 1, 9, 7][..], &[9][..], &[7][..]),
            (&[0x30, 0x81, 2, 1, 2], &[1, 2], &[]),
            (&[0x30, 0x80, 1, 2], &[1, 2], &[]),
            (&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 1], &[1], &[]),
        ] {
            let element = first(input).unwrap();
            assert_eq!((element.content, element.rest), (content, rest));
        }
        for nothing in [&[][..], &[0x30], &[0x30, 0x82, 1], &[0x30, 0x85, 0, 0, 0, 0, 1, 1], &[0x3f, 1, 1]] {
            assert!(first(nothing).is_none(), "{nothing:?}");
        }
    }
}
