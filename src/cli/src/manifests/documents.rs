//! Splits a file into documents, each with its line. A broken document does not hide the other documents.

use serde::de::IgnoredAny;
use serde_json::Value;
use zeroize::Zeroizing;

use super::bounded::Budget;
use super::plain_scalars::as_kubectl_takes_them;

/// One document of a file.
pub struct YamlDocument<'t> {
    /// The line of the file on which the document's content begins, from 1.
    pub line: usize,
    /// A pair: the line of the file on which the text begins, from 1, and the text that contains the document. The text
    /// may begin before the content, for example with comments.
    pub text: (usize, &'t str),
    /// The parsed content.
    pub value: Value,
}

/// A part of a file that can't be parsed.
pub struct BrokenDocument {
    /// The line of the file on which parsing failed, from 1.
    pub line: usize,
    /// The reason. The text quotes nothing from the file.
    pub why: &'static str,
    /// True if the part seems to contain an object that lapsewatch reads, so the error must not be ignored.
    pub is_meant: bool,
}

/// The parser messages that may be printed. Any other message might quote the file.
const KNOWN: [&str; 20] = [
    "mapping values are not allowed in this context",
    "block sequence entries are not allowed in this context",
    "block mapping entries are not allowed in this context",
    "did not find expected key",
    "did not find expected '-' indicator",
    "did not find expected ',' or '}'",
    "did not find expected ',' or ']'",
    "did not find expected node content",
    "did not find expected alphabetic or numeric character",
    "did not find expected comment or line break",
    "did not find expected <document start>",
    "could not find expected ':'",
    "found character that cannot start any token",
    "found a tab character",
    "found unexpected end of stream",
    "found unknown escape character",
    "found undefined tag handle",
    "unknown anchor",
    "recursion limit exceeded",
    "repetition limit exceeded",
];

/// Reads the documents of a file in YAML or JSON.
pub fn documents(bytes: &[u8]) -> Vec<Result<YamlDocument<'_>, BrokenDocument>> {
    // Some shells, such as Windows PowerShell, write UTF-16. In UTF-16 each ASCII letter has a zero byte beside it.
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0')) else {
        let letters = Zeroizing::new(bytes.iter().copied().filter(|byte| *byte != 0).collect::<Vec<u8>>());
        let is_meant = is_meant(&String::from_utf8_lossy(&letters));
        let good = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), |text| text.len());
        let line = 1 + bytes.iter().take(good).filter(|byte| **byte == b'\n').count();
        return vec![Err(BrokenDocument { line, why: "it is not text in UTF-8", is_meant })];
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let of_json = text.trim_start().starts_with('{').then(|| json(text));
    match of_json {
        Some(found) if found.iter().all(Result::is_ok) => found,
        None => stream(text),
        // A text that is not valid JSON may still be valid YAML, because a YAML flow mapping also begins with a brace.
        // The format with more readable documents is used.
        Some(found) => match stream(text) {
            of_yaml
                if of_yaml.iter().filter(|one| one.is_ok()).count()
                    < found.iter().filter(|one| one.is_ok()).count() =>
            {
                found
            }
            of_yaml => of_yaml,
        },
    }
}

/// Reads the documents of a YAML stream.
fn stream(text: &str) -> Vec<Result<YamlDocument<'_>, BrokenDocument>> {
    let budget = Budget::new();
    let mut all = Vec::new();
    let mut parts = parts(text).into_iter();
    while let Some((line, part)) = parts.next() {
        yaml(line, part, &budget, &mut all);
        if budget.is_spent() {
            // The parts after the limit are not read, so the last error also counts for these parts.
            let is_rest_meant = parts.any(|(_, part)| is_meant(part));
            if let Some(Err(broken)) = all.last_mut() {
                broken.is_meant |= is_rest_meant;
            }
            break;
        }
    }
    all
}

/// Reads consecutive JSON values.
fn json(text: &str) -> Vec<Result<YamlDocument<'_>, BrokenDocument>> {
    let budget = Budget::new();
    let mut all = Vec::new();
    let (mut rest, mut line) = (text, 1);
    loop {
        let spaces = rest.len() - rest.trim_start().len();
        let Some((before, value)) = rest.split_at_checked(spaces).filter(|(_, value)| !value.is_empty()) else {
            return all;
        };
        line += newlines(before);
        let value_and_rest = value;
        let mut parser = serde_json::Deserializer::from_str(value);
        let read = budget.read(&mut parser);
        let length = match &read {
            Ok(_) => parser.into_iter::<IgnoredAny>().byte_offset(),
            Err(_) => end_of_broken(value),
        };
        let (own, after) = value.split_at_checked(length).unwrap_or((value, ""));
        all.push(match read {
            Ok(value) => Ok(YamlDocument { line, text: (line, own), value }),
            Err(error) => Err(BrokenDocument {
                line: line + error.line().saturating_sub(1),
                why: budget.wrong().unwrap_or("it is no JSON"),
                // After the limit the rest of the file is not read, so this error also counts for the rest.
                is_meant: is_meant(if budget.is_spent() { value_and_rest } else { own }),
            }),
        });
        if budget.is_spent() {
            return all;
        }
        line += newlines(own);
        rest = after;
    }
}

/// Finds the end of a value that was refused, so that reading can continue after the value. If the value is valid
/// JSON, only the limit refused it, and the parser finds its end. Otherwise the value ends before the next line that
/// begins with a brace.
fn end_of_broken(text: &str) -> usize {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => values.byte_offset(),
        _ => text.find("\n{").map_or(text.len(), |at| at + 1),
    }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// Divides a stream before each line that begins with the marker `---`, and returns each part with its first line. In
/// YAML a line can begin with this marker only between documents.
fn parts(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut begin, mut begin_line, mut at) = (0, 1, 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let marker =
            line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        if marker && at > begin {
            parts.push((begin_line, text.get(begin..at).unwrap_or_default()));
            (begin, begin_line) = (at, index + 1);
        }
        at += line.len();
    }
    parts.push((begin_line, text.get(begin..).unwrap_or_default()));
    // The text before the first marker may contain only directives, which are not a document.
    parts.retain(|(_, part)| part.lines().any(|line| !is_blank(line) && !line.starts_with('%')));
    parts
}

/// True if a line contains only spaces, a comment or a document marker.
fn is_blank(line: &str) -> bool {
    let line = line.strip_prefix("---").unwrap_or(line).trim();
    line.is_empty() || line.starts_with('#') || line == "..."
}

/// True if the nesting is deeper than in any manifest. Such input makes the parser use excessive time or memory.
fn is_too_deep(part: &str) -> bool {
    const MOST: usize = 10_000;
    let mut open: usize = 0;
    part.lines().any(|line| {
        let steps = line.split([' ', '\t']).take_while(|word| matches!(*word, "" | "-" | "?" | ":"));
        if steps.filter(|word| !word.is_empty()).nth(MOST).is_some() {
            return true;
        }
        line.bytes().any(|byte| {
            match byte {
                b'[' | b'{' => open += 1,
                b']' | b'}' => open = open.saturating_sub(1),
                _ => {}
            }
            open > MOST
        })
    })
}

fn yaml<'t>(begin: usize, part: &'t str, budget: &Budget, all: &mut Vec<Result<YamlDocument<'t>, BrokenDocument>>) {
    let line = begin + part.lines().position(|line| !is_blank(line)).unwrap_or_default();
    // The parser can report an error on a line after the end of the part. Then the last line of the part is
    // reported instead.
    let last = begin + part.lines().count().saturating_sub(1);
    if is_too_deep(part) {
        let why = "it is nested deeper than is read";
        return all.push(Err(BrokenDocument { line, why, is_meant: is_meant(part) }));
    }
    for document in serde_norway::Deserializer::from_str(part) {
        match budget.read(document) {
            Ok(Value::Null) => {}
            Ok(mut value) => {
                as_kubectl_takes_them(&mut value, part);
                all.push(Ok(YamlDocument { line, text: (begin, part), value }));
            }
            Err(error) => {
                let said = error.to_string();
                let known = KNOWN.iter().copied().find(|known| said.contains(known));
                let twice = budget.twice();
                let found = error.location().map(|at| {
                    let twice = twice.and_then(|key| second(part, at.line(), at.column(), &key));
                    (begin + twice.unwrap_or(at.line()).saturating_sub(1)).min(last)
                });
                all.push(Err(BrokenDocument {
                    line: found.unwrap_or(line),
                    why: budget.wrong().or(known).unwrap_or("it is no YAML"),
                    is_meant: is_meant(part),
                }));
                return;
            }
        }
    }
}

/// Finds the line, from 1, of a key's second occurrence in the block that begins at this line and column. None if the
/// mapping is not written as a block.
fn second(text: &str, line: usize, column: usize, key: &str) -> Option<usize> {
    let (first, indent) = (line.checked_sub(1)?, column.checked_sub(1)?);
    let mut seen = 0;
    for (index, content) in text.lines().enumerate().skip(first).filter(|(_, content)| !is_blank(content)) {
        let begin = content.len() - content.trim_start().len();
        // The block may begin after a dash on its first line. A brace begins a flow mapping, which is not a block.
        let (is_left, is_right) = (index > first && begin < indent, index > first && begin > indent);
        let own = content.get(indent..).filter(|own| !is_left && !own.starts_with('{'))?;
        if is_right {
            continue;
        }
        let after = own.strip_prefix(['"', '\'']).unwrap_or(own).strip_prefix(key);
        let after = after.map(|after| after.strip_prefix(['"', '\'']).unwrap_or(after).trim_start());
        seen += usize::from(after.is_some_and(|after| after.starts_with(':')));
        if seen == 2 {
            return Some(index + 1);
        }
    }
    None
}

/// True if the text names an API group or a kind that lapsewatch reads.
pub(super) fn is_meant(text: &str) -> bool {
    text.contains("lapsewatch.dev") || text.lines().any(names_a_kind)
}

fn names_a_kind(line: &str) -> bool {
    line.match_indices("kind").any(|(at, kind)| {
        let rest = line.get(at + kind.len()..).unwrap_or_default();
        let word: String = rest.chars().filter(|c| !matches!(c, '"' | '\'' | ' ' | '\t')).take(20).collect();
        let word = word.strip_prefix(':').unwrap_or_default();
        let word: String = word.chars().take_while(char::is_ascii_alphanumeric).collect();
        matches!(word.as_str(), "Secret" | "TenantCredential" | "MDMTenant")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        documents(text.as_bytes())
            .into_iter()
            .map(|found| found.map_or_else(|broken| broken.line, |d| d.line))
            .collect()
    }

    #[test]
    fn each_document_has_the_line_on_which_its_content_begins() {
        assert_eq!(lines("a: 1\n---\n# note\n\nb: 2\n--- # more\nc: 3\n...\n"), [1, 5, 7]);
        assert_eq!(lines("%YAML 1.2\n---\na: 1\n"), [3]);
        assert_eq!(lines("---\n---\n\n---\r\na: |\n  ---\n  x\n---x: 1\n"), [5]);
        assert_eq!(lines("{\"a\": 1}\n\n{\n\"a\": 2}{}"), [1, 3, 4]);
        assert_eq!(lines("\u{feff}\n--- {a: 1}"), [2]);
        assert_eq!(lines("# nothing\n---\n"), [0; 0]);
    }

    #[test]
    fn what_is_broken_is_told_by_its_line_and_does_not_hide_the_next() {
        let found = documents(b"a: 1\n---\nb: [1\nc: }\n---\nkind: Secret\n\tx: 1\n---\nd: 1\n");
        let told: Vec<_> = found.iter().map(|f| f.as_ref().map(|d| d.line).map_err(|b| (b.line, b.is_meant))).collect();
        assert_eq!(told, [Ok(1), Err((4, false)), Err((7, true)), Ok(9)]);
    }

    #[test]
    fn a_key_that_stands_twice_is_told_by_its_line() {
        let line = |text: &str| documents(text.as_bytes()).into_iter().find_map(Result::err).map(|broken| broken.line);
        assert_eq!(line("a: 1\n---\nb: 1\n\nc:\n  b: 1\nb: 2\nb: 3\n"), Some(7));
        assert_eq!(line("x:\n  a: y\n  b: |\n    a: 1\n   # c\n  ab: 1\n  \"a\" : z\n"), Some(7));
        assert_eq!(line("items:\n- a: 1\n  b: 2\n  a: 3\n"), Some(4));
        // The line of a repeated key in a flow mapping is the line on which the mapping begins.
        assert_eq!(line("x: 1\ny: {a: 1,\n  a: 2}\nz:\n   a: 1\n   a: 1\n"), Some(2));
    }

    #[test]
    fn a_value_of_json_that_is_broken_does_not_hide_the_others() {
        let told = |text: &str| -> Vec<Result<usize, (usize, &'static str)>> {
            let found = documents(text.as_bytes()).into_iter();
            found.map(|one| one.map(|found| found.line).map_err(|broken| (broken.line, broken.why))).collect()
        };
        let twice = "one mapping has the same key twice";
        assert_eq!(told("{\"a\": 1,\n\"a\": 2}\n{\"b\": 1}"), [Err((2, twice)), Ok(3)]);
        assert_eq!(told("{\"a\": 1}\n{\"b\": 1,\n \"c\" }\n{\n\"d\": 1}"), [Ok(1), Err((3, "it is no JSON")), Ok(4)]);
        assert_eq!(told("{\"a\" 1}\n{\"b\": 1}\n{"), [Err((1, "it is no JSON")), Ok(2), Err((3, "it is no JSON"))]);
        // These inputs are valid YAML and not valid JSON.
        assert_eq!(told("{\"a\": 1,}"), [Ok(1)]);
        assert_eq!(told("{a: 1}\n---\n{\"b\": 1}\n"), [Ok(1), Ok(3)]);
    }

    #[test]
    fn what_yaml_offers_is_understood_as_kubectl_does() {
        let found =
            documents(b"base: &b {x: 1, y: [2]}\nown: {<<: *b, x: 3}\ntag: !mine {z: 4}\ndate: 2030-01-01\n1: one\n");
        let value = &found[0].as_ref().map(|d| d.value.clone()).unwrap_or_default();
        assert_eq!(value["own"], serde_json::json!({"x": 3, "y": [2]}));
        assert_eq!((&value["tag"]["z"], &value["date"], &value["1"]), (&4.into(), &"2030-01-01".into(), &"one".into()));
        let surrogates = documents(br#"{"a": "\ud83d\ude00"}"#);
        assert_eq!(surrogates[0].as_ref().map(|d| d.value["a"].clone()).unwrap_or_default(), "\u{1f600}");
    }

    #[test]
    fn kinds_are_found_in_text_that_cannot_be_parsed() {
        for text in
            ["kind: Secret", "- kind:  'TenantCredential' # x", "{\"kind\": \"Secret\"}", "a: lapsewatch.dev/v1"]
        {
            assert!(is_meant(text), "{text}");
        }
        for text in ["kind: SecretStore", "kind: SealedSecret", "kindly: Secret", "Secret"] {
            assert!(!is_meant(text), "{text}");
        }
    }
}
