//! Characters that word processors, chats, browsers and shells put around a text or in the place of plain ones: quotation
//! marks of many kinds, dashes, no-break spaces, characters of no width.

use zeroize::Zeroizing;

use crate::api::identity::is_unseen;

/// Leaves away white space of any kind and invisible characters at both ends.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// True for white space of any kind and for characters that can't be seen.
pub(super) fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || is_unseen(letter)
}

/// Quotation marks that stand for the straight double one.
fn is_double_quote(letter: char) -> bool {
    matches!(letter, '"' | '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{ff02}' | '\u{301d}'..='\u{301f}')
}

/// Quotation marks that stand for the straight single one, and the marks of Markdown's code.
fn is_single_quote(letter: char) -> bool {
    matches!(letter, '\'' | '`' | '\u{b4}' | '\u{2018}'..='\u{201b}' | '\u{2039}' | '\u{203a}' | '\u{ff07}')
}

/// True for a quotation mark of any kind.
fn is_quote(letter: char) -> bool {
    is_double_quote(letter) || is_single_quote(letter)
}

/// The text inside a pair of quotation marks. None if there is no pair of one kind.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let text = trimmed(text);
    let mut letters = text.chars();
    let (first, last) = (letters.next()?, letters.next_back()?);
    let is_pair = is_double_quote(first) && is_double_quote(last) || is_single_quote(first) && is_single_quote(last);
    is_pair.then(|| trimmed(letters.as_str()))
}

/// The text without the quotation marks, commas and semicolons at its ends, paired or not. None if there are none.
pub(super) fn bare(text: &str) -> Option<&str> {
    let bare = text.trim_matches(|letter| is_blank(letter) || is_quote(letter) || matches!(letter, ',' | ';'));
    (bare.len() < trimmed(text).len()).then_some(bare)
}

/// The text with plain characters in the place of typographic ones. None if there are none, so that nothing changes.
pub(super) fn straightened(text: &str) -> Option<Zeroizing<String>> {
    if text.is_ascii() {
        return None;
    }
    // Reserved at once: a string that grows leaves a copy behind. Each plain character is one byte.
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // French sets a space between a guillemet and the word.
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
            // A word processor makes one dash of two hyphens.
            '\u{2012}'..='\u{2015}' => plain.push_str("--"),
            // Marked, since a guillemet may follow.
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
