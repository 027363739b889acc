//! Many credentials on a real API server: what two thousand of them cost where some are duplicates, and a thousand that
//! hold the same. A binary of its own, so that nothing else keeps the server busy meanwhile.
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
#[path = "../cluster/audit.rs"]
mod audit;
#[path = "../cluster/bed.rs"]
mod bed;
#[path = "../cluster/clock.rs"]
mod clock;
mod crowd;
mod fleet;
#[path = "../chart/helm.rs"]
mod helm;
mod import;
#[path = "../cluster/kubectl.rs"]
mod kubectl;
mod objects;
mod tenants;
#[path = "../cluster/users.rs"]
mod users;
