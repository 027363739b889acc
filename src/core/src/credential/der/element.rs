//! Decodes the header of an element (X.690, section 8.1). No other module decodes tags and lengths.
//!
//! An element is read in one of two modes. [`recognize`] accepts every beginning of an element, so that damaged and
//! incomplete files are recognized. [`read`] accepts only a complete element of definite length.

/// The maximum number of octets after the first octet of a length. Both modes refuse longer lengths.
const MAX_LENGTH_OCTETS: usize = 4;
/// The octet that stands for an indefinite length (X.690, section 8.1.3.6).
pub(super) const INDEFINITE: u8 = 0x80;
/// The tag of the marker that ends an element of indefinite length (X.690, section 8.1.5).
const END_OF_CONTENTS: u8 = 0;
/// The bits of a tag that mark a tag of several octets, if all of them are set (X.690, section 8.1.2.4).
const LONG_TAG: u8 = 0x1f;

/// The tag and the length of an element.
pub(super) struct ElementHeader<'a> {
    pub tag: u8,
    /// The length of the content in bytes. None if the length is indefinite.
    pub length: Option<usize>,
    /// The number of octets after the first octet of the length.
    length_octets: usize,
    /// The input after the header.
    pub after: &'a [u8],
}

impl<'a> ElementHeader<'a> {
    /// Decodes the header. None if the input ends within the header, if the tag has several octets, or if the length
    /// does not fit in a `usize`.
    pub(super) fn decode(input: &'a [u8]) -> Option<Self> {
        let (tag, after) = input.split_first()?;
        if tag & LONG_TAG == LONG_TAG {
            return None;
        }
        let (first, after) = after.split_first()?;
        Some(match first {
            &INDEFINITE => Self { tag: *tag, length: None, length_octets: 0, after },
            short @ 0..0x80 => Self { tag: *tag, length: Some(usize::from(*short)), length_octets: 0, after },
            long => {
                let (octets, after) = after.split_at_checked(usize::from(long & 0x7f))?;
                let length = octets
                    .iter()
                    .try_fold(0_usize, |length, octet| length.checked_mul(256)?.checked_add(usize::from(*octet)))?;
                Self { tag: *tag, length: Some(length), length_octets: octets.len(), after }
            }
        })
    }

    /// True for the marker that ends an element of indefinite length.
    pub(super) fn is_end_of_contents(&self) -> bool {
        self.tag == END_OF_CONTENTS
    }

    /// Splits the input after the header into the content and the input after the element. None if the length is
    /// indefinite or if the content is cut off.
    pub(super) fn split(&self) -> Option<(&'a [u8], &'a [u8])> {
        self.after.split_at_checked(self.length?)
    }

    fn has_short_length(&self) -> bool {
        self.length_octets <= MAX_LENGTH_OCTETS
    }
}

/// An element and the input after the element.
#[derive(Clone, Copy)]
pub(in crate::credential) struct DerElement<'a> {
    /// The only octet of the tag.
    pub tag: u8,
    /// The header and the content.
    pub whole: &'a [u8],
    pub content: &'a [u8],
    /// The input after the element.
    pub rest: &'a [u8],
}

impl<'a> DerElement<'a> {
    fn new(input: &'a [u8], tag: u8, content: &'a [u8], rest: &'a [u8]) -> Self {
        let whole = input.get(..input.len() - rest.len()).unwrap_or_default();
        Self { tag, whole, content, rest }
    }
}

/// Recognizes the first element of the input, as far as the input contains the element. The content is cut off if the
/// input ends early. The content of an element of indefinite length is all of the input after the header.
pub(in crate::credential) fn recognize(input: &[u8]) -> Option<DerElement<'_>> {
    let header = ElementHeader::decode(input).filter(ElementHeader::has_short_length)?;
    let (content, rest) = header.split().unwrap_or((header.after, &[]));
    Some(DerElement::new(input, header.tag, content, rest))
}

/// Recognizes the first element of the input, if the element has this tag.
pub(in crate::credential) fn recognize_as(input: &[u8], tag: u8) -> Option<DerElement<'_>> {
    recognize(input).filter(|element| element.tag == tag)
}

/// Reads the first element of the input. None if the element is cut off or has an indefinite length.
pub(super) fn read(input: &[u8]) -> Option<DerElement<'_>> {
    let header = ElementHeader::decode(input).filter(ElementHeader::has_short_length)?;
    let (content, rest) = header.split().filter(|_| !header.is_end_of_contents())?;
    Some(DerElement::new(input, header.tag, content, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_short_long_indefinite_or_cut_off() {
        for (input, content, rest, is_complete) in [
            (&[0x02, 1, 9, 7][..], &[9][..], &[7][..], true),
            (&[0x30, 0x81, 2, 1, 2], &[1, 2], &[], true),
            (&[0x30, 0x80, 1, 2], &[1, 2], &[], false),
            (&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 1], &[1], &[], false),
            (&[0, 0], &[], &[], false),
        ] {
            let element = recognize(input).unwrap();
            assert_eq!((element.content, element.rest), (content, rest));
            assert_eq!(read(input).is_some(), is_complete, "{input:?}");
        }
        for nothing in [&[][..], &[0x30], &[0x30, 0x82, 1], &[0x30, 0x85, 0, 0, 0, 0, 1, 1], &[0x3f, 1, 1]] {
            assert!(recognize(nothing).is_none(), "{nothing:?}");
            assert!(read(nothing).is_none(), "{nothing:?}");
        }
    }

    #[test]
    fn the_whole_element_ends_where_the_rest_begins() {
        for (input, whole) in [
            (&[0x02, 1, 9, 7][..], &[0x02, 1, 9][..]),
            (&[0x30, 0x81, 1, 5, 0], &[0x30, 0x81, 1, 5]),
            (&[0x30, 9, 5], &[0x30, 9, 5]),
        ] {
            assert_eq!(recognize(input).unwrap().whole, whole);
        }
    }

    proptest! {
        #[test]
        fn an_element_that_is_read_is_recognized_alike(bytes in proptest::collection::vec(
            prop_oneof![Just(0x30_u8), Just(0x80), 0x80..0x86_u8, 0..8_u8, any::<u8>()], 0..40)) {
            if let Some(element) = read(&bytes) {
                let recognized = recognize(&bytes).unwrap();
                prop_assert_eq!(element.tag, recognized.tag);
                prop_assert_eq!(element.whole, recognized.whole);
                prop_assert_eq!(element.content, recognized.content);
                prop_assert_eq!([element.whole, element.rest].concat(), bytes);
            }
        }
    }
}
