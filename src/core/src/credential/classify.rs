//! Classifies a value that is neither PEM nor DER: kinds of text, and binary data.

use super::bytes::find;
use super::file_kind::FileKind;
use super::foreign;
use super::signed_data;

/// The number of bytes at the beginning of a text in which most keywords are searched.
const HEAD: usize = 4096;

/// True if the bytes are UTF-16 text: they begin with a byte order mark, or among the first 16 bytes every second byte
/// is zero and the others are ASCII.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    let zeros = |first: usize| bytes.len() >= 8 && bytes.iter().skip(first).step_by(2).take(8).all(|byte| *byte == 0);
    let others = |first: usize| bytes.iter().skip(first).step_by(2).take(8).all(|byte| matches!(byte, b'\t'..=b'~'));
    bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || zeros(1) && others(0)
        || zeros(0) && others(1)
}

/// Classifies a text that is not base64. `bytes` are trimmed.
pub(super) fn text(bytes: &[u8]) -> FileKind {
    let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default().to_ascii_lowercase();
    let has = |word: &str| find(&head, word.as_bytes()).is_some();
    let anywhere = |word: &str| find(bytes, word.as_bytes()).is_some();
    if let (Some(b'{' | b'['), Some(kind)) = (bytes.first(), begins_as_token(bytes)) {
        return kind;
    }
    if let Some(kind) = property_list(bytes) {
        return kind;
    }
    if let Some(file) = foreign::container(bytes).or_else(|| foreign::text(bytes)) {
        return FileKind::Foreign(file);
    }
    match bytes {
        [] => FileKind::Empty,
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => FileKind::JavaKeystore,
        [b'<', ..] if has("<!doctype html") || has("<html") || has("<head") || has("<body") => FileKind::HtmlPage,
        [b'<', ..] if has("wap-provisioningdoc") => FileKind::EnrollmentToken,
        [b'<', ..] if has("<?xml") => FileKind::OtherXml,
        [b'{' | b'[', .., b'}' | b']'] => FileKind::OtherJson,
        _ if has("application/pkcs7-mime") || has("application/x-pkcs7-mime") => FileKind::DepMessage,
        _ if anywhere("consumer_key") && anywhere("access_token") => FileKind::DepJson,
        _ if has("ssh-rsa ") || has("ssh-ed25519 ") || has("ecdsa-sha2-") => FileKind::PublicKey,
        _ if is_text(bytes) => FileKind::Text,
        _ => FileKind::Binary,
    }
}

/// Returns the purpose of an XML or binary property list, even if the list contains PEM text. None for other content.
pub(super) fn property_list(bytes: &[u8]) -> Option<FileKind> {
    let is_one = matches!(bytes.first(), Some(b'<')) || bytes.starts_with(b"bplist0");
    is_one.then(|| signed_data::property_list(bytes)).flatten()
}

/// Returns the kind of token that a damaged JSON text was, recognized by the member names that are left.
pub(super) fn begins_as_token(bytes: &[u8]) -> Option<FileKind> {
    let has = |names: &[&str]| names.iter().any(|name| find(bytes, format!("\"{name}\"").as_bytes()).is_some());
    if has(&["consumer_key", "consumer_secret", "access_secret"]) {
        Some(FileKind::DepJson)
    } else if has(&["expDate", "orgName", "token"]) {
        Some(FileKind::VppToken)
    } else {
        None
    }
}

/// True if the bytes are UTF-8 text without control characters other than white space.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .is_ok_and(|text| text.chars().all(|letter| !letter.is_control() || letter.is_ascii_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_content() {
        for (content, kind) in [
            ("", FileKind::Empty),
            ("<!DOCTYPE HTML>\n<html><body>Sign in", FileKind::HtmlPage),
            ("<?xml version=\"1.0\"?><plist><key>PushCertRequestCSR</key></plist>", FileKind::PushRequest),
            ("<?xml version=\"1.0\"?><plist></plist>", FileKind::PropertyList),
            ("<wap-provisioningdoc></wap-provisioningdoc>", FileKind::EnrollmentToken),
            ("<?xml version=\"1.0\"?><a/>", FileKind::OtherXml),
            ("{\"a\":1}", FileKind::OtherJson),
            ("[1, 2]", FileKind::OtherJson),
            ("{\"token\":\"x\",\"expDate\":\"y\",\"orgName\":\"z\"}", FileKind::VppToken),
            ("{\"consumer_key\":\"x\",\"access_token\":\"y\"}", FileKind::DepJson),
            ("-----BEGIN MESSAGE-----\n{\"consumer_key\":1,\"access_token\":2}", FileKind::DepJson),
            ("MIME-Version: 1.0\nContent-Type: application/x-pkcs7-mime; name=x\n\nMIAG", FileKind::DepMessage),
            ("ssh-rsa AAAA me@here", FileKind::PublicKey),
            ("Grüße, {all}", FileKind::Text),
            ("a\u{0}b", FileKind::Binary),
        ] {
            assert_eq!(text(content.as_bytes()), kind, "{content}");
        }
    }

    #[test]
    fn utf_16_is_told_with_and_without_its_mark() {
        let units: Vec<u16> = "-----BEGIN".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert!(is_utf16(&little) && is_utf16(&big) && is_utf16(&[0xff, 0xfe]));
        assert!(!is_utf16(b"-----BEGIN") && !is_utf16(&[0; 32]) && !is_utf16(b""));
    }
}
