//! What GitOps makes of the objects: Argo CD, Flux, kstatus and Kustomize, by their own code, and what of others' kinds
//! leads to a Secret. Statuses are the operator's own, by its assessment or by the operator on a real API server.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by a panic, real servers keep real time, and of others' helpers it needs a part"
)]

#[path = "../cluster/account.rs"]
mod account;
#[path = "../cluster/audit.rs"]
mod audit;
#[path = "../cluster/bed.rs"]
mod bed;
#[path = "../cluster/clock.rs"]
mod clock;
mod drift;
#[path = "../assessment/facts.rs"]
mod facts;
#[path = "../cluster/faults.rs"]
mod faults;
mod foreign;
#[path = "../chart/helm.rs"]
mod helm;
#[path = "../assessment/invariants.rs"]
mod invariants;
#[path = "../cluster/kubectl.rs"]
mod kubectl;
mod kustomize;
mod layout;
#[path = "../assessment/tenant/page.rs"]
mod page;
#[path = "../cluster/relay.rs"]
mod relay;
mod renewals;
#[path = "../cluster/story.rs"]
mod scene;
mod server;
mod states;
#[path = "../assessment/story.rs"]
mod story;
mod table;
mod tenants;
#[path = "../cluster/users.rs"]
mod users;
mod verdicts;
