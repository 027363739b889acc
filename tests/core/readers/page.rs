//! Helpers for the page docs/formats.md: its tables, the outcomes in its cells and the list of fixtures.

use std::fmt;

use crate::readers::*;

/// A table in Markdown.
pub struct Table {
    head: Vec<String>,
    /// The number of columns that name the row.
    named: usize,
    /// True if rows with the same cells are combined.
    joins: bool,
    rows: Vec<(Vec<String>, Vec<String>)>,
}

impl Table {
    pub fn of(names: &[&str], columns: &[&str]) -> Self {
        let head = names.iter().chain(columns).map(|name| (*name).to_owned()).collect();
        Self { head, named: names.len(), joins: false, rows: Vec::new() }
    }

    /// Combines rows with the same cells.
    pub fn joined(self) -> Self {
        Self { joins: true, ..self }
    }

    /// Adds a row. If several columns name the row, ` / ` separates their texts in `name`.
    pub fn row(&mut self, name: &str, cells: Vec<String>) {
        assert_eq!(self.named + cells.len(), self.head.len(), "{name}");
        assert!(cells.iter().all(|cell| !cell.is_empty() && !cell.contains('|')), "{name}: {cells:?}");
        let names: Vec<String> = name.split(" / ").map(str::to_owned).collect();
        assert_eq!(names.len(), self.named, "{name}");
        let joins = self.joins;
        let like =
            |(known, same): &&mut (Vec<String>, Vec<String>)| joins && known[1..] == names[1..] && *same == cells;
        match self.rows.iter_mut().find(like) {
            Some((known, _)) => known[0] = format!("{}, {}", known[0], names[0]),
            None => self.rows.push((names, cells)),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} |\n|{}", self.head.join(" | "), "---|".repeat(self.head.len()))?;
        for (names, cells) in &self.rows {
            writeln!(f, "| {} | {} |", names.join(" | "), cells.join(" | "))?;
        }
        Ok(())
    }
}

/// Returns the outcome of reading a Secret in one to three words.
pub fn outcome(read: Result<CredentialFacts, Failure>) -> String {
    match read {
        Ok(facts) => format!("read: {:?}, {:?}", facts.format.unwrap(), facts.key_match),
        Err(failure) => failure.reason.as_str().to_owned(),
    }
}

/// Returns the files of a folder below tests/fixtures, sorted by name.
pub fn names(folder: &str) -> Vec<String> {
    let path = lapsewatch_test_support::root().join("tests/fixtures").join(folder);
    let names = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.map(|name| format!("{folder}/{name}")).collect();
    names.sort();
    names
}
