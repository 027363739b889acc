//! Limits how often one object is reconciled: a burst, then once per interval. This limits the cost of an object that
//! changes continuously.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use lapsewatch_core::api::Key;

/// The number of reconciliations of one object that need not wait.
const BURST: u32 = 30;
/// The time between two reconciliations of one object after the burst.
const INTERVAL: Duration = Duration::from_secs(2);
/// The time between two cleanups of objects whose whole burst is available again.
const PRUNE: Duration = Duration::from_secs(60);

/// The objects that were reconciled recently.
#[derive(Default)]
pub struct Throttle {
    /// The instant from which the whole [`BURST`] of an object is available again.
    rested: HashMap<Key, Instant>,
    pruned: Option<Instant>,
}

impl Throttle {
    /// Returns the instant from which the object may be reconciled. None if the object need not wait.
    pub fn wait(&self, key: &Key, now: Instant) -> Option<Instant> {
        let rested = self.rested.get(key)?;
        let free = rested.checked_sub(INTERVAL * (BURST - 1))?;
        (free > now).then_some(free)
    }

    /// Records a reconciliation.
    pub fn look(&mut self, key: &Key, now: Instant) {
        if self.pruned.is_none_or(|pruned| now >= pruned + PRUNE) {
            self.rested.retain(|_, rested| *rested > now);
            self.pruned = Some(now);
        }
        let rested = self.rested.entry(key.clone()).or_insert(now);
        *rested = (*rested).max(now) + INTERVAL;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_looked_at_thirty_times_at_once_and_then_every_two_seconds() {
        let (mut throttle, mut now, key) = (Throttle::default(), Instant::now(), Key::new("ns", "hot"));
        for _ in 0..BURST {
            assert_eq!(throttle.wait(&key, now), None);
            throttle.look(&key, now);
        }
        for _ in 0..50 {
            assert_eq!(throttle.wait(&key, now), Some(now + INTERVAL));
            assert_eq!(throttle.wait(&Key::new("ns", "other"), now), None);
            now += INTERVAL;
            assert_eq!(throttle.wait(&key, now), None);
            throttle.look(&key, now);
        }
        // After a minute of rest the whole burst is available again.
        now += INTERVAL * BURST;
        for _ in 0..BURST {
            assert_eq!(throttle.wait(&key, now), None);
            throttle.look(&key, now);
        }
        assert!(throttle.wait(&key, now).is_some());
    }

    #[test]
    fn objects_that_have_rested_are_forgotten() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        (0..1000).for_each(|n| throttle.look(&Key::new("ns", &n.to_string()), now));
        throttle.look(&Key::new("ns", "other"), now + PRUNE);
        assert_eq!(throttle.rested.len(), 1);
    }
}
