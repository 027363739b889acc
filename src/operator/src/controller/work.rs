//! What is to be done, and what is waited for.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::cache::SecretVersion;
use super::causes::Causes;
use super::knowledge::KnowledgeGaps;
use super::own_writes::OwnWrites;
use super::page_debouncer::PageDebouncer;
use super::queue::Queue;
use super::reconcile::SecretReading;
use super::startup_barrier::StartupBarrier;
use lapsewatch_core::api::Key;
use lapsewatch_core::observed::Observed;

/// What one TenantCredential holds, and what of it was looked at.
pub struct PendingAssessment {
    /// Which one.
    pub key: Key,
    /// As it was then.
    pub observed: Arc<Observed>,
    /// Its Secret, as the watch told of it then.
    pub secret: Option<SecretVersion>,
    /// What was found.
    pub found: Box<SecretReading>,
    /// How long that took.
    pub took: Duration,
    /// True if it waited for the start-up barrier.
    pub was_held: bool,
    /// True if it was looked at anew to confirm an Event.
    pub is_confirmed: bool,
}

/// The work on TenantCredentials.
pub struct CredentialWork {
    /// Which to look at.
    pub queue: Queue,
    /// What the watch has yet to tell of.
    pub own_writes: OwnWrites,
    /// Holds back first verdicts at a start.
    pub barrier: StartupBarrier,
    /// The objects that could not be read, and the verdicts that were published without them.
    pub blind: KnowledgeGaps,
    /// What was found, and is to be said as soon as there is room.
    pub found: VecDeque<PendingAssessment>,
    /// The objects whose changes last affected the verdict on another object.
    pub causes: Causes,
    /// Those whose Secret appeared or went while they were looked at, and that are looked at once more for that.
    pub overtaken: HashSet<Key>,
    /// What waits for the start-up barrier, by namespace.
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
    /// Which to look at.
    pub queue: Queue,
    /// What the watch has yet to tell of.
    pub own_writes: OwnWrites,
    /// When to make which page.
    pub pace: PageDebouncer,
}

impl TenantWork {
    /// Calls for those whose time has come. At a boundary credentials may change too: it keeps to the pace.
    pub fn wake(&mut self, now: DateTime<Utc>, instant: Instant) {
        for key in self.queue.due(now, instant) {
            self.pace.call(key, instant);
        }
        for key in self.pace.due(instant) {
            self.queue.call(key);
        }
    }

    /// When to look again in real time.
    pub fn next_instant(&self) -> Option<Instant> {
        [self.queue.next_retry(), self.pace.next()].into_iter().flatten().min()
    }
}
