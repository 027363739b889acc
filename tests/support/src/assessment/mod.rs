//! The operator's loop without a cluster: facts for tests, the story of one credential, and a tenant with its status.

pub mod facts;
pub mod invariants;
pub mod page;
pub mod story;
