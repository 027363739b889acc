//! The operator's loop without its cluster: facts by hand, one credential's story, and a tenant's page.

pub mod facts;
pub mod invariants;
pub mod page;
pub mod story;
