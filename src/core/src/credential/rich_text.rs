//! Extracts the plain text from Rich Text Format (RTF 1.9), in which TextEdit and WordPad save pasted text.

use zeroize::Zeroizing;

/// Groups that contain no text of the document.
const SKIPPED: [&str; 10] = [
    "fonttbl",
    "colortbl",
    "expandedcolortbl",
    "stylesheet",
    "listtable",
    "listoverridetable",
    "info",
    "pict",
    "header",
    "footer",
];
/// The characters of Windows-1252 from 0x80 on that differ from Latin-1 and that editors insert into texts.
const WINDOWS: [(u8, char); 9] = [
    (0x82, '\u{201a}'),
    (0x84, '\u{201e}'),
    (0x91, '\u{2018}'),
    (0x92, '\u{2019}'),
    (0x93, '\u{201c}'),
    (0x94, '\u{201d}'),
    (0x96, '\u{2013}'),
    (0x97, '\u{2014}'),
    (0x85, '\u{2026}'),
];

/// Returns the plain text. None if the text is not RTF.
pub(super) fn text_of_rtf(text: &str) -> Option<Zeroizing<String>> {
    is_rich(text.as_bytes()).then(|| {
        let mut scan =
            Scan { rest: text, plain: Zeroizing::new(String::with_capacity(text.len())), skipped: None, stand_ins: 1 };
        scan.all();
        scan.plain
    })
}

/// True for RTF.
pub(super) fn is_rich(text: &[u8]) -> bool {
    text.starts_with(b"{\\rtf")
}

/// Converts a byte of Windows-1252 to a character.
pub(super) fn windows(byte: u8) -> char {
    WINDOWS.iter().find(|(known, _)| *known == byte).map_or(char::from(byte), |(_, letter)| *letter)
}

struct Scan<'a> {
    rest: &'a str,
    plain: Zeroizing<String>,
    /// The depth of the outermost group that is skipped. None while no group is skipped.
    skipped: Option<usize>,
    /// The number of substitute characters after a Unicode character, for readers without Unicode (`\uc`).
    stand_ins: i32,
}

impl Scan<'_> {
    fn all(&mut self) {
        let mut depth = 0_usize;
        while let Some(letter) = self.rest.chars().next() {
            self.advance(letter.len_utf8());
            match letter {
                '{' => {
                    depth += 1;
                    if self.skipped.is_none() && self.is_skipped() {
                        self.skipped = Some(depth);
                    }
                }
                '}' => {
                    self.skipped = self.skipped.filter(|skipped| *skipped < depth);
                    depth = depth.saturating_sub(1);
                }
                '\\' => self.control(),
                '\r' | '\n' => {}
                letter => self.push(letter),
            }
        }
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn push(&mut self, letter: char) {
        if self.skipped.is_none() {
            self.plain.push(letter);
        }
    }

    /// True at the beginning of a group without text.
    fn is_skipped(&self) -> bool {
        let Some(name) = self.rest.strip_prefix('\\') else { return false };
        let end = name.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(name.len());
        name.starts_with('*') || SKIPPED.contains(&name.get(..end).unwrap_or_default())
    }

    /// Reads a control word or control symbol, after its backslash.
    fn control(&mut self) {
        let Some(letter) = self.rest.chars().next() else { return };
        if !letter.is_ascii_alphabetic() {
            self.advance(letter.len_utf8());
            match letter {
                '\'' => {
                    let hex = self.rest.get(..2).unwrap_or_default();
                    if let Ok(byte) = u8::from_str_radix(hex, 16) {
                        self.advance(2);
                        self.push(windows(byte));
                    }
                }
                '~' => self.push(' '),
                '_' => self.push('-'),
                '\r' | '\n' => self.push('\n'),
                '{' | '}' | '\\' => self.push(letter),
                _ => {}
            }
            return;
        }
        let word_end = self.rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, after) = self.rest.split_at_checked(word_end).unwrap_or_default();
        let is_part = |(at, letter): (usize, char)| letter.is_ascii_digit() || at == 0 && letter == '-';
        let number_end = after.char_indices().find(|part| !is_part(*part)).map_or(after.len(), |(at, _)| at);
        let number = after.get(..number_end).and_then(|number| number.parse::<i32>().ok());
        self.rest = after.get(number_end..).unwrap_or_default();
        self.rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
        match word {
            "par" | "line" | "row" | "sect" | "page" => self.push('\n'),
            "tab" => self.push('\t'),
            "lquote" | "rquote" => self.push('\''),
            "ldblquote" | "rdblquote" => self.push('"'),
            "endash" => self.push('\u{2013}'),
            "emdash" => self.push('\u{2014}'),
            "u" => {
                // RTF writes code units above 32,767 as negative numbers.
                let letter = number.and_then(|number| u32::try_from(number & 0xffff).ok()).and_then(char::from_u32);
                letter.into_iter().for_each(|letter| self.push(letter));
                for _ in 0..self.stand_ins.clamp(0, 8) {
                    if self.rest.starts_with("\\'") {
                        self.advance(4);
                    } else if let Some(letter) = self.rest.chars().next().filter(|letter| !"\\{}".contains(*letter)) {
                        self.advance(letter.len_utf8());
                    }
                }
            }
            "uc" => self.stand_ins = number.unwrap_or(1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_text_is_taken_out() {
        let text = "{\\rtf1\\ansi{\\fonttbl\\f0\\fswiss Helvetica;}{\\*\\generator x;}\n\\f0\\fs24 \\{\"a\":\\'93b\\'94\\}\\\nc\\par d\\u228 ?\\u8220\\'93{\\b e}\\uc0\\u8221 f}";
        assert_eq!(text_of_rtf(text).unwrap().as_str(), "{\"a\":“b”}\nc\ndä“e”f");
        assert!(text_of_rtf("{\"rtf\":1}").is_none());
        for cut in ["{\\rtf1\\", "{\\rtf1\\'9", "{\\rtf1\\u", "{\\rtf1{\\*", "{\\rtf1\\ä"] {
            assert!(text_of_rtf(cut).is_some());
        }
    }
}
