//! Elects a leader among the replicas by a Lease of the Kubernetes API. One replica leads, the others stand by.
//!
//! A standby measures with its own monotonic clock how long the Lease has not changed, so clocks of different machines
//! are never compared. Two replicas that lead for a moment do no harm. Each write contains the resourceVersion on which
//! the write is based, and the name of an Event does not depend on its sender.
//!
//! `candidate` is the task that acquires and renews the Lease, and `election` starts and watches this task. `record`
//! reads and changes the Lease object. `permit` withholds writes of a replica that does not lead.

mod candidate;
pub mod election;
pub mod permit;
mod record;
mod report;

/// The Lease for which the replicas compete.
#[derive(Clone, Debug)]
pub struct LeaseSettings {
    /// The namespace of the Lease.
    pub namespace: String,
    /// The name of the Lease.
    pub name: String,
}

/// The role of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leadership {
    /// This replica assesses and writes.
    Leads,
    /// Another replica leads.
    StandsBy,
    /// The Lease was not read or renewed in time, or the election task has ended.
    Unknown,
}
