//! Tests that run the program as users do, without an API server, and tests that compare the sources with the documents
//! and with the structure of the code.
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
