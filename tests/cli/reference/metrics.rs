//! Tests that docs/metrics.md is up to date.

use std::fmt::Write;

use lapsewatch_operator::metrics::series;

use crate::reference::{cell, hold};

#[test]
fn the_page_of_metrics_lists_every_series() {
    let mut table = String::from("| series | type | labels | tells |\n|---|---|---|---|\n");
    for series in series::ALL {
        let labels: Vec<String> = series.labels.iter().map(|label| format!("`{label}`")).collect();
        let labels = labels.join(", ");
        writeln!(table, "| `{}` | {} | {labels} | {} |", series.name, series.type_, cell(series.help)).unwrap();
    }
    hold("docs/metrics.md", &table);
}
