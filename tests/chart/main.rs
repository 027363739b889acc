//! The Helm chart: what it renders and refuses, and what becomes of it on a real API server by the real Helm.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by a panic, real servers keep real time, and of the test bed it needs a part"
)]

#[path = "../cluster/account.rs"]
mod account;
mod admission;
mod aggregation;
#[path = "../cluster/audit.rs"]
mod audit;
#[path = "../cluster/bed.rs"]
mod bed;
mod copies;
mod definitions;
mod documented;
mod helm;
#[path = "../cluster/kubectl.rs"]
mod kubectl;
mod lint;
mod moved;
mod names;
mod operator;
mod pods;
mod readme;
mod refused;
mod rendered;
mod rights;
mod subchart;
mod used;
#[path = "../cluster/users.rs"]
mod users;
mod wait;
