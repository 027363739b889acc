//! Makes text from outside safe to show on a terminal and in the logs of CI systems.

use std::borrow::Cow;

/// Returns a text from outside in a form that is safe to show: on one line, without characters that move the cursor of
/// a terminal, and at most 300 characters long.
pub fn sanitize_line(text: &str) -> String {
    const MOST: usize = 300;
    let mut text: String = sanitize(text).chars().take(MOST + 1).collect();
    crate::api::limits::cut(&mut text, MOST);
    text
}

/// Returns the text in a form that is safe to show, like [`sanitize_line`] but without a limit for the length.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe_in_terminal) && !text.contains("##") && !text.trim_start().starts_with("::") {
        return Cow::Borrowed(text);
    }
    let mut text: String = text.chars().map(|c| if is_unsafe_in_terminal(c) { '?' } else { c }).collect();
    // CI systems execute commands that appear in logs. Azure Pipelines ("Logging commands"), TeamCity ("Service
    // messages") and older versions of GitHub's runner read `##name[` anywhere in a line. GitHub Actions reads `::` at
    // the beginning of a line ("Workflow commands for GitHub Actions").
    let brackets: Vec<usize> = text.match_indices("##").filter_map(|(at, _)| bracket(&text, at + 2)).collect();
    for at in brackets {
        text.replace_range(at..=at, "(");
    }
    if text.trim_start().starts_with("::") {
        text = text.replacen("::", "?:", 1);
    }
    Cow::Owned(text)
}

/// Returns the position of the bracket of `##name[`, whose name begins at `begin`. None if no bracket follows the name.
fn bracket(text: &str, begin: usize) -> Option<usize> {
    let rest = text.get(begin..)?;
    let name = rest.len() - rest.trim_start_matches(|c: char| c == '#' || c.is_ascii_alphanumeric()).len();
    rest.get(name..)?.starts_with('[').then_some(begin + name)
}

/// True for control characters, characters that change the text direction, invisible characters and noncharacters.
pub fn is_unsafe_in_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_does_something() {
        assert_eq!(sanitize("größer: #mobile-ops [x]"), "größer: #mobile-ops [x]");
        assert_eq!(sanitize("a\u{1b}[2J\r\n\u{202e}b\u{9b}c\u{7f}"), "a?[2J???b?c?");
        assert_eq!(sanitize("##[error]x ##vso[task.setvariable]y ###[z"), "##(error]x ##vso(task.setvariable]y ###(z");
        assert_eq!(sanitize("ä##teamcity[a ## [b] ##c"), "ä##teamcity(a ## [b] ##c");
        assert_eq!(sanitize(" ::error::x ::y"), " ?:error::x ::y");
        assert_eq!(sanitize_line(&"ä".repeat(400)).chars().count(), 300);
    }
}
