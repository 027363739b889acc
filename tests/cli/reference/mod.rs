//! The reference in docs/ is made of the code: of its metrics, its definitions, its command line and every sentence
//! that it says. `LAPSEWATCH_WRITE=1 cargo test --test cli reference` writes it anew. And no link in any document leads
//! nowhere.

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

/// Holds the part of a document between its marks against `text`, or writes it.
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

/// As it may stand in a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
