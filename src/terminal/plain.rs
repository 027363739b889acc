//! Text from elsewhere, made fit to be shown.

/// A name or text of the input as it may be shown: on one line, without what moves a terminal's cursor, and not long.
pub fn plain(text: &str) -> String {
    const MOST: usize = 300;
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut text: String = text.chars().take(MOST + 1).map(|c| if is_odd(c) { '?' } else { c }).collect();
    crate::api::limits::cut(&mut text, MOST);
    text
}
