//! Tests that need real servers. The first test that needs the API server builds and starts it, see `cluster::bed` in
//! tests/support. Most tests share this server, each in its own namespace.
//!
//! A test that changes CustomResourceDefinitions, lists all namespaces or counts all requests needs its own server.
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
