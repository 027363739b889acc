//! The operator's loop without a cluster: facts written by hand, the story of one credential, and the page of a tenant.

pub mod facts;
pub mod invariants;
pub mod page;
pub mod story;
