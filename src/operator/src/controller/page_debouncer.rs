//! Debounces the status of a tenant: changes of its credentials within a short time cause one write, and writes are at
//! least one second apart.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::timetable::Timetable;
use lapsewatch_core::api::Key;

/// The wait after the first change, to gather further changes.
const GATHER: Duration = Duration::from_millis(300);
/// The shortest time between two writes of the same tenant's status.
const BETWEEN: Duration = Duration::from_secs(1);

/// The tenants whose status is to be written, each with its time, and the times of their last writes.
#[derive(Default)]
pub struct PageDebouncer {
    due: Timetable<Instant>,
    made: HashMap<Key, Instant>,
}

impl PageDebouncer {
    /// Schedules the write of the tenant's status after a change. A tenant that is scheduled already keeps its time.
    pub fn call(&mut self, key: Key, now: Instant) {
        if self.due.has(&key) {
            return;
        }
        let next = self.made.get(&key).map(|made| *made + BETWEEN);
        let soon = now + GATHER;
        self.due.set(key, next.map_or(soon, |next| next.max(soon)));
    }

    /// Removes and returns the tenants that are due.
    pub fn due(&mut self, now: Instant) -> Vec<Key> {
        let due = self.due.due(now);
        for key in &due {
            self.made.insert(key.clone(), now);
        }
        due
    }

    /// Returns the time at which the next tenant is due.
    pub fn next(&self) -> Option<Instant> {
        self.due.first()
    }

    /// Forgets a deleted tenant.
    pub fn forget(&mut self, key: &Key) {
        self.due.remove(key);
        self.made.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_one_page_and_the_next_comes_a_second_later_at_the_earliest() {
        let (mut pace, now, key) = (PageDebouncer::default(), Instant::now(), Key::new("ns", "acme"));
        for _ in 0..500 {
            pace.call(key.clone(), now);
        }
        assert_eq!(pace.next(), Some(now + GATHER));
        assert!(pace.due(now).is_empty());
        assert_eq!(pace.due(now + GATHER), vec![key.clone()]);
        assert_eq!(pace.next(), None);
        pace.call(key.clone(), now + GATHER);
        assert_eq!(pace.next(), Some(now + GATHER + BETWEEN));
        pace.due(now + GATHER + BETWEEN);
        // Long after the last write, only the wait of `GATHER` applies.
        let later = now + BETWEEN * 9;
        pace.call(key.clone(), later);
        assert_eq!(pace.next(), Some(later + GATHER));
        pace.forget(&key);
        assert_eq!(pace.next(), None);
    }
}
