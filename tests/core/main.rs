//! Tests of lapsewatch-core alone: the readers of Secrets, the assessment, the messages and the
//! CustomResourceDefinitions. They build without the Kubernetes client: `cargo test -p lapsewatch-core --test core`.
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
