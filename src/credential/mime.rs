//! The text headers before an S/MIME message and before what was in it.

use super::pem::find;

/// What the headers say that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A message of PKCS#7, in base64 or as it is.
    Pkcs7,
    /// Text.
    Plain,
}

/// Takes the headers off, where the text begins with headers that announce either of these.
pub(super) fn split(text: &[u8]) -> Option<(Content, &[u8])> {
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
            _ if line.trim_ascii().is_empty() => {
                rest = after;
                break;
            }
            // Some take the blank line out.
            _ => break,
        }
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    fields.iter().find_map(|field| content(field)).map(|content| (content, rest))
}

/// Whether a line is the first of a header field.
fn is_field(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    name.len() < line.len()
        && matches!(name.len(), 1..=64)
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// What a field says of the content, where it is the one that does.
fn content(field: &[u8]) -> Option<Content> {
    let field = field.to_ascii_lowercase();
    let value = field.strip_prefix(b"content-type:")?;
    let value = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    match value {
        b"application/pkcs7-mime" | b"application/x-pkcs7-mime" => Some(Content::Pkcs7),
        b"text/plain" => Some(Content::Plain),
        _ => None,
    }
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
