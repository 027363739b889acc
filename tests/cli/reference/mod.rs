//! Tests the reference pages in docs/, which are generated from the metrics, the CustomResourceDefinitions, the command
//! line and the printed sentences. `LAPSEWATCH_WRITE=1 cargo test --test cli reference` updates the pages. Also tests
//! that no document contains a broken link.

mod flags;
mod kinds;
mod links;
mod metrics;
mod reasons;

use std::fs;
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares the part of a document between its marks with `text`. With `LAPSEWATCH_WRITE`, updates the document.
fn hold(document: &str, text: &str) {
    const BEGIN: &str = "<!-- made of the code: LAPSEWATCH_WRITE=1 cargo test --test cli reference -->\n";
    const END: &str = "<!-- end -->\n";
    let path = root().join(document);
    let written = fs::read_to_string(&path).unwrap();
    let (before, rest) = written.split_once(BEGIN).unwrap_or_else(|| panic!("{document} has no mark {BEGIN}"));
    let (_, after) = rest.split_once(END).unwrap_or_else(|| panic!("{document} has no mark {END}"));
    let wanted = format!("{before}{BEGIN}\n{}\n\n{END}{after}", text.trim());
    if std::env::var_os("LAPSEWATCH_WRITE").is_some() {
        fs::write(&path, wanted).unwrap();
    } else {
        assert!(written == wanted, "{document} is out of date: LAPSEWATCH_WRITE=1 cargo test --test cli reference");
    }
}

/// Escapes a text for a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
