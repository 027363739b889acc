//! A canary word in Secrets that no output may contain: the Secrets, and the search for their content.
//!
//! The tests of the operator and of `lapsewatch check` share this module.

mod cases;
mod search;

pub use cases::{Case, cases};
pub use search::Search;

/// The word in the secret part of every artefact. Its twelve bytes are a multiple of three, so its base64 is the same
/// at each offset that is a multiple of three.
pub const CANARY: &str = "canary7c1e5b";

/// Returns a file of tests/fixtures/canary.
fn file(name: &str) -> Vec<u8> {
    crate::fixture(&format!("canary/{name}"))
}
