//! Tests the program as users run it, without a cluster. Also compares the documents and the structure of the code with
//! the sources.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

mod architecture;
mod check;
mod files;
mod inspect;
mod new;
mod pipelines;
mod reference;
mod shell;
mod verify;
