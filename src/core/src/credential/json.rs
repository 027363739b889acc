//! Reads the members of a JSON object, which borrow from its text. Unescaped strings are zeroized. Errors contain no
//! text of the parser.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// The maximum nesting depth of brackets.
const MAX_DEPTH: usize = 32;

/// The reason why a text has no members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JsonError {
    /// Brackets nest deeper than the limit.
    TooDeep,
    /// The text is not valid JSON.
    Broken,
    /// The text is the beginning of a JSON document.
    CutOff,
    /// The text is valid JSON, but not an object.
    NotAnObject,
}

/// The reason why a requested member can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberError {
    /// The member is absent, null or empty.
    Missing,
    /// The member is not a string.
    NotText,
    /// The member is present more than once. JSON does not define which value counts (RFC 8259, section 4).
    Twice,
}

/// The members of an object, in the order of the text.
pub(super) struct JsonMembers<'a>(Vec<(Zeroizing<String>, &'a RawValue)>);

impl<'a> JsonMembers<'a> {
    /// Reads the whole text as an object.
    pub(super) fn read(text: &'a [u8]) -> Result<Self, JsonError> {
        if is_too_deep(text) {
            return Err(JsonError::TooDeep);
        }
        let text = std::str::from_utf8(text).map_err(|_| JsonError::Broken)?;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        match deserializer.deserialize_map(ObjectVisitor).and_then(|members| deserializer.end().map(|()| members)) {
            Ok(members) => Ok(members),
            Err(_) if serde_json::from_str::<&RawValue>(text).is_ok_and(|value| !value.get().starts_with('{')) => {
                Err(JsonError::NotAnObject)
            }
            Err(error) if error.is_eof() => Err(JsonError::CutOff),
            Err(_) => Err(JsonError::Broken),
        }
    }

    /// Returns all values, in the order of the text.
    pub(super) fn values(&self) -> impl Iterator<Item = &'a RawValue> {
        self.0.iter().map(|(_, value)| *value)
    }

    /// Counts the given names that are present as members.
    pub(super) fn count(&self, names: &[&str]) -> usize {
        names.iter().filter(|name| self.0.iter().any(|(member, _)| member.as_str() == **name)).count()
    }

    /// Returns a member that is a string and not empty.
    pub(super) fn string(&self, name: &str) -> Result<Zeroizing<String>, MemberError> {
        let mut values = self.0.iter().filter(|(member, _)| member.as_str() == name).map(|(_, value)| value.get());
        let value = values.next().filter(|value| *value != "null").ok_or(MemberError::Missing);
        if values.next().is_some() {
            return Err(MemberError::Twice);
        }
        match unescape(value?) {
            Some(text) if text.trim().is_empty() => Err(MemberError::Missing),
            text => text.ok_or(MemberError::NotText),
        }
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = JsonMembers<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            members.push((unescape(name.get()).unwrap_or_default(), value));
        }
        Ok(JsonMembers(members))
    }
}

/// True if brackets nest deeper than the limit.
pub(super) fn is_too_deep(text: &[u8]) -> bool {
    depth(text) > MAX_DEPTH
}

/// Returns the nesting depth of the brackets outside of strings.
fn depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Returns the text of a JSON string. None for any other value.
pub(super) fn unescape(json: &str) -> Option<Zeroizing<String>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    // The capacity is reserved at once: a string that grows leaves a copy of the secret in freed memory. Unescaped text
    // is never longer.
    let mut text = Zeroizing::new(String::with_capacity(inner.len()));
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        text.push(match letters.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = unit(&mut letters)?;
                if (0xd800..0xdc00).contains(&first) {
                    let second = letters.as_str().strip_prefix("\\u").and_then(|rest| {
                        letters = rest.chars();
                        unit(&mut letters)
                    })?;
                    char::decode_utf16([first, second]).next()?.ok()?
                } else {
                    char::from_u32(u32::from(first))?
                }
            }
            other => other,
        });
    }
    Some(text)
}

/// Reads four hex digits.
fn unit(letters: &mut std::str::Chars<'_>) -> Option<u16> {
    let mut unit = 0_u32;
    for _ in 0..4 {
        unit = unit << 4 | letters.next()?.to_digit(16)?;
    }
    u16::try_from(unit).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn string(text: &str, name: &str) -> Result<String, MemberError> {
        JsonMembers::read(text.as_bytes()).ok().unwrap().string(name).map(|text| text.to_string())
    }

    #[test]
    fn strings_are_unescaped() {
        let text =
            r#"{"a":"\u0047r\u00fc\u00df\/e \ud83d\ude00\n\"x\"","\u0062":"c","n":null,"e":" ","o":{"a":[1,{}]}}"#;
        assert_eq!(string(text, "a").unwrap(), "Grüß/e 😀\n\"x\"");
        assert_eq!(string(text, "b").unwrap(), "c");
        for missing in ["n", "e", "z"] {
            assert_eq!(string(text, missing), Err(MemberError::Missing), "{missing}");
        }
        assert_eq!(string(text, "o"), Err(MemberError::NotText));
        assert_eq!(JsonMembers::read(text.as_bytes()).ok().unwrap().count(&["a", "b", "z"]), 2);
    }

    #[test]
    fn a_member_that_stands_twice_is_refused() {
        for text in [r#"{"a":"1","a":"1"}"#, r#"{"a":"1","b":2,"\u0061":null}"#] {
            assert_eq!(string(text, "a"), Err(MemberError::Twice));
        }
    }

    #[test]
    fn what_is_no_object_is_told() {
        let error = |text: &str| JsonMembers::read(text.as_bytes()).err();
        for cut in ["", "{", "{\"a\":1", "{\"a\":\"b"] {
            assert_eq!(error(cut), Some(JsonError::CutOff), "{cut}");
        }
        for broken in ["[1", "{\"a\":1}x", "{a:1}", "{\"a\":\"\u{1}\"}", "hunter2"] {
            assert_eq!(error(broken), Some(JsonError::Broken), "{broken}");
        }
        assert_eq!(error("[{}]"), Some(JsonError::NotAnObject));
        assert_eq!(JsonMembers::read(b"{\"a\":\"\xff\"}").err(), Some(JsonError::Broken));
        let nested = |depth: usize| format!("{}{}", "{\"a\":".repeat(depth - 1) + "{", "}".repeat(depth));
        assert_eq!(error(&nested(32)), None);
        assert_eq!(error(&nested(33)), Some(JsonError::TooDeep));
        assert_eq!(error(&"[".repeat(200_000)), Some(JsonError::TooDeep));
        assert_eq!(error(&format!("{{\"a\":\"{}\"}}", "[".repeat(99))), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_it_was_written(value in "[^\u{0}-\u{1f}].{0,40}") {
            prop_assume!(!value.trim().is_empty());
            let text = serde_json::json!({ "a": value }).to_string();
            prop_assert_eq!(string(&text, "a").unwrap(), value);
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b'\\'), Just(b'{'), Just(b'}'), Just(b':'), Just(b'u'), any::<u8>()], 0..60)) {
            let _ = JsonMembers::read(&bytes).map(|members| members.string("").is_ok());
        }
    }
}
