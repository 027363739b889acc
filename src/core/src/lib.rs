//! Reads credentials from the bytes of Secrets, assesses them, and words the result. This crate has no clock, no I/O and no
//! Kubernetes client: its dependencies offer none.
//!
//! A value passes through the modules in this order:
//!
//! ```text
//! Secret bytes -> CredentialFacts -> Assessment -> status, notices
//!  secret          credential         assessment
//! ```
//!
//! `api` contains the types of the custom resources. `observed` contains an object as the operator and `status` keep it.

pub mod api;
pub mod assessment;
pub mod credential;
pub mod messages;
pub mod observed;
pub mod sanitize;
pub mod secret;
pub mod verdict;
