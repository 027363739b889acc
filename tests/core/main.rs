//! The tests of lapsewatch-core alone: what is read of a Secret, what is said of it, and the definitions of the kinds. They
//! are built without Kubernetes' client: `cargo test -p lapsewatch-core --test core`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by a panic, and measures real time"
)]

mod assessment;
mod crds;
mod crowded_secrets;
mod hidden_leaf;
mod readers;
mod words;
