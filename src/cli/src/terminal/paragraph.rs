//! Running text.

use std::io::{self, Write};

use super::width;
use lapsewatch_core::sanitize::plain;

/// The columns that a line may take.
pub const WIDTH: usize = 100;

/// A text in lines that fit, indented; nothing for an empty one.
///
/// # Errors
/// When it can't be written.
pub fn paragraph(label: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    for (index, line) in wrapped(&format!("{label}{text}")).iter().enumerate() {
        writeln!(out, "{}{line}", if index == 0 { "    " } else { "      " })?;
    }
    Ok(())
}

fn wrapped(text: &str) -> Vec<String> {
    const INDENT: usize = 6;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace().map(plain) {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(&word) <= WIDTH - INDENT => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}
