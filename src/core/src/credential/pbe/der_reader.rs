//! Goes through DER that `ber::to_der` has made, element by element. What a container says of itself is read where it
//! is needed and passed over where it is not, so that odd names and numbers in it do no harm.

use pkcs8::ObjectIdentifier;

use super::{OpenError, ber};
use crate::credential::der::{self, INTEGER, OBJECT_IDENTIFIER, SEQUENCE};

/// What is left of some elements side by side.
#[derive(Clone, Copy)]
pub(in crate::credential) struct DerReader<'a>(&'a [u8]);

/// An element with its header and without.
#[derive(Clone, Copy)]
pub(in crate::credential) struct Element<'a> {
    pub tag: u8,
    pub whole: &'a [u8],
    pub content: &'a [u8],
}

impl<'a> DerReader<'a> {
    /// Elements that stand one after the other.
    pub(in crate::credential) fn new(elements: &'a [u8]) -> Self {
        Self(elements)
    }

    /// Whether there is none left.
    pub(in crate::credential) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the next element.
    pub(in crate::credential) fn tag(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The next element, of any kind.
    pub(in crate::credential) fn any(&mut self) -> Result<Element<'a>, OpenError> {
        let element = der::first(self.0).ok_or(OpenError::Malformed)?;
        let length = self.0.len() - element.rest.len();
        let whole = self.0.get(..length).ok_or(OpenError::Malformed)?;
        self.0 = element.rest;
        Ok(Element { tag: element.tag, whole, content: element.content })
    }

    /// The content of the next element, which has this tag.
    pub(in crate::credential) fn expect(&mut self, tag: u8) -> Result<&'a [u8], OpenError> {
        if self.tag() == Some(tag) { Ok(self.any()?.content) } else { Err(OpenError::Malformed) }
    }

    /// The content of the next element, where it has this tag.
    pub(in crate::credential) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, OpenError> {
        if self.tag() == Some(tag) { self.expect(tag).map(Some) } else { Ok(None) }
    }

    /// What the next element holds, which has this tag.
    pub(in crate::credential) fn enter(&mut self, tag: u8) -> Result<Self, OpenError> {
        self.expect(tag).map(Self)
    }

    /// The next element, a number that is not negative. One too large for 64 bits is as good as the largest.
    pub(in crate::credential) fn number(&mut self) -> Result<u64, OpenError> {
        match self.expect(INTEGER)? {
            [] | [0x80..=0xff, ..] => Err(OpenError::Malformed),
            octets => Ok(octets
                .iter()
                .try_fold(0_u64, |number, octet| Some(number.checked_mul(256)? + u64::from(*octet)))
                .unwrap_or(u64::MAX)),
        }
    }

    /// The next element, an object identifier.
    pub(in crate::credential) fn oid(&mut self) -> Result<ObjectIdentifier, OpenError> {
        ObjectIdentifier::from_bytes(self.expect(OBJECT_IDENTIFIER)?).map_err(|_| OpenError::Malformed)
    }

    /// The next element, an algorithm, and its parameters.
    pub(in crate::credential) fn algorithm(&mut self) -> Result<(ObjectIdentifier, Self), OpenError> {
        let mut algorithm = self.enter(SEQUENCE)?;
        Ok((algorithm.oid()?, algorithm))
    }
}

/// Whether the bytes are one sequence, of which nothing is missing and after which nothing comes, as what a right key
/// decrypts is.
pub(in crate::credential) fn is_whole_sequence(bytes: &[u8]) -> bool {
    bytes.first() == Some(&SEQUENCE)
        && (der::first(bytes).is_some_and(|all| {
            let header = bytes.len().checked_sub(all.content.len());
            all.rest.is_empty() && header.is_some_and(|header| has_length(bytes, header, all.content.len()))
        }) || bytes.get(1) == Some(&0x80) && ber::to_der(bytes).is_ok())
}

/// Whether the header's length is that of the content: `der::first` takes what is there of an element cut off.
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
