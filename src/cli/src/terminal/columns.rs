//! Tables, and the width of a text in a terminal.

use unicode_width::UnicodeWidthStr;

/// The columns of a terminal that a text takes: East Asian letters and emoji take two, combining marks none.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Lines in which each column is as wide as its widest entry, with nothing after the last one.
pub fn aligned(rows: &[impl AsRef<[String]>]) -> Vec<String> {
    painted(rows, |_, _, cell| cell)
}

/// As [`aligned`]; `paint` gets the number of a row and of a column, and the cell in its full width, since colour takes
/// no room.
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

/// A text with spaces after it, up to this width. The standard library counts characters.
fn padded(text: &str, widest: usize) -> String {
    let spaces = widest.saturating_sub(width(text));
    format!("{text}{:spaces$}", "")
}

/// A text cut to at most so many columns; what was cut ends in an ellipsis.
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

/// A cell that is never empty.
pub fn or_dash(text: &str) -> String {
    if text.is_empty() { "-" } else { text }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The column at which the last cell of each line begins, in a terminal.
    fn begins(names: &[&str]) -> Vec<usize> {
        let rows: Vec<[String; 2]> = names.iter().map(|name| [(*name).to_owned(), "END".to_owned()]).collect();
        aligned(&rows).iter().map(|line| width(line) - 3).collect()
    }

    #[test]
    fn what_is_wide_or_takes_no_room_is_aligned_as_a_terminal_shows_it() {
        // As Python's wcwidth has it: 8, 3, 5, 2 and 9 columns.
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
