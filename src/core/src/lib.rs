//! Reads credentials from the bytes of Secrets, assesses them, and writes the messages about the result. This crate has
//! no clock, no I/O and no Kubernetes client, and its dependencies offer none.
//!
//! A value passes through the modules in this order:
//!
//! ```text
//! Secret bytes -> CredentialFacts -> Assessment -> status, notices
//!  secret          credential         assessment
//! ```
//!
//! `api` contains the types of the custom resources. `verdict` contains the enums of the assessment's results, and
//! `messages` all sentences for users. `observed` contains an object in the form that the operator and `status` keep in
//! memory.

pub mod api;
pub mod assessment;
pub mod credential;
pub mod messages;
pub mod observed;
pub mod sanitize;
pub mod secret;
pub mod verdict;
