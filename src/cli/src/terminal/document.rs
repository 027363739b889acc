//! Serializes a document as JSON that is safe to show in a terminal.

use serde::Serialize;

use lapsewatch_core::sanitize::is_unsafe_in_terminal;

/// Returns the document as indented JSON with a final line break.
///
/// Characters that move a cursor or change the order of letters become `\u` escapes. A JSON parser reads an escape as
/// the same character (RFC 8259, section 7).
///
/// # Errors
/// If the document can't be serialized as JSON.
pub fn json(document: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string_pretty(document)?;
    let mut safe = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // In JSON, characters beyond `~` (not ASCII) occur only in strings, where an escape is valid. All unsafe
        // characters are in the Basic Multilingual Plane, so one escape with four digits suffices.
        if c > '~' && is_unsafe_in_terminal(c) {
            safe.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    safe.push('\n');
    Ok(safe)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_does_something_in_a_terminal_is_an_escape_and_the_same_to_a_program() {
        let text = "\u{1b}[2J\u{9b}2J\u{7f}\u{202e}\u{2066}\u{feff}\u{200b} größer 😀\n";
        let json = json(&[text]).unwrap();
        assert_eq!(serde_json::from_str::<[String; 1]>(&json).unwrap(), [text]);
        assert_eq!(json.lines().count(), 3);
        assert!(json.contains(r"\u001b[2J\u009b2J\u007f\u202e\u2066\ufeff\u200b größer 😀\n"), "{json}");
    }
}
