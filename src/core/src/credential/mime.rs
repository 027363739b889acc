//! Reads the MIME headers (RFC 2045) before an S/MIME message and before its decrypted content.

use super::bytes::find;

/// The content that the headers announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A PKCS#7 message, in base64 or binary.
    Pkcs7,
    /// Plain text.
    Plain,
}

/// Header fields, each joined with its continuation lines.
pub(super) struct Headers(Vec<Vec<u8>>);

impl Headers {
    /// Splits the text into the header fields at its beginning and the rest. None if there is no field.
    pub(super) fn read(text: &[u8]) -> Option<(Self, &[u8])> {
        let mut rest = text;
        let mut fields: Vec<Vec<u8>> = Vec::new();
        loop {
            let (line, after) = match find(rest, b"\n") {
                Some(at) => (rest.get(..at)?, rest.get(at + 1..)?),
                None => (rest, &[][..]),
            };
            let is_folded = matches!(line.first(), Some(b' ' | b'\t')) && !line.trim_ascii().is_empty();
            match fields.last_mut() {
                Some(field) if is_folded => field.extend_from_slice(line),
                _ if is_field(line) => fields.push(line.to_vec()),
                None => return None,
                _ if line.trim_ascii().is_empty() => {
                    rest = after;
                    break;
                }
                // Some tools remove the blank line after the headers.
                _ => break,
            }
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        Some((Self(fields), rest))
    }

    /// Returns the value of a field in lowercase, without its parameters.
    pub(super) fn value(&self, name: &str) -> Option<Vec<u8>> {
        let field = self.field(name)?.to_ascii_lowercase();
        Some(field.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_vec())
    }

    /// Returns a parameter of a field, without its quotation marks.
    pub(super) fn parameter(&self, name: &str, parameter: &str) -> Option<Vec<u8>> {
        let field = self.field(name)?;
        let mut parameters = field.split(|byte| *byte == b';').skip(1);
        parameters.find_map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            let (key, value) = pair.split_at_checked(at)?;
            let value = value.get(1..)?.trim_ascii();
            let is_asked = key.trim_ascii().eq_ignore_ascii_case(parameter.as_bytes());
            is_asked.then(|| value.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(value).to_vec())
        })
    }

    /// True if the fields describe a body, and not only the transport of a message.
    pub(super) fn is_of_a_part(&self) -> bool {
        ["content-type", "content-transfer-encoding", "content-disposition"]
            .iter()
            .any(|name| self.field(name).is_some())
    }

    fn field(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find_map(|field| {
            let (own, value) = field.split_at_checked(name.len())?;
            own.eq_ignore_ascii_case(name.as_bytes()).then(|| value.trim_ascii_start().strip_prefix(b":")).flatten()
        })
    }
}

/// Removes the headers and returns the announced content with its body. None if the headers announce any other content,
/// or quoted-printable encoding.
pub(super) fn split(text: &[u8]) -> Option<(Content, &[u8])> {
    let (headers, rest) = Headers::read(text)?;
    if headers.value("content-transfer-encoding").as_deref() == Some(b"quoted-printable") {
        return None;
    }
    let content = match headers.value("content-type")?.as_slice() {
        b"application/pkcs7-mime" | b"application/x-pkcs7-mime" => Content::Pkcs7,
        b"text/plain" => Content::Plain,
        _ => return None,
    };
    Some((content, rest))
}

/// True if a line begins a header field.
fn is_field(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    name.len() < line.len()
        && matches!(name.len(), 1..=64)
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_any_case_folded_and_ended_in_any_way() {
        for text in [
            "Content-Type: application/pkcs7-mime; name=x\n\nbody",
            "content-type:APPLICATION/X-PKCS7-MIME\r\n\r\nbody",
            "MIME-Version: 1.0\r\nCONTENT-TYPE:\r\n  application/pkcs7-mime;\r\n\tsmime-type=enveloped-data\r\n\r\nbody",
            "Content-Disposition: attachment; filename=\"x.p7m\"\nContent-Type: application/pkcs7-mime\nbody",
        ] {
            assert_eq!(split(text.as_bytes()), Some((Content::Pkcs7, &b"body"[..])), "{text}");
        }
        let plain = "Content-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{\"a\":1}";
        assert_eq!(split(plain.as_bytes()), Some((Content::Plain, &b"{\"a\":1}"[..])));
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in
            ["", "\n", "Content-Type: text/html\n\n<html>", "{\"a\":1}", "Subject: x\n\nbody", "a: b", ": b", "  a: b"]
        {
            assert_eq!(split(text.as_bytes()), None, "{text}");
        }
    }
}
