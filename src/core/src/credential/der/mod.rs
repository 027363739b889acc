//! Splits DER and BER (X.690) into elements. One decoder of headers serves two modes: recognition of files that may be
//! damaged or cut off ([`recognize`]), and strict reading of complete elements ([`DerReader`]).

pub(super) mod ber;
mod element;
mod reader;

pub(super) use element::{DerElement, recognize, recognize_as};
pub(super) use reader::{DerReader, is_whole_sequence};

// The universal tags (X.680, section 8.4). Sequences and sets are always constructed.
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

// Context-specific tags of constructed elements: EXPLICIT tags, and IMPLICIT tags of constructed types.
pub(super) const CONTEXT_0: u8 = 0xa0;
pub(super) const CONTEXT_1: u8 = 0xa1;
pub(super) const CONTEXT_2: u8 = 0xa2;
/// The tag of an IMPLICIT `[0]` string in one piece. A string in several pieces has the tag `CONTEXT_0`.
pub(super) const IMPLICIT_0: u8 = 0x80;

/// The reason why BER can't be converted or DER can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DerError {
    /// The input is damaged or cut off, or an element has another tag than expected.
    Malformed,
    /// The elements nest deeper than the limit.
    TooDeep,
}
