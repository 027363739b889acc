//! Wraps and indents running text.

use std::io::{self, Write};

use super::width;
use lapsewatch_core::sanitize::sanitize_line;

/// The maximum width of a line, in columns.
pub const WIDTH: usize = 100;

/// Writes a label and a text in indented lines of at most [`WIDTH`] columns. Writes nothing if the text is empty.
///
/// # Errors
/// If the text can't be written.
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
    for word in text.split_whitespace().map(sanitize_line) {
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
