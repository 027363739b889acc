//! Tests the cost of many credentials on a real API server: 2,000 credentials with some duplicates, and 1,000 holders
//! of one token. The tests are a separate binary, so nothing else keeps the server busy at the same time.
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
