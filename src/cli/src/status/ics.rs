//! Writes the iCalendar format: lines of at most 75 bytes that end in CRLF (RFC 5545, section 3.1), and text with
//! escaped separators (section 3.3.11).
//!
//! No crate is used. The crates for this format put the current time and random numbers into alarms, so the output
//! would differ each time.

use chrono::{DateTime, TimeDelta, Utc};

/// The maximum length of a line, in bytes without the line break (RFC 5545, section 3.1).
const LINE: usize = 75;

/// A calendar that is being written.
#[derive(Default)]
pub struct Ics {
    text: String,
}

impl Ics {
    /// Writes a component: BEGIN, the output of `inner`, and END.
    pub fn component(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.raw("BEGIN", name);
        inner(self);
        self.raw("END", name);
    }

    /// Writes a property whose value contains none of the characters that must be escaped.
    pub fn raw(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{value}"));
    }

    /// Writes a property whose value is text.
    pub fn text(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{}", escaped(value)));
    }

    /// Writes a property whose value is a time in UTC.
    pub fn time(&mut self, name: &str, time: DateTime<Utc>) {
        self.raw(name, &time.format("%Y%m%dT%H%M%SZ").to_string());
    }

    /// Writes a property whose value is a duration before the start of the event, in whole days.
    pub fn before(&mut self, name: &str, before: TimeDelta) {
        self.raw(name, &format!("-P{}D", before.num_days()));
    }

    /// Returns the complete text.
    pub fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) {
        let mut length = 0;
        for c in line.chars() {
            if length + c.len_utf8() > LINE {
                self.text.push_str("\r\n ");
                length = 1;
            }
            self.text.push(c);
            length += c.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}

/// Escapes a text value. Line breaks are kept as `\n`. Other control characters, and characters that change the
/// direction of the text, are replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}') => {
                escaped.push('?');
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary_line(value: &str) -> String {
        let mut ics = Ics::default();
        ics.text("SUMMARY", value);
        ics.finish()
    }

    #[test]
    fn what_separates_is_escaped_and_nothing_moves_a_cursor() {
        assert_eq!(summary_line("a;b,c\\d\ne:f"), "SUMMARY:a\\;b\\,c\\\\d\\ne:f\r\n");
        assert_eq!(summary_line("a\r\nEND:VEVENT\u{1b}[2J\u{202e}"), "SUMMARY:a?\\nEND:VEVENT?[2J?\r\n");
    }

    #[test]
    fn no_line_is_longer_than_75_bytes_and_no_character_is_cut() {
        for value in ["x".repeat(67), "x".repeat(68), "ä".repeat(400), "🔑".repeat(99), format!("x{}", "€".repeat(80))]
        {
            let text = summary_line(&value);
            let lines: Vec<&str> = text.strip_suffix("\r\n").unwrap().split("\r\n").collect();
            assert!(lines.iter().all(|line| line.len() <= LINE), "{text}");
            assert!(lines.iter().skip(1).all(|line| line.starts_with(' ')), "{text}");
            assert_eq!(text.replace("\r\n ", ""), format!("SUMMARY:{value}\r\n"));
        }
        assert_eq!(summary_line(&"x".repeat(67)).len(), 77, "what just fits is one line");
    }
}
