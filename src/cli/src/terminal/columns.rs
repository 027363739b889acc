//! Aligns tables, and measures the width of text in a terminal.

use unicode_width::UnicodeWidthStr;

/// Returns the width of a text in columns of a terminal. An East Asian wide letter or an emoji takes two columns. A
/// combining mark takes none.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Returns one line for each row. Each column is as wide as its widest cell, and no line ends with spaces.
pub fn aligned(rows: &[impl AsRef<[String]>]) -> Vec<String> {
    painted(rows, |_, _, cell| cell)
}

/// Aligns rows as [`aligned`] does, and passes each cell through `paint`. The arguments are the number of the row, the
/// number of the column, and the padded cell. The cells are padded before `paint` adds escape sequences, because these
/// would be counted as width.
pub fn painted(rows: &[impl AsRef<[String]>], paint: impl Fn(usize, usize, String) -> String) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        let row = row.as_ref();
        widths.resize(widths.len().max(row.len()), 0);
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }
    if let Some(last) = widths.last_mut() {
        *last = 0;
    }
    let line = |(number, row): (usize, &_)| {
        let cells = AsRef::<[String]>::as_ref(row).iter().zip(&widths).enumerate();
        let cells: Vec<String> =
            cells.map(|(column, (cell, widest))| paint(number, column, padded(cell, *widest))).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().enumerate().map(line).collect()
}

/// Pads a text with spaces to this width in columns. The formatting of the standard library counts characters instead.
fn padded(text: &str, widest: usize) -> String {
    let spaces = widest.saturating_sub(width(text));
    format!("{text}{:spaces$}", "")
}

/// Cuts a text to at most `most` columns. A text that was cut ends with an ellipsis.
pub fn fitted(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut fitted = String::new();
    for letter in text.chars() {
        fitted.push(letter);
        if width(&fitted) >= most {
            fitted.pop();
            break;
        }
    }
    fitted.push('…');
    fitted
}

/// Returns the text, or a dash instead of an empty text.
pub fn or_dash(text: &str) -> String {
    if text.is_empty() { "-" } else { text }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the column of a terminal at which the last cell of each line begins.
    fn begins(names: &[&str]) -> Vec<usize> {
        let rows: Vec<[String; 2]> = names.iter().map(|name| [(*name).to_owned(), "END".to_owned()]).collect();
        aligned(&rows).iter().map(|line| width(line) - 3).collect()
    }

    #[test]
    fn what_is_wide_or_takes_no_room_is_aligned_as_a_terminal_shows_it() {
        // The expected widths are the results of Python's wcwidth: 8, 3, 5, 2 and 9 columns.
        assert_eq!(["電話番号", "Zoe\u{308}", "größe", "🔑", "plain-one"].map(width), [8, 3, 5, 2, 9]);
        assert_eq!(begins(&["電話番号", "Zoe\u{308}", "größe", "🔑", "plain-one"]), [11; 5]);
        assert_eq!(
            aligned(&[["電話".to_owned(), "a".to_owned()], ["abcd".to_owned(), "b".to_owned()]]),
            ["電話  a", "abcd  b"]
        );
    }

    #[test]
    fn a_line_that_is_too_wide_is_cut_before_it_wraps() {
        assert_eq!(fitted("電話番号", 8), "電話番号");
        assert_eq!(fitted("電話番号", 7), "電話番…");
        assert_eq!(fitted("電話番号", 6), "電話…");
        assert_eq!(fitted("abc", 2), "a…");
    }
}
