//! What several test binaries and benchmarks share. It is no part of the product, and is compiled once.

pub mod assessment;
pub mod canary;
#[cfg(feature = "cluster")]
pub mod cluster;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The project's own folder.
///
/// # Panics
/// Where this crate does not stand in `tests/support`.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        own.ancestors().nth(2).expect("tests/support is two folders below it").to_owned()
    });
    &ROOT
}

/// A file of `tests/fixtures`.
pub fn fixture(file: &str) -> Vec<u8> {
    let path = root().join("tests/fixtures").join(file);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
