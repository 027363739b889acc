//! Many credentials on a real API server: what two thousand of them cost where some are duplicates, and a thousand that
//! hold the same. A binary of its own, so that nothing else keeps the server busy meanwhile.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by a panic, and real servers use the real clock"
)]

mod crowd;
mod fleet;
mod import;
mod tenants;
