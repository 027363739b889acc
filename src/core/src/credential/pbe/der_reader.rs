//! Reads DER from `ber::to_der`, element by element. Callers read only the fields that they need, so that unusual names
//! and numbers in other fields cause no failure.

use pkcs8::ObjectIdentifier;

use super::{OpenError, ber};
use crate::credential::der::{self, INTEGER, OBJECT_IDENTIFIER, SEQUENCE};

/// The remaining elements of a sequence of elements.
#[derive(Clone, Copy)]
pub(in crate::credential) struct DerReader<'a>(&'a [u8]);

/// An element, with its header and without its header.
#[derive(Clone, Copy)]
pub(in crate::credential) struct Element<'a> {
    pub tag: u8,
    pub whole: &'a [u8],
    pub content: &'a [u8],
}

impl<'a> DerReader<'a> {
    /// Creates a reader for consecutive elements.
    pub(in crate::credential) fn new(elements: &'a [u8]) -> Self {
        Self(elements)
    }

    /// True if no element is left.
    pub(in crate::credential) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the tag of the next element.
    pub(in crate::credential) fn tag(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// Reads the next element, with any tag.
    pub(in crate::credential) fn any(&mut self) -> Result<Element<'a>, OpenError> {
        let element = der::first(self.0).ok_or(OpenError::Malformed)?;
        let length = self.0.len() - element.rest.len();
        let whole = self.0.get(..length).ok_or(OpenError::Malformed)?;
        self.0 = element.rest;
        Ok(Element { tag: element.tag, whole, content: element.content })
    }

    /// Reads the content of the next element, which must have this tag.
    pub(in crate::credential) fn expect(&mut self, tag: u8) -> Result<&'a [u8], OpenError> {
        if self.tag() == Some(tag) { Ok(self.any()?.content) } else { Err(OpenError::Malformed) }
    }

    /// Reads the content of the next element if the element has this tag.
    pub(in crate::credential) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, OpenError> {
        if self.tag() == Some(tag) { self.expect(tag).map(Some) } else { Ok(None) }
    }

    /// Returns a reader for the elements inside the next element, which must have this tag.
    pub(in crate::credential) fn enter(&mut self, tag: u8) -> Result<Self, OpenError> {
        self.expect(tag).map(Self)
    }

    /// Reads a number that is not negative. A number of more than 64 bits becomes the largest number of 64 bits.
    pub(in crate::credential) fn number(&mut self) -> Result<u64, OpenError> {
        match self.expect(INTEGER)? {
            [] | [0x80..=0xff, ..] => Err(OpenError::Malformed),
            octets => Ok(octets
                .iter()
                .try_fold(0_u64, |number, octet| Some(number.checked_mul(256)? + u64::from(*octet)))
                .unwrap_or(u64::MAX)),
        }
    }

    /// Reads an object identifier.
    pub(in crate::credential) fn oid(&mut self) -> Result<ObjectIdentifier, OpenError> {
        ObjectIdentifier::from_bytes(self.expect(OBJECT_IDENTIFIER)?).map_err(|_| OpenError::Malformed)
    }

    /// Reads an algorithm identifier, and returns a reader for its parameters.
    pub(in crate::credential) fn algorithm(&mut self) -> Result<(ObjectIdentifier, Self), OpenError> {
        let mut algorithm = self.enter(SEQUENCE)?;
        Ok((algorithm.oid()?, algorithm))
    }
}

/// True if the bytes are exactly one complete sequence, as correctly decrypted content is.
pub(in crate::credential) fn is_whole_sequence(bytes: &[u8]) -> bool {
    bytes.first() == Some(&SEQUENCE)
        && (der::first(bytes).is_some_and(|all| {
            let header = bytes.len().checked_sub(all.content.len());
            all.rest.is_empty() && header.is_some_and(|header| has_length(bytes, header, all.content.len()))
        }) || bytes.get(1) == Some(&0x80) && ber::to_der(bytes).is_ok())
}

/// True if the length in the header is the length of the content. `der::first` also accepts an element that is cut off.
fn has_length(bytes: &[u8], header: usize, length: usize) -> bool {
    match bytes.get(1..header) {
        Some([short @ 0..=0x7f]) => usize::from(*short) == length,
        Some([0x81..=0x84, octets @ ..]) => {
            octets.iter().fold(0_usize, |length, octet| length << 8 | usize::from(*octet)) == length
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_not_negative_and_saturate() {
        for (input, number) in [
            (&[2, 1, 0][..], Ok(0)),
            (&[2, 2, 0, 0x80], Ok(128)),
            (&[2, 5, 0, 0x80, 0, 0, 0], Ok(1 << 31)),
            (&[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0], Ok(u64::MAX)),
            (&[2, 1, 0x80], Err(OpenError::Malformed)),
            (&[2, 0], Err(OpenError::Malformed)),
            (&[4, 1, 1], Err(OpenError::Malformed)),
        ] {
            assert_eq!(DerReader::new(input).number(), number, "{input:?}");
        }
    }

    #[test]
    fn a_whole_sequence_is_neither_more_nor_less() {
        for (bytes, whole) in [
            (&[0x30, 1, 5][..], true),
            (&[0x30, 0x81, 1, 5], true),
            (&[0x30, 0x80, 5, 0, 0, 0], true),
            (&[0x30, 1, 5, 6], false),
            (&[0x30, 2, 5], false),
            (&[0x31, 1, 5], false),
            (&[0x30], false),
            (&[], false),
        ] {
            assert_eq!(is_whole_sequence(bytes), whole, "{bytes:?}");
        }
    }
}
