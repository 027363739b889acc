//! Removes the layers that people and their tools put around a credential: quotation marks, a label, a JSON document,
//! rich text, typographic characters and other text. Each function removes one layer.

use zeroize::Zeroizing;

use super::base64_text;
use super::breakage::Wrapping;
use super::bytes::find;
use super::json::unescape;
use super::json_texts;
use super::rich_text;
use super::typography;

/// The minimum number of characters of base64 that can contain a credential.
const MIN_BASE64: usize = 64;
/// The maximum number of characters of a label.
const MAX_LABEL: usize = 64;

/// A layer, and the texts inside the layer.
pub(super) type Unwrapped = (Wrapping, Vec<Zeroizing<Vec<u8>>>);

/// Returns the layers that may be around a text, the most likely first. Each layer is an alternative to the others.
pub(super) fn layers(bytes: &[u8]) -> Vec<Unwrapped> {
    if let Some(inner) = json_texts::inner(bytes) {
        return if inner.is_empty() { Vec::new() } else { vec![(Wrapping::Json, inner)] };
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Zeroizing::new(text.to_owned()),
        // Windows editors save typographic characters as one byte each (Windows-1252).
        Err(_) if bytes.iter().all(|byte| *byte >= b' ' || byte.is_ascii_whitespace()) => {
            Zeroizing::new(bytes.iter().map(|byte| rich_text::windows(*byte)).collect::<String>())
        }
        Err(_) => return Vec::new(),
    };
    let one = |text: &str| vec![Zeroizing::new(text.as_bytes().to_vec())];
    if let Some(plain) = rich_text::text_of_rtf(&text) {
        return vec![(Wrapping::RichText, one(&plain))];
    }
    let mut layers = Vec::new();
    layers.extend(typography::straightened(&text).map(|plain| (Wrapping::Typography, one(&plain))));
    layers.extend(double_quoted(&text).map(|plain| (Wrapping::Typography, one(&plain))));
    layers.extend(unquoted(&text).map(|inner| (Wrapping::Quotes, one(inner))));
    layers.extend(escaped(&text).map(|inner| (Wrapping::Escapes, one(&inner))));
    layers.extend(unreplied(&text).map(|inner| (Wrapping::Reply, one(&inner))));
    layers.extend(object(&text).map(|inner| (Wrapping::OtherText, one(inner))));
    layers.push((Wrapping::Label, labeled(&text)));
    layers.push((Wrapping::OtherText, base64_blocks(&text)));
    layers.push((Wrapping::OtherText, base64_words(&text)));
    layers.retain(|(_, inner)| !inner.is_empty());
    layers
}

/// Replaces single with double quotation marks, if the text has only single ones, as in an object that Python prints.
fn double_quoted(text: &str) -> Option<Zeroizing<String>> {
    let is_single = text.starts_with('{') && text.contains('\'') && !text.contains('"');
    is_single.then(|| Zeroizing::new(text.replace('\'', "\"")))
}

/// Returns the text inside quotation marks. Unpaired quotation marks are removed only around one line without braces,
/// such as base64.
fn unquoted(text: &str) -> Option<&str> {
    typography::unquoted(text).or_else(|| typography::bare(text).filter(|inner| !inner.contains(['{', '"', '\n'])))
}

/// True if an e-mail reply quotes a decrypted server token, with `>` before its lines.
pub(super) fn is_quoted_message(text: &[u8]) -> bool {
    let mark = |mark: &[u8]| find(text, mark).is_some();
    mark(b"\n> -----BEGIN MESSAGE")
        || mark(b"\n>-----BEGIN MESSAGE")
        || text.starts_with(b">") && mark(b"BEGIN MESSAGE")
}

/// Removes the escapes of a JSON string that lacks its quotation marks.
fn escaped(text: &str) -> Option<Zeroizing<String>> {
    let text = text.contains("\\\"").then(|| Zeroizing::new(format!("\"{text}\"")))?;
    unescape(&text)
}

/// Removes the `>` before each line that an e-mail reply quotes.
fn unreplied(text: &str) -> Option<Zeroizing<String>> {
    text.lines().filter(|line| line.starts_with('>')).nth(1)?;
    // The capacity is reserved at once: a string that grows leaves a copy of the secret in freed memory.
    let mut bare = Zeroizing::new(String::with_capacity(text.len() + 1));
    for line in text.lines() {
        bare.push_str(line.trim_start_matches(['>', ' ']));
        bare.push('\n');
    }
    Some(bare)
}

/// Returns the JSON object in a text, from the first brace to the last.
fn object(text: &str) -> Option<&str> {
    let object = text.get(text.find('{')?..=text.rfind('}')?)?;
    (object.len() < text.len()).then_some(object)
}

/// Returns the texts after labels: `key: text`, `KEY=text`, `Bearer text`, and the lines below a label without text.
fn labeled(text: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let mut texts: Vec<&str> = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let here = at;
        at += line.len();
        let value = label(line.trim());
        if value.is_some() || line.trim().is_empty() {
            texts.extend(start.take().and_then(|start| text.get(start..here)));
        }
        if let Some(value) = value {
            let is_above = value.is_empty() || matches!(value, "|" | ">" | "|-" | ">-" | "|+" | ">+");
            start = if is_above { Some(at) } else { line.rfind(value).map(|offset| here + offset) };
        }
    }
    texts.extend(start.and_then(|start| text.get(start..)));
    let texts = texts.into_iter().map(str::trim).filter(|text| text.len() >= MIN_BASE64);
    texts.map(|text| Zeroizing::new(text.as_bytes().to_vec())).collect()
}

/// Returns the text after the label of a line. None if the line has no label.
fn label(line: &str) -> Option<&str> {
    let scheme = |text: &'static str| {
        move |line: &str| -> Option<usize> {
            let (first, rest) = line.split_at_checked(text.len())?;
            let is_scheme = rest.starts_with([' ', '\t']) && !rest.trim_start().starts_with([':', '=']);
            (first.eq_ignore_ascii_case(text) && is_scheme).then_some(text.len())
        }
    };
    let unschemed = |value: &str| ["Bearer", "Basic", "Token"].iter().find_map(|name| scheme(name)(value));
    if let Some(end) = unschemed(line) {
        return line.get(end..).map(str::trim);
    }
    // PowerShell writes this prefix before an environment variable.
    let line = line.strip_prefix("$env:").unwrap_or(line);
    let at = line.find([':', '='])?;
    let (name, value) = line.split_at_checked(at)?;
    let value = value.get(1..)?.trim();
    let is_name = (1..=MAX_LABEL).contains(&name.len())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || " -_.$\"'".contains(letter));
    // Base64 that ends in padding is not a label.
    if !is_name
        || !value.is_empty() && value.bytes().all(|byte| byte == b'=')
        || value.is_empty() && line.ends_with('=')
    {
        return None;
    }
    let value = unschemed(value).and_then(|end| value.get(end..)).unwrap_or(value);
    Some(value.trim())
}

/// Returns the blocks of consecutive lines that consist only of base64. A line that ends in padding is the last line of
/// its block.
fn base64_blocks(text: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let mut blocks = Vec::new();
    let (mut start, mut end) = (None, 0);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let here = at;
        at += line.len();
        let line = line.trim();
        let is_base64 = !line.is_empty() && base64_text::is_line(line.as_bytes());
        if is_base64 {
            start = start.or(Some(here));
            end = at;
        }
        if !is_base64 || line.ends_with('=') || at == text.len() {
            let block = start.take().and_then(|start| text.get(start..end));
            // A block that is the whole text is not inside other text.
            let block = block.filter(|block| block.len() >= MIN_BASE64 && block.trim().len() < text.trim().len());
            blocks.extend(block.map(|block| Zeroizing::new(block.as_bytes().to_vec())));
        }
    }
    blocks
}

/// Returns the words that consist only of base64, such as in a table or an address.
fn base64_words(text: &str) -> Vec<Zeroizing<Vec<u8>>> {
    // An equals sign ends a word: it may separate a name from a value, and decoding needs no padding.
    let is_outside = |letter: char| letter == '=' || !letter.is_ascii() || !base64_text::is_line(&[letter as u8]);
    let words = text.split(is_outside);
    let words = words.filter(|word| word.len() >= MIN_BASE64 && word.len() < text.trim().trim_matches('=').len());
    words.map(|word| Zeroizing::new(word.as_bytes().to_vec())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: Vec<Zeroizing<Vec<u8>>>) -> Vec<String> {
        texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    }

    #[test]
    fn labels_are_left_away() {
        let token = "eyJ0".repeat(20) + "==";
        for text in [
            format!("sToken: {token}"),
            format!("VPP_TOKEN={token}"),
            format!("export VPP_TOKEN={token}"),
            format!("$env:VPP = {token}"),
            format!("Bearer {token}"),
            format!("authorization: bearer {token}"),
            format!("token = {token}"),
            format!("name: x\nsToken: {token}\nother: y"),
        ] {
            assert_eq!(read(labeled(&text)), [token.as_str()], "{text}");
        }
        let (head, tail) = token.split_at(64);
        assert_eq!(read(labeled(&format!("sToken: |\n  {head}\n  {tail}\nz: 1"))), [format!("{head}\n  {tail}")]);
        assert_eq!(read(labeled(&format!("sToken: {head}\n  {tail}\n\nmore"))), [format!("{head}\n  {tail}")]);
        assert!(labeled("a: b\nc=d\n").is_empty());
        assert_eq!(label("abcd=="), None);
        assert_eq!(label("abcd="), None);
    }

    #[test]
    fn blocks_of_base64_are_found_in_other_text() {
        let line = "QUJD".repeat(20);
        let block = format!("{line}\n{line}==");
        let text = format!("Hi, here is the token:\n\n{block}\n\nRegards, Bob\n{line}\n");
        let found: Vec<String> = read(base64_blocks(&text)).iter().map(|block| block.trim().to_owned()).collect();
        assert_eq!(found, [block.as_str(), line.as_str()]);
        assert!(base64_blocks(&block).is_empty());
        let found = read(base64_words(&format!("name,token\nAcme,\"{line}==\"\nhttps://a/?t={line}%3D%3D\n")));
        assert_eq!(found, [line.as_str(), line.as_str()]);
        assert!(base64_words(&format!("{line}==\n")).is_empty());
    }

    #[test]
    fn each_layer_is_named() {
        let first = |text: &str| layers(text.as_bytes()).first().map(|(wrapping, _)| *wrapping);
        assert_eq!(first("{\"a\":{\"b\":1}}"), None);
        assert_eq!(first("{\\rtf1 a}"), Some(Wrapping::RichText));
        assert_eq!(first("“a”"), Some(Wrapping::Typography));
        assert_eq!(first("'a'"), Some(Wrapping::Quotes));
        assert_eq!(first("a \\\"b\\\""), Some(Wrapping::Escapes));
        assert_eq!(first("> a\n> b"), Some(Wrapping::Reply));
        assert_eq!(first("see {\"a\":1} there"), Some(Wrapping::OtherText));
        assert_eq!(layers(b"{\x93a\x94:1}").first().map(|(wrapping, _)| *wrapping), Some(Wrapping::Typography));
        assert_eq!(first("plain"), None);
    }
}
