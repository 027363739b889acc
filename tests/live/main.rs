//! Tests that need servers, above all a real API server. The first test that needs the API server builds and starts it
//! (see `bed` in tests/support). Nearly all tests share this server, each in a namespace of its own.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by a panic, and real servers use the real clock"
)]

mod chart;
mod cluster;
mod connect;
mod gitops;
mod image;
mod prometheus;
mod server;
