//! Tests against a real API server. The first one to need it builds and starts it, see `bed`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by a panic, and real servers keep real time"
)]

mod account;
mod api;
mod audit;
mod bed;
mod binary;
mod canary;
mod clock;
mod contested;
mod control_plane;
mod definitions;
mod delivery;
mod duplicates;
mod faults;
mod haste;
#[path = "../chart/helm.rs"]
mod helm;
mod home;
mod hot;
mod kubectl;
mod lagging;
mod new;
mod outage;
mod parity;
mod partial;
#[path = "../canary/mod.rs"]
mod planted;
mod races;
mod readme;
mod relay;
mod renewal;
mod restart;
mod separate;
mod stages;
mod storage;
mod story;
mod survival;
mod tampering;
mod tenants;
mod types;
mod unread;
mod unreadable;
mod users;
mod verify;
mod watches;
