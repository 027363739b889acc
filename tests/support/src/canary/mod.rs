//! A word that stands in Secrets and may come out nowhere: the Secrets, and how to look for what is in them.
//!
//! Shared by the tests of the operator and of `lapsewatch check`.

mod cases;
mod search;

pub use cases::{Case, cases};
pub use search::Search;

/// What no artefact's secret part lacks. Twelve bytes: its base64 is the same from every third byte on.
pub const CANARY: &str = "canary7c1e5b";

/// A file of tests/fixtures/canary.
fn file(name: &str) -> Vec<u8> {
    crate::fixture(&format!("canary/{name}"))
}
