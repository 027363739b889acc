//! The canonical spelling of identities, in which identities are published and compared.
//!
//! Apple, editors and keyboards write the same name in ways that look the same: letters with composed or separate
//! accents, no-break spaces, double spaces, spaces at the ends. Such spellings count as one identity. Letters of
//! another script that only look the same make a different identity.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::limits;

/// The visible character that replaces an invisible one: U+FFFD.
pub const UNSEEN: char = '\u{fffd}';

/// Returns the canonical spelling: Unicode NFC, with each run of white space as one space, no space at the ends, and at
/// most [`limits::IDENTITY`] characters. [`UNSEEN`] replaces each invisible character, so that readers notice it.
pub fn canonical(text: &str) -> String {
    let mut canonical = String::with_capacity(text.len());
    for letter in ComposingNormalizerBorrowed::new_nfc().normalize(text).chars() {
        if letter.is_whitespace() {
            if !canonical.is_empty() && !canonical.ends_with(' ') {
                canonical.push(' ');
            }
        } else {
            canonical.push(if is_unseen(letter) { UNSEEN } else { letter });
        }
    }
    canonical.truncate(canonical.trim_end().len());
    limits::cut(&mut canonical, limits::IDENTITY);
    canonical
}

/// True if both texts are spellings of the same identity.
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || canonical(one) == canonical(other)
}

/// True for characters that a terminal or a web page does not show: control characters, characters that change the text
/// direction, and characters that join or separate letters without a visible mark.
pub fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e007f}')
}

/// The part in which two identities differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityDifference {
    /// The position of the first character that differs, counted from 1.
    pub at: usize,
    /// The characters of the first identity that the second lacks at this position, at most three.
    pub expected: Vec<char>,
    /// The characters of the second identity that the first lacks at this position, at most three.
    pub found: Vec<char>,
}

/// The length of a difference up to which a reader may overlook it, in characters of the longer differing part.
const OVERLOOKED: usize = 3;

/// Returns the part in which two identities differ. None if they are equal, or if a reader can't overlook the
/// difference.
///
/// A reader may overlook a difference of at most three characters, or one in which each pair of differing letters
/// contains a letter outside ASCII.
pub fn overlooked(expected: &str, found: &str) -> Option<IdentityDifference> {
    let (expected, found) = (canonical(expected), canonical(found));
    let (one, other): (Vec<char>, Vec<char>) = (expected.chars().collect(), found.chars().collect());
    let before = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.get(before..)?, other.get(before..)?);
    let after = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let one = one.get(..one.len().saturating_sub(after))?;
    let other = other.get(..other.len().saturating_sub(after))?;
    let is_short = one.len().max(other.len()) <= OVERLOOKED && before + after > 0;
    let may_look_alike =
        one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a == b || !(a.is_ascii() && b.is_ascii()));
    if one.is_empty() && other.is_empty() || !(is_short || may_look_alike) {
        return None;
    }
    let few = |letters: &[char]| letters.iter().take(OVERLOOKED).copied().collect();
    Some(IdentityDifference { at: before + 1, expected: few(one), found: few(other) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_have_one_canonical_form() {
        let name = "Müller & Söhne GmbH";
        for spelling in [
            "Müller & Söhne GmbH",
            "Mu\u{308}ller & So\u{308}hne GmbH",
            "Müller\u{a0}& Söhne\u{202f}GmbH",
            " Müller  &\u{2009}Söhne\tGmbH\n",
            "\u{3000}Müller & Söhne\u{2028}GmbH",
        ] {
            assert_eq!(canonical(spelling), name, "{spelling:?}");
            assert!(is_same(spelling, name) && overlooked(spelling, name).is_none());
        }
        assert_eq!(canonical("\u{ac00}"), canonical("\u{1100}\u{1161}"));
        assert_eq!(canonical("Acme\u{200b}\u{202e}"), "Acme\u{fffd}\u{fffd}");
        assert_eq!(canonical(&"a\u{308}".repeat(300)).chars().count(), limits::IDENTITY);
        assert_eq!(canonical(&canonical(&"a\u{308}".repeat(300))), canonical(&"ä".repeat(300)));
    }

    #[test]
    fn the_place_is_told_where_two_names_look_alike() {
        let at = |one, other| overlooked(one, other).map(|difference| difference.at);
        assert_eq!(at("Acme", "Асme"), Some(1), "Cyrillic А and с");
        assert_eq!(at("ACME", "АСМЕ"), Some(1), "Cyrillic throughout");
        assert_eq!(at("Acme Ltd", "Acme\u{200b} Ltd"), Some(5));
        assert_eq!(at("Acme Ltd", "Acme Ltd."), Some(9));
        assert_eq!(at("Acme Ltd", "acme Ltd"), Some(1));
        assert_eq!(at("Acme Ltd", "Zenith Inc"), None);
        let difference = overlooked("Müller", "Muller");
        assert_eq!(difference, Some(IdentityDifference { at: 2, expected: vec!['ü'], found: vec!['u'] }));
    }
}
