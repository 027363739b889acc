//! Reads e-mails (RFC 5322, RFC 2045 and RFC 2046): the decoded bodies of all parts, at any depth, and the bodies of
//! messages that were forwarded inside a text.

use zeroize::Zeroizing;

use super::base64_text;
use super::mime::Headers;

/// The maximum number of MIME boundaries that are read from one text. Each line is compared with all of them.
const MAX_BOUNDARIES: usize = 64;

/// The encoding of a body (RFC 2045, section 6).
#[derive(Clone, Copy, PartialEq, Eq)]
enum TransferEncoding {
    Base64,
    QuotedPrintable,
    Identity,
}

/// Returns the decoded bodies of all parts, in their order. Empty if no part of the text has the headers of a body.
pub(super) fn bodies(text: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let (mut bodies, mut boundaries) = (Vec::new(), Vec::new());
    let mut rest = text;
    while !rest.is_empty() {
        let Some((headers, after)) = Headers::read(rest) else {
            rest = line(rest).1;
            continue;
        };
        rest = after;
        let boundary = headers.parameter("content-type", "boundary");
        boundaries.extend(boundary.filter(|boundary| !boundary.is_empty() && boundaries.len() < MAX_BOUNDARIES));
        let content = headers.value("content-type").unwrap_or_default();
        // The parts of these media types have headers of their own, which the next round of the loop reads.
        let is_nested = content.starts_with(b"multipart/") || content.starts_with(b"message/");
        if !headers.is_of_a_part() || is_nested {
            continue;
        }
        let encoding = match headers.value("content-transfer-encoding").as_deref() {
            Some(b"base64") => TransferEncoding::Base64,
            Some(b"quoted-printable") => TransferEncoding::QuotedPrintable,
            _ => TransferEncoding::Identity,
        };
        let (body, next) = body(rest, encoding, &boundaries);
        rest = next;
        bodies.push(match encoding {
            TransferEncoding::Base64 => base64_text::decode_prefix(body).0,
            TransferEncoding::QuotedPrintable => unquoted(body),
            TransferEncoding::Identity => Zeroizing::new(body.to_vec()),
        });
    }
    bodies
}

/// Splits the text into the body at its beginning and the rest. The body ends at a boundary. Base64 also ends before
/// other text, since a forwarded message may have a signature and no boundary.
fn body<'a>(text: &'a [u8], encoding: TransferEncoding, boundaries: &[Vec<u8>]) -> (&'a [u8], &'a [u8]) {
    let (mut rest, mut has_content) = (text, false);
    while !rest.is_empty() {
        let (this, after) = line(rest);
        let mark = this.strip_prefix(b"--");
        let is_boundary = mark.is_some_and(|mark| boundaries.iter().any(|boundary| mark.starts_with(boundary)));
        let this = this.trim_ascii();
        let is_over = encoding == TransferEncoding::Base64
            && (mark.is_some() || this.is_empty() && has_content || !base64_text::is_line(this));
        if is_boundary || is_over {
            break;
        }
        has_content |= !this.is_empty();
        rest = after;
    }
    text.split_at_checked(text.len() - rest.len()).unwrap_or((text, &[]))
}

/// Splits the text into its first line, without the line end, and the rest.
fn line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
    (text.get(..end).unwrap_or_default(), text.get(end + 1..).unwrap_or_default())
}

/// Decodes quoted-printable text (RFC 2045, section 6.7). Text that is not encoded stays unchanged.
fn unquoted(text: &[u8]) -> Zeroizing<Vec<u8>> {
    // The capacity is reserved at once: a vector that grows leaves a copy of the secret in freed memory. Decoded text
    // is never longer.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'=' {
            bytes.push(*first);
            continue;
        }
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        match after {
            [high, low, next @ ..] if digit(high).is_some() && digit(low).is_some() => {
                let byte = digit(high).zip(digit(low)).map(|(high, low)| high << 4 | low);
                bytes.extend(byte.and_then(|byte| u8::try_from(byte).ok()));
                rest = next;
            }
            // A soft line break: the line continues, and white space may precede the line end.
            after if line(after).0.trim_ascii().is_empty() => rest = line(after).1,
            _ => bytes.push(b'='),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        bodies(text.as_bytes()).iter().map(|body| String::from_utf8_lossy(body).into_owned()).collect()
    }

    #[test]
    fn all_parts_are_found_at_any_depth() {
        let text = "From: a@b\r\nContent-Type: multipart/mixed;\r\n boundary=\"=_1\"\r\n\r\npreamble\r\n--=_1\r\nContent-Type: multipart/alternative; boundary=2\r\n\r\n--2\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db=\r\nc\r\n--2--\r\n--=_1\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=\r\n\r\n-- \r\nBob\r\n--=_1--\r\nafter";
        assert_eq!(read(text), ["a=bc\r\n", "hello"]);
    }

    #[test]
    fn what_follows_base64_is_left_away() {
        let text = "Hi,\n\nContent-Transfer-Encoding: base64\n\naGVs\nbG8=\nRegards, Bob\n";
        assert_eq!(read(text), ["hello"]);
        assert!(read("a: b\nc: d\n\ne").is_empty());
        assert!(read("").is_empty());
    }

    #[test]
    fn what_is_not_quoted_printable_stays() {
        assert_eq!(unquoted(b"a=zz=\nb=4").as_slice(), b"a=zzb=4");
    }
}
