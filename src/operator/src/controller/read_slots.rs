//! Limits concurrent readings of credentials, because trying a password may take most of a second. Few readings run at
//! once, and only one of each namespace, so that one namespace does not block the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// The most readings at once.
const READINGS: usize = 2;

/// The slots for readings.
pub struct ReadSlots {
    all: Semaphore,
    /// A semaphore for each namespace with a running or waiting reading.
    by_namespace: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// The turn of one reading, which ends when this value is dropped.
pub struct Turn<'a> {
    lanes: &'a ReadSlots,
    namespace: &'a str,
    own: Option<OwnedSemaphorePermit>,
    _any: SemaphorePermit<'a>,
}

impl Default for ReadSlots {
    fn default() -> Self {
        Self { all: Semaphore::new(READINGS), by_namespace: Mutex::default() }
    }
}

impl ReadSlots {
    /// Waits for a turn of this namespace. None if the semaphores are closed, which does not happen.
    pub async fn turn<'a>(&'a self, namespace: &'a str) -> Option<Turn<'a>> {
        let lane = {
            let mut lanes = self.by_namespace.lock().unwrap_or_else(PoisonError::into_inner);
            lanes.entry(namespace.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(1))).clone()
        };
        let own = Some(lane.acquire_owned().await.ok()?);
        Some(Turn { lanes: self, namespace, own, _any: self.all.acquire().await.ok()? })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.own = None;
        let mut lanes = self.lanes.by_namespace.lock().unwrap_or_else(PoisonError::into_inner);
        // If no other reading of this namespace waits, its semaphore is removed.
        if lanes.get(self.namespace).is_some_and(|lane| Arc::strong_count(lane) == 1) {
            lanes.remove(self.namespace);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// True if the namespace gets a turn while the turns in progress last.
    async fn comes(lanes: &ReadSlots, namespace: &str) -> bool {
        tokio::time::timeout(Duration::from_millis(20), lanes.turn(namespace)).await.is_ok()
    }

    #[tokio::test]
    async fn a_namespace_has_one_turn_and_leaves_the_other_to_others() {
        let lanes = ReadSlots::default();
        let first = lanes.turn("crowded").await;
        assert!(!comes(&lanes, "crowded").await);
        assert!(comes(&lanes, "quiet").await);
        let second = lanes.turn("quiet").await;
        assert!(!comes(&lanes, "another").await);
        drop(first);
        assert!(comes(&lanes, "another").await && comes(&lanes, "crowded").await);
        drop(second);
        assert!(lanes.by_namespace.lock().unwrap().is_empty());
    }
}
