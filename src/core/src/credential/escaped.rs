//! Removes the escapes of JSON, shells and URLs from PEM text: line ends that are written as `\n`, quotation marks
//! around the text or around each line, and percent-encoding.

use zeroize::Zeroizing;

use super::bytes::find;

/// PEM text without escapes.
pub(super) enum PemText<'a> {
    /// The original text, which has no escapes.
    Plain(&'a [u8]),
    /// The text after its escapes were removed.
    Unescaped(Zeroizing<Vec<u8>>),
}

impl PemText<'_> {
    /// Returns the text.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Plain(text) => text,
            Self::Unescaped(text) => text,
        }
    }
}

/// Removes the escapes of a text, if they prevent reading a PEM block.
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
            // PowerShell escapes with a backtick in place of a backslash.
            b'`' if has_escapes => backslash(after),
            b'&' if has_escapes => entity(after),
            b'%' if is_percent => percent(after),
            // Form encoding writes spaces as plus signs. The plus signs of base64 are percent-encoded in a form.
            b'+' if is_percent => (Some(b' '), after),
            byte => (Some(*byte), after),
        };
        plain.extend(decoded);
        rest = next;
    }
    PemText::Unescaped(plain)
}

/// True if the BEGIN line of a block, or the line end after its hyphens, is percent-encoded.
pub(super) fn is_percent_encoded(text: &[u8]) -> bool {
    find(text, b"-----BEGIN%20").is_some()
        || find(text, b"-----BEGIN+").is_some()
        || find(text, b"-----BEGIN ").is_some() && find(text, b"-----%0").is_some()
}

/// Returns the byte that an escape encodes, and the text after the escape. `rest` begins after the first backslash.
/// Several backslashes count as one, because the text may have been escaped more than once.
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
        // The octal escape of a line feed, \012.
        b'0' if after.starts_with(b"12") => (Some(b'\n'), after.get(2..).unwrap_or_default()),
        // A slash, a quotation mark, or the line end after a continuation mark.
        letter => (Some(*letter), after),
    }
}

/// Returns the byte that a numeric character reference of HTML or XML encodes.
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

/// Returns the byte that a number of hexadecimal digits encodes.
fn hex(text: &[u8], digits: usize) -> Option<(u8, &[u8])> {
    let (number, after) = text.split_at_checked(digits)?;
    let number = std::str::from_utf8(number).ok()?;
    Some((u8::try_from(u32::from_str_radix(number, 16).ok()?).ok()?, after))
}

/// True if a line begins with `frame` after a quotation mark, a bracket, or the mark of a quoted e-mail.
fn has_quoted(text: &[u8], frame: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| {
        let line = line.trim_ascii();
        let inner = unquoted(line);
        inner.len() < line.len() && inner.starts_with(frame)
    })
}

/// Returns the line from its first byte that is not a quotation mark, bracket, reply mark or space.
fn unquoted(line: &[u8]) -> &[u8] {
    let begin = line.iter().position(|byte| !matches!(byte, b'"' | b'\'' | b'>' | b'[' | b' ' | b'\t'));
    line.get(begin.unwrap_or(line.len())..).unwrap_or_default()
}

/// Removes the quotation marks of each line, and the operators that join the line to the next line.
fn without_quotes(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    for line in text.split(|byte| *byte == b'\n') {
        let line = unquoted(line.trim_ascii());
        // A plus sign belongs to the base64, unless a quotation mark precedes the plus sign.
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

    /// Returns the text without white space, which PEM ignores.
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
