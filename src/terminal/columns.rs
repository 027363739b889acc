//! Tables.

/// Lines in which each column is as wide as its widest entry, with nothing after the last one.
pub fn aligned<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    painted(rows, |_, _, cell| cell)
}

/// As [`aligned`]; `paint` gets the number of a row and of a column, and the cell in its full width, since colour takes
/// no room.
pub fn painted<const N: usize>(rows: &[[String; N]], paint: impl Fn(usize, usize, String) -> String) -> Vec<String> {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if let Some(last) = widths.last_mut() {
        *last = 0;
    }
    let line = |(number, row): (usize, &[String; N])| {
        let cells = row.iter().zip(widths).enumerate();
        let cells: Vec<String> =
            cells.map(|(column, (cell, width))| paint(number, column, format!("{cell:<width$}"))).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().enumerate().map(line).collect()
}

/// A cell that is never empty.
pub fn or_dash(text: &str) -> String {
    if text.is_empty() { "-" } else { text }.to_owned()
}
