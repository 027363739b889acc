//! The operator's endpoints and its Lease, on a real API server: what is served, when it is ready, and which of several
//! replicas works.
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
mod election;
#[path = "../cluster/faults.rs"]
mod faults;
#[path = "../chart/helm.rs"]
mod helm;
#[path = "../cluster/kubectl.rs"]
mod kubectl;
mod lagging;
mod leader;
mod probes;
mod program;
#[path = "../cluster/relay.rs"]
mod relay;
mod replica;
mod scrape;
mod series;
#[path = "../cluster/story.rs"]
mod story;
mod unheard;
#[path = "../cluster/users.rs"]
mod users;
