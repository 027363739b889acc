//! The tests that need servers: a real API server above all, which the first test to need it builds and starts (see `bed`
//! in tests/support). All but a few share it, each in a namespace of its own.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by a panic, and real servers keep real time"
)]

mod chart;
mod cluster;
mod connect;
mod gitops;
mod image;
mod prometheus;
mod server;
