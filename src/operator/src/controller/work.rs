//! The state of the work on TenantCredentials and MDMTenants: queued, in progress, and waiting.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::cache::SecretVersion;
use super::causes::Causes;
use super::knowledge_gaps::KnowledgeGaps;
use super::own_writes::OwnWrites;
use super::page_debouncer::PageDebouncer;
use super::queue::Queue;
use super::reconcile::SecretReading;
use super::startup_barrier::StartupBarrier;
use lapsewatch_core::api::Key;
use lapsewatch_core::observed::Observed;

/// The reading of a TenantCredential that is not published yet, with the state on which the reading is based.
pub struct PendingAssessment {
    /// The TenantCredential's namespace and name.
    pub key: Key,
    /// The TenantCredential at the time of the reading.
    pub observed: Arc<Observed>,
    /// The version of its Secret that the watch had reported at that time. None if no such Secret was known.
    pub secret: Option<SecretVersion>,
    /// The credential that was read, or the failure.
    pub found: Box<SecretReading>,
    /// The time that the reading took, for the metrics.
    pub took: Duration,
    /// True if the reading waited for the start-up barrier.
    pub was_held: bool,
    /// True if the Secret was read again to confirm an Event.
    pub is_confirmed: bool,
}

/// The work on TenantCredentials.
pub struct CredentialWork {
    /// The TenantCredentials to reconcile.
    pub queue: Queue,
    /// The own writes that the watch has not reported yet.
    pub own_writes: OwnWrites,
    /// The barrier that holds back first verdicts at a start.
    pub barrier: StartupBarrier,
    /// The objects that could not be read, and the objects whose assessment lacks this knowledge.
    pub blind: KnowledgeGaps,
    /// The readings that are ready for publication.
    pub found: VecDeque<PendingAssessment>,
    /// For each object: the other objects whose changes last affected its verdict.
    pub causes: Causes,
    /// The objects that are read once more because their Secret appeared or disappeared during the last reading.
    pub overtaken: HashSet<Key>,
    /// The readings that wait for the start-up barrier, by namespace.
    pub held: HashMap<Arc<str>, Vec<PendingAssessment>>,
}

impl Default for CredentialWork {
    fn default() -> Self {
        Self {
            queue: Queue::throttled(),
            own_writes: OwnWrites::default(),
            barrier: StartupBarrier::default(),
            blind: KnowledgeGaps::default(),
            found: VecDeque::new(),
            causes: Causes::default(),
            overtaken: HashSet::new(),
            held: HashMap::new(),
        }
    }
}

/// The work on MDMTenants.
#[derive(Default)]
pub struct TenantWork {
    /// The MDMTenants to reconcile.
    pub queue: Queue,
    /// The own writes that the watch has not reported yet.
    pub own_writes: OwnWrites,
    /// The debouncer of tenant statuses.
    pub pace: PageDebouncer,
}

impl TenantWork {
    /// Queues the tenants that are due. A tenant whose status changes with time passes through the debouncer too,
    /// because the statuses of its credentials may change at the same time.
    pub fn wake(&mut self, now: DateTime<Utc>, instant: Instant) {
        for key in self.queue.due(now, instant) {
            self.pace.call(key, instant);
        }
        for key in self.pace.due(instant) {
            self.queue.call(key);
        }
    }

    /// Returns the next instant at which a retry or a debounced status is due.
    pub fn next_instant(&self) -> Option<Instant> {
        [self.queue.next_retry(), self.pace.next()].into_iter().flatten().min()
    }
}
