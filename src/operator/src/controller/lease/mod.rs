//! Leader election by a Lease of the API: one replica leads, the others stand by.
//!
//! A standby measures by its own monotonic clock how long the Lease has not changed, so clocks of different machines are
//! never compared. Two replicas that lead for a moment do no harm: each write carries the version that it was decided on,
//! and the name of an Event does not depend on its sender.
//!
//! `election` starts the task and watches it, `candidate` is the task, `record` reads and changes the Lease itself, and
//! `permit` withholds writes of a replica that does not lead.

mod candidate;
pub mod election;
pub mod permit;
mod record;

/// The Lease that replicas compete for.
#[derive(Clone, Debug)]
pub struct LeaseSettings {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// The part of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leadership {
    /// This replica assesses and writes.
    Leads,
    /// Another replica leads.
    StandsBy,
    /// The Lease was not read or renewed in time, or the election does not run.
    Unknown,
}
