//! Tests that need only lapsewatch-core: readers, assessments, messages and CustomResourceDefinitions. Cargo builds them
//! without the Kubernetes client: `cargo test -p lapsewatch-core --test core`.
//!
//! `tests/memory.rs` needs only lapsewatch-core too, but counts what its whole process allocates, and is a binary of its own.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by a panic, and some tests measure real time"
)]

mod assessment;
mod crds;
mod crowded_secrets;
mod hidden_leaf;
mod readers;
mod words;
