//! Finds credentials inside a JSON document of another program, such as the body of a request to an MDM: strings and
//! objects that may be a credential.

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::json::{self, JsonMembers};
use super::token;

/// JSON strings of at most this length in bytes, with quotation marks, are too short for a credential.
const MIN_TEXT: usize = 32;

/// Returns the strings and the tokens inside a document, at any depth. None if the text is not a JSON document, or is a
/// token itself.
pub(super) fn inner(text: &[u8]) -> Option<Vec<Zeroizing<Vec<u8>>>> {
    if json::is_too_deep(text) || token::is_object(text) {
        return None;
    }
    let document: &RawValue = serde_json::from_slice(text).ok()?;
    let mut found = Vec::new();
    collect(document, &mut found);
    Some(found)
}

fn collect(value: &RawValue, found: &mut Vec<Zeroizing<Vec<u8>>>) {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'{') if token::is_object(text.as_bytes()) => found.push(Zeroizing::new(text.as_bytes().to_vec())),
        Some(b'{') => {
            let Ok(members) = JsonMembers::read(text.as_bytes()) else { return };
            members.values().for_each(|value| collect(value, found));
        }
        Some(b'[') => {
            let values: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
            values.into_iter().for_each(|value| collect(value, found));
        }
        Some(b'"') if text.len() > MIN_TEXT => {
            let inner = json::unescape(text);
            found.extend(inner.map(|inner| Zeroizing::new(inner.as_bytes().to_vec())));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Option<Vec<String>> {
        Some(inner(text.as_bytes())?.iter().map(|text| String::from_utf8(text.to_vec()).unwrap()).collect())
    }

    #[test]
    fn texts_and_tokens_are_found_at_any_depth() {
        let long = "x".repeat(40);
        let token = format!("{{\"token\":\"{long}\",\"expDate\":\"y\"}}");
        let text = format!("{{\"a\":[{{\"b\":\"{long}\",\"c\":\"short\"}}],\"d\":{{\"e\":{token}}},\"f\":1}}");
        assert_eq!(read(&text).unwrap(), [long.clone(), token.clone()]);
        assert_eq!(read(&format!("\"{{\\\"a\\\":\\\"{long}\\\"}}\"")).unwrap(), [format!("{{\"a\":\"{long}\"}}")]);
        assert_eq!(read(&format!("[{token}]")).unwrap(), std::slice::from_ref(&token));
        assert!(read("[1, null]").unwrap().is_empty());
        for text in ["", "x", "{", token.as_str(), "[".repeat(40).as_str()] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
