//! A document in JSON that may be shown in a terminal.

use serde::Serialize;

use lapsewatch_core::sanitize::is_odd;

/// Writes it, with a line break at its end. What moves a cursor or turns the order of letters stands as an escape, which
/// to a program is the same.
///
/// # Errors
/// When it can't be told in JSON.
pub fn json(document: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string_pretty(document)?;
    let mut safe = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // Beyond ASCII all of it is in texts; what is odd there is in the basic plane.
        if c > '~' && is_odd(c) {
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
