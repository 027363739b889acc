//! Handles the characters that word processors, chats, browsers and shells put around a text or in place of plain
//! characters: quotation marks of many kinds, dashes, no-break spaces, and characters without width.

use zeroize::Zeroizing;

use crate::api::identity::is_unseen;

/// Removes white space of any kind and invisible characters at both ends.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// True for white space of any kind and for characters that can't be seen.
pub(super) fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || is_unseen(letter)
}

/// True for quotation marks that replace the straight double quotation mark.
fn is_double_quote(letter: char) -> bool {
    matches!(letter, '"' | '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{ff02}' | '\u{301d}'..='\u{301f}')
}

/// True for quotation marks that replace the straight single quotation mark, and for the backtick, which marks code in
/// Markdown.
fn is_single_quote(letter: char) -> bool {
    matches!(letter, '\'' | '`' | '\u{b4}' | '\u{2018}'..='\u{201b}' | '\u{2039}' | '\u{203a}' | '\u{ff07}')
}

/// True for a quotation mark of any kind.
fn is_quote(letter: char) -> bool {
    is_double_quote(letter) || is_single_quote(letter)
}

/// Returns the text inside a pair of quotation marks. None if the text has no pair of one kind.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let text = trimmed(text);
    let mut letters = text.chars();
    let (first, last) = (letters.next()?, letters.next_back()?);
    let is_pair = is_double_quote(first) && is_double_quote(last) || is_single_quote(first) && is_single_quote(last);
    is_pair.then(|| trimmed(letters.as_str()))
}

/// Removes the quotation marks, commas and semicolons at the ends, paired or not. None if nothing changes.
pub(super) fn bare(text: &str) -> Option<&str> {
    let bare = text.trim_matches(|letter| is_blank(letter) || is_quote(letter) || matches!(letter, ',' | ';'));
    (bare.len() < trimmed(text).len()).then_some(bare)
}

/// Replaces typographic characters with plain characters. None if nothing changes.
pub(super) fn straightened(text: &str) -> Option<Zeroizing<String>> {
    if text.is_ascii() {
        return None;
    }
    // The capacity is reserved at once: a string that grows leaves a copy of the secret in freed memory. Each plain
    // character takes one byte.
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // French typography puts a space between a guillemet and the word.
            '\u{ab}' => {
                plain.push('"');
                while letters.next_if(|next| is_blank(*next) && !next.is_ascii()).is_some() {}
            }
            '\u{bb}' => {
                while plain.ends_with('\u{1}') {
                    plain.pop();
                }
                plain.push('"');
            }
            letter if letter.is_ascii() => plain.push(letter),
            letter if is_double_quote(letter) => plain.push('"'),
            letter if is_single_quote(letter) => plain.push('\''),
            '\u{2010}' | '\u{2011}' | '\u{2212}' => plain.push('-'),
            // Word processors replace two hyphens with one dash.
            '\u{2012}'..='\u{2015}' => plain.push_str("--"),
            // U+0001 stands for a typographic space until the end, so that a closing guillemet can remove this space.
            letter if letter.is_whitespace() => plain.push('\u{1}'),
            letter if is_unseen(letter) => {}
            letter => plain.push(letter),
        }
    }
    let spaced = Zeroizing::new(plain.replace('\u{1}', " "));
    (*spaced != *text).then_some(spaced)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pairs_of_quotation_marks_are_left_away() {
        for text in ["\"a b\"", "'a b'", "“a b”", "„a b“", "«\u{a0}a b\u{a0}»", "»a b«", "`a b`", "\u{feff} ‘a b’ \n"]
        {
            assert_eq!(unquoted(text), Some("a b"), "{text}");
        }
        for text in ["a b", "\"a b", "\"a b'", "\"", "", "it's"] {
            assert_eq!(unquoted(text), None, "{text}");
        }
        assert_eq!(bare("\"abc\","), Some("abc"));
        assert_eq!(bare("abc”"), Some("abc"));
        assert_eq!(bare(" abc\u{200b}"), None);
        assert_eq!(trimmed("\u{feff}\u{200b} abc\u{a0}"), "abc");
    }

    #[test]
    fn typographic_characters_become_plain_ones() {
        let plain = |text| straightened(text).unwrap().to_string();
        assert_eq!(plain("{“a”:\u{a0}„b“}"), "{\"a\": \"b\"}");
        assert_eq!(plain("{«\u{a0}a\u{202f}»:«b»}"), "{\"a\":\"b\"}");
        assert_eq!(plain("——-BEGIN MESSAGE—–-"), "-----BEGIN MESSAGE-----");
        assert_eq!(plain("ab\u{200b}c\u{feff}"), "abc");
        assert_eq!(plain("2027‑06‐01"), "2027-06-01");
        assert!(straightened("{\"a\":'b'}").is_none());
        assert!(straightened("Müller").is_none());
    }
}
