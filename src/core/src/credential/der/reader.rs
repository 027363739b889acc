//! Reads DER from `ber::to_der`, element by element and strictly: every element must be complete. Callers read only the
//! fields that they need, so that unusual names and numbers in other fields cause no failure.

use pkcs8::ObjectIdentifier;

use super::element::{self, DerElement, INDEFINITE};
use super::{DerError, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, ber};

/// The remaining elements of a sequence of elements.
#[derive(Clone, Copy)]
pub(in crate::credential) struct DerReader<'a>(&'a [u8]);

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
    pub(in crate::credential) fn any(&mut self) -> Result<DerElement<'a>, DerError> {
        let element = element::read(self.0).ok_or(DerError::Malformed)?;
        self.0 = element.rest;
        Ok(element)
    }

    /// Reads the content of the next element, which must have this tag.
    pub(in crate::credential) fn expect(&mut self, tag: u8) -> Result<&'a [u8], DerError> {
        if self.tag() == Some(tag) { Ok(self.any()?.content) } else { Err(DerError::Malformed) }
    }

    /// Reads the content of the next element if the element has this tag.
    pub(in crate::credential) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, DerError> {
        if self.tag() == Some(tag) { self.expect(tag).map(Some) } else { Ok(None) }
    }

    /// Returns a reader for the elements inside the next element, which must have this tag.
    pub(in crate::credential) fn enter(&mut self, tag: u8) -> Result<Self, DerError> {
        self.expect(tag).map(Self)
    }

    /// Reads a number that is not negative. A number of more than 64 bits becomes the largest number of 64 bits.
    pub(in crate::credential) fn number(&mut self) -> Result<u64, DerError> {
        match self.expect(INTEGER)? {
            [] | [0x80..=0xff, ..] => Err(DerError::Malformed),
            octets => Ok(octets
                .iter()
                .try_fold(0_u64, |number, octet| Some(number.checked_mul(256)? + u64::from(*octet)))
                .unwrap_or(u64::MAX)),
        }
    }

    /// Reads an object identifier.
    pub(in crate::credential) fn oid(&mut self) -> Result<ObjectIdentifier, DerError> {
        ObjectIdentifier::from_bytes(self.expect(OBJECT_IDENTIFIER)?).map_err(|_| DerError::Malformed)
    }

    /// Reads an algorithm identifier, and returns a reader for its parameters.
    pub(in crate::credential) fn algorithm(&mut self) -> Result<(ObjectIdentifier, Self), DerError> {
        let mut algorithm = self.enter(SEQUENCE)?;
        Ok((algorithm.oid()?, algorithm))
    }
}

/// True if the bytes are exactly one complete sequence, as correctly decrypted content is.
pub(in crate::credential) fn is_whole_sequence(bytes: &[u8]) -> bool {
    element::read(bytes).is_some_and(|all| all.tag == SEQUENCE && all.rest.is_empty())
        || bytes.starts_with(&[SEQUENCE, INDEFINITE]) && ber::to_der(bytes).is_ok()
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
            (&[2, 1, 0x80], Err(DerError::Malformed)),
            (&[2, 0], Err(DerError::Malformed)),
            (&[4, 1, 1], Err(DerError::Malformed)),
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
