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
    if !text.contains(is_odd) && !text.contains("##") && !text.trim_start().starts_with("::") {
        return Cow::Borrowed(text);
    }
    let mut text: String = text.chars().map(|c| if is_odd(c) { '?' } else { c }).collect();
    // What the logs of pipelines take for a command: in Azure, TeamCity and formerly GitHub `##name[`, anywhere in a line;
    // in GitHub `::` at its beginning.
    let brackets: Vec<usize> = text.match_indices("##").filter_map(|(at, _)| bracket(&text, at + 2)).collect();
    for at in brackets {
        text.replace_range(at..=at, "(");
    }
    if text.trim_start().starts_with("::") {
        text = text.replacen("::", "?:", 1);
    }
    Cow::Owned(text)
}

/// Where the bracket of `##name[` stands, whose name begins at `begin`.
fn bracket(text: &str, begin: usize) -> Option<usize> {
    let rest = text.get(begin..)?;
    let name = rest.len() - rest.trim_start_matches(|c: char| c == '#' || c.is_ascii_alphanumeric()).len();
    rest.get(name..)?.starts_with('[').then_some(begin + name)
}

/// What moves a cursor, or turns the order of letters.
pub fn is_odd(c: char) -> bool {
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
        assert_eq!(harmless("ä##teamcity[a ## [b] ##c"), "ä##teamcity(a ## [b] ##c");
        assert_eq!(harmless(" ::error::x ::y"), " ?:error::x ::y");
        assert_eq!(plain(&"ä".repeat(400)).chars().count(), 300);
    }
}
