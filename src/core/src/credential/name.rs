//! Formats distinguished names after RFC 4514: the most specific part first, special characters escaped.

use std::fmt::Write as _;

use x509_parser::asn1_rs::{Any, Oid, Tag};
use x509_parser::x509::X509Name;

use super::oid;
use crate::api::identity::is_unseen;
use crate::api::limits;

/// Formats the name, cut to the limit of the API. The text is published, so control characters and similar characters
/// are escaped.
pub(super) fn text(name: &X509Name<'_>) -> String {
    let mut text = String::new();
    let parts: Vec<_> = name.iter().collect();
    for part in parts.into_iter().rev() {
        if text.len() > limits::NAME * 4 {
            break;
        }
        if !text.is_empty() {
            text.push(',');
        }
        for (at, attribute) in part.iter().enumerate() {
            if text.len() > limits::NAME * 4 {
                break;
            }
            if at > 0 {
                text.push('+');
            }
            text.push_str(&label(attribute.attr_type()));
            text.push('=');
            push_value(&mut text, attribute.attr_value());
        }
    }
    limits::cut(&mut text, limits::NAME);
    text
}

/// Formats an object identifier in dotted numbers. An identifier of more than 64 bytes becomes "OID", because
/// formatting takes time quadratic in its length.
fn number(oid: &Oid<'_>) -> String {
    if oid.as_bytes().len() > 64 { "OID".to_owned() } else { oid.to_id_string() }
}

/// Reads a string of any of the string types of X.509. None if the value is not a readable string.
pub(super) fn string(value: &Any<'_>) -> Option<String> {
    let data = value.data;
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            std::str::from_utf8(data).ok().map(str::to_owned)
        }
        // In practice, certificates use Latin-1 in a T61String.
        Tag::T61String => Some(data.iter().map(|byte| char::from(*byte)).collect()),
        Tag::BmpString => {
            let units = data.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(u16::from_be_bytes);
            data.len().is_multiple_of(2).then(|| String::from_utf16(&units.collect::<Vec<_>>()).ok()).flatten()
        }
        _ => None,
    }
}

/// Returns the short name of an attribute type: from RFC 4514, from OpenSSL for a few others, otherwise the number
/// itself.
fn label(type_: &Oid<'_>) -> String {
    let short = match oid::from_x509(type_) {
        Some(oid::COMMON_NAME) => "CN",
        Some(oid::SURNAME) => "SN",
        Some(oid::SERIAL_NUMBER) => "serialNumber",
        Some(oid::COUNTRY) => "C",
        Some(oid::LOCALITY) => "L",
        Some(oid::STATE) => "ST",
        Some(oid::STREET) => "STREET",
        Some(oid::ORGANIZATION) => "O",
        Some(oid::ORGANIZATIONAL_UNIT) => "OU",
        Some(oid::TITLE) => "title",
        Some(oid::GIVEN_NAME) => "GN",
        Some(oid::USER_ID) => "UID",
        Some(oid::DOMAIN_COMPONENT) => "DC",
        Some(oid::EMAIL_ADDRESS) => "emailAddress",
        _ => {
            let mut number = number(type_);
            limits::cut(&mut number, limits::NAME);
            return number;
        }
    };
    short.to_owned()
}

/// Appends an escaped value. A value that is not a string becomes "#" and hex digits.
fn push_value(text: &mut String, value: &Any<'_>) {
    let Some(value) = string(value) else {
        text.push('#');
        for byte in value.data.iter().take(limits::NAME) {
            let _ = write!(text, "{byte:02x}");
        }
        return;
    };
    let letters = value.chars().count();
    for (at, letter) in value.chars().enumerate().take(limits::NAME) {
        match letter {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' => {
                text.push('\\');
                text.push(letter);
            }
            '#' | ' ' if at == 0 => {
                text.push('\\');
                text.push(letter);
            }
            ' ' if at + 1 == letters => text.push_str("\\ "),
            _ if is_unseen(letter) => {
                let mut buffer = [0; 4];
                for byte in letter.encode_utf8(&mut buffer).bytes() {
                    let _ = write!(text, "\\{byte:02X}");
                }
            }
            _ => text.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_object_identifiers_are_not_spelt_out() {
        assert_eq!(number(&Oid::new(vec![0xff; 200_000].into())), "OID");
        assert_eq!(number(&Oid::new(vec![0x55, 4, 3].into())), "2.5.4.3");
    }

    #[test]
    fn values_are_escaped() {
        let shown = |tag, value: &[u8]| {
            let mut text = String::new();
            push_value(&mut text, &Any::from_tag_and_data(tag, value));
            text
        };
        assert_eq!(shown(Tag::Utf8String, b" a, b+c=\"d\" "), "\\ a\\, b\\+c\\=\\\"d\\\"\\ ");
        assert_eq!(shown(Tag::Utf8String, b"#a#"), "\\#a#");
        assert_eq!(shown(Tag::Utf8String, "a\nb\u{1b}[31m\u{202e}ä".as_bytes()), "a\\0Ab\\1B[31m\\E2\\80\\AEä");
        assert_eq!(shown(Tag::BmpString, &[0, b'h', 0, b'i']), "hi");
        assert_eq!(shown(Tag::T61String, &[0xe4]), "ä");
        assert_eq!(shown(Tag::Utf8String, &[0xff]), "#ff");
        assert_eq!(shown(Tag::OctetString, &[1, 2]), "#0102");
    }
}
