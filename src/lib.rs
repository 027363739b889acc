//! lapsewatch warns before the certificates and tokens of a mobile device management tenant lapse, or are renewed
//! wrongly.
//!
//! The modules are the path of the facts, which flow one way:
//!
//! ```text
//! Secret bytes -> CredentialFacts -> Assessment -> status, Events
//!  secret          credential         assessment    controller (gather, publish)
//! ```
//!
//! `credential` and `assessment` are pure: no clock, no I/O, nothing of Kubernetes' client. `controller` is the only
//! place that writes to a cluster. The commands beside it run the same core: `check` on `manifests`, `home` on what a
//! cluster's statuses tell, others on files `in_hand`, or on what `cluster` gives.

pub mod api;
pub mod args;
pub mod assessment;
pub mod check;
pub mod clock;
pub mod cluster;
pub mod controller;
pub mod credential;
pub mod exit;
pub mod home;
pub mod in_hand;
pub mod inspect;
pub mod manifests;
pub mod metrics;
pub mod new;
pub mod observed;
pub mod offline;
pub mod report;
pub mod sanitize;
pub mod secret;
pub mod server;
pub mod shell;
pub mod source;
pub mod telemetry;
pub mod terminal;
pub mod verify;
