//! Takes the escapes of JSON, of shells and of URLs off PEM text: line ends that are written as `\n`, quotation marks
//! around the text or around each line, and percent-encoding.

use zeroize::Zeroizing;

use super::pem::find;

/// PEM text as it was before it was escaped.
pub(super) enum PemText<'a> {
    /// Nothing was escaped.
    Plain(&'a [u8]),
    /// The text without its escapes.
    Unescaped(Zeroizing<Vec<u8>>),
}

impl PemText<'_> {
    /// The text.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Plain(text) => text,
            Self::Unescaped(text) => text,
        }
    }
}

/// The text without its escapes, where any of them stands in the way of a PEM block.
pub(super) fn unescaped(text: &[u8]) -> PemText<'_> {
    let is_percent = is_percent_encoded(text);
    let has_frame = find(text, b"BEGIN ").is_some() || find(text, b"begin ").is_some();
    let has_escapes = has_frame && text.iter().any(|byte| matches!(byte, b'\\' | b'`' | b'&'));
    let has_quoted_lines = has_quoted(text, b"-----BEGIN") && has_quoted(text, b"-----END");
    if !is_percent && !has_escapes && !has_quoted_lines {
        return PemText::Plain(text);
    }
    let lines = has_quoted_lines.then(|| without_quotes(text));
    let text = lines.as_ref().map_or(text, |lines| lines.as_slice());
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        let (decoded, next) = match byte {
            b'\\' if has_escapes => backslash(after),
            // PowerShell's way to write a line end.
            b'`' if has_escapes => backslash(after),
            b'&' if has_escapes => entity(after),
            b'%' if is_percent => percent(after),
            // A form writes spaces as plus signs; base64 has its own plus signs escaped there.
            b'+' if is_percent => (Some(b' '), after),
            byte => (Some(*byte), after),
        };
        plain.extend(decoded);
        rest = next;
    }
    PemText::Unescaped(plain)
}

/// True where the line before a block's body is percent-encoded.
pub(super) fn is_percent_encoded(text: &[u8]) -> bool {
    find(text, b"-----BEGIN%20").is_some()
        || find(text, b"-----BEGIN+").is_some()
        || find(text, b"-----BEGIN ").is_some() && find(text, b"-----%0").is_some()
}

/// The byte that an escape stands for, and what follows. `rest` follows the backslash; several backslashes are one that
/// was escaped again.
fn backslash(rest: &[u8]) -> (Option<u8>, &[u8]) {
    let more = rest.iter().take_while(|byte| **byte == b'\\').count();
    let rest = rest.get(more..).unwrap_or_default();
    let Some((letter, after)) = rest.split_first() else { return (None, rest) };
    match letter {
        b'n' => (Some(b'\n'), after),
        b'r' => (Some(b'\r'), after),
        b't' => (Some(b'\t'), after),
        b'u' => match hex(after, 4) {
            Some((byte, after)) => (Some(byte), after),
            None => (Some(b'u'), after),
        },
        b'x' => match hex(after, 2) {
            Some((byte, after)) => (Some(byte), after),
            None => (Some(b'x'), after),
        },
        // The octal number of a line feed.
        b'0' if after.starts_with(b"12") => (Some(b'\n'), after.get(2..).unwrap_or_default()),
        // A slash, a quotation mark, or the end of a line that goes on in the next one.
        letter => (Some(*letter), after),
    }
}

/// The character that a numeric entity of HTML and XML stands for.
fn entity(rest: &[u8]) -> (Option<u8>, &[u8]) {
    let decoded = || {
        let (number, after) =
            rest.strip_prefix(b"#")?.split_at_checked(rest.iter().position(|byte| *byte == b';')? - 1)?;
        let number = std::str::from_utf8(number).ok()?;
        let value = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u8::from_str_radix(digits, 16),
            None => number.parse(),
        };
        Some((value.ok()?, after.strip_prefix(b";")?))
    };
    decoded().map_or((Some(b'&'), rest), |(byte, after)| (Some(byte), after))
}

fn percent(rest: &[u8]) -> (Option<u8>, &[u8]) {
    hex(rest, 2).map_or((Some(b'%'), rest), |(byte, after)| (Some(byte), after))
}

/// The byte that so many hexadecimal digits write.
fn hex(text: &[u8], digits: usize) -> Option<(u8, &[u8])> {
    let (number, after) = text.split_at_checked(digits)?;
    let number = std::str::from_utf8(number).ok()?;
    Some((u8::try_from(u32::from_str_radix(number, 16).ok()?).ok()?, after))
}

/// True where a line that begins with `frame` is one of a string constant or of a list, or one that a mail quotes.
fn has_quoted(text: &[u8], frame: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| {
        let line = line.trim_ascii();
        let inner = unquoted(line);
        inner.len() < line.len() && inner.starts_with(frame)
    })
}

/// The line from its first byte that is neither a quotation mark nor a space.
fn unquoted(line: &[u8]) -> &[u8] {
    let begin = line.iter().position(|byte| !matches!(byte, b'"' | b'\'' | b'>' | b'[' | b' ' | b'\t'));
    line.get(begin.unwrap_or(line.len())..).unwrap_or_default()
}

/// Each line without the quotation marks, and the signs that join it to the next line.
fn without_quotes(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    for line in text.split(|byte| *byte == b'\n') {
        let line = unquoted(line.trim_ascii());
        // A plus sign belongs to the base64 unless a quotation mark stands before it.
        let end = line.iter().position(|byte| matches!(byte, b'"' | b'\'')).unwrap_or(line.len());
        plain.extend_from_slice(line.get(..end).unwrap_or_default());
        plain.push(b'\n');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = "-----BEGIN CERTIFICATE-----\naGV+bG/v\nbG8=\n-----END CERTIFICATE-----\n";

    /// The text without white space, which PEM does not look at.
    fn read(text: &str) -> String {
        String::from_utf8_lossy(unescaped(text.as_bytes()).bytes()).split_whitespace().collect()
    }

    #[test]
    fn every_escape_is_taken_off() {
        let plain: String = PEM.split_whitespace().collect();
        for escaped in [
            PEM.to_owned(),
            PEM.replace('\n', "\\n"),
            PEM.replace('\n', "\\r\\n"),
            PEM.replace('\n', "\\\\n"),
            PEM.replace('\n', "\\n\n"),
            PEM.replace('\n', "\\\n"),
            PEM.replace('\n', "\\u000a"),
            PEM.replace('\n', "\\x0a"),
            PEM.replace('\n', "\\012"),
            PEM.replace('\n', "`n"),
            PEM.replace('\n', "&#10;"),
            PEM.replace('\n', "&#xD;&#xA;"),
            PEM.replace('\n', "\\n").replace('/', "\\/").replace('=', "\\u003d").replace('+', "\\u002B"),
            PEM.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D").replace(' ', "%20").replace('\n', "%0A"),
            PEM.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D").replace(' ', "+").replace('\n', "%0D%0A"),
            PEM.lines().map(|line| format!("  \"{line}\\n\" +\n")).collect(),
            PEM.lines().map(|line| format!("  '{line}',\n")).collect(),
            PEM.lines().map(|line| format!("> {line}\n")).collect(),
        ] {
            assert_eq!(read(&escaped), plain, "{escaped}");
        }
    }

    #[test]
    fn plain_text_is_left_alone() {
        for text in [PEM, "C:\\push.pem", "100%20", ""] {
            assert!(matches!(unescaped(text.as_bytes()), PemText::Plain(_)), "{text}");
        }
    }
}
