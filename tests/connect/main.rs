//! The way to the API server: which one is taken, and what is said where there is none. The real binary runs against real
//! sockets: servers that show certificates made by OpenSSL, proxies, and a real API server.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by a panic, real servers keep real time, and of the test bed it needs a part"
)]

#[path = "../cluster/audit.rs"]
mod audit;
#[path = "../cluster/bed.rs"]
mod bed;
mod causes;
mod credentials;
mod files;
#[path = "../cluster/kubectl.rs"]
mod kubectl;
mod memory;
mod program;
mod proxies;
mod proxy;
mod restore;
#[path = "../cluster/users.rs"]
mod users;
