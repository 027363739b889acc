//! Test support that several test binaries and benchmarks share. It is compiled once and is not part of the product.

pub mod assessment;
pub mod canary;
#[cfg(feature = "cluster")]
pub mod cluster;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Returns the root folder of the repository.
///
/// # Panics
/// If this crate is not in `tests/support`.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        own.ancestors().nth(2).expect("tests/support is two folders below the root").to_owned()
    });
    &ROOT
}

/// Reads a file of `tests/fixtures`.
///
/// # Panics
/// If the file cannot be read.
pub fn fixture(file: &str) -> Vec<u8> {
    let path = root().join("tests/fixtures").join(file);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
