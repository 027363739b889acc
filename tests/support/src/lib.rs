//! Helpers that several test binaries and benchmarks share. This crate is not part of the product.

pub mod assessment;
pub mod canary;
#[cfg(feature = "cluster")]
pub mod cluster;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Returns the project's root folder.
///
/// # Panics
/// If this crate is not in `tests/support`.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        own.ancestors().nth(2).expect("the project's folder is two levels above tests/support").to_owned()
    });
    &ROOT
}

/// Returns a file of `tests/fixtures`.
pub fn fixture(file: &str) -> Vec<u8> {
    let path = root().join("tests/fixtures").join(file);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
