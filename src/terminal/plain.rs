//! Text from elsewhere, made fit to be shown.

use std::borrow::Cow;

/// A name or text of the input as it may be shown: on one line, without what moves a terminal's cursor, and not long.
pub fn plain(text: &str) -> String {
    const MOST: usize = 300;
    let mut text: String = harmless(text).chars().take(MOST + 1).collect();
    crate::api::limits::cut(&mut text, MOST);
    text
}

/// As [`plain`], but of any length.
pub fn harmless(text: &str) -> Cow<'_, str> {
    // What the logs of GitHub and Azure take for a command, wherever it stands in a line.
    const COMMANDS: [&str; 2] = ["##[", "##vso["];
    if !text.contains(is_odd) && !COMMANDS.iter().any(|command| text.contains(command)) {
        return Cow::Borrowed(text);
    }
    let text: String = text.chars().map(|c| if is_odd(c) { '?' } else { c }).collect();
    Cow::Owned(text.replace("##[", "##(").replace("##vso[", "##vso("))
}

fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_does_something() {
        assert_eq!(harmless("größer: #mobile-ops [x]"), "größer: #mobile-ops [x]");
        assert_eq!(harmless("a\u{1b}[2J\r\n\u{202e}b\u{9b}c\u{7f}"), "a?[2J???b?c?");
        assert_eq!(harmless("##[error]x ##vso[task.setvariable]y ###[z"), "##(error]x ##vso(task.setvariable]y ###(z");
        assert_eq!(plain(&"ä".repeat(400)).chars().count(), 300);
    }
}
