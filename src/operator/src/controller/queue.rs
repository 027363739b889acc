//! Queues the objects to reconcile: after a change, at the object's next boundary, and with backoff after a failure. A
//! boundary is a time at which an assessment changes without a change of the object. Only one task at a time works on
//! an object.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::fair_queue::FairQueue;
use super::object_throttle::Throttle;
use super::timetable::Timetable;
use lapsewatch_core::api::Key;

const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(300);
/// The time within which all failed objects are retried after the API server answers again.
const RETRY_SOON: Duration = Duration::from_secs(5);

/// The work queue of one kind. Boundaries are times of the operator's `Clock`. Retries are instants of the monotonic
/// clock, because failures come from the network.
#[derive(Default)]
pub struct Queue {
    ready: FairQueue,
    waiting: HashSet<Key>,
    /// The objects that use a turn of the fair queue.
    turns: HashSet<Key>,
    running: HashSet<Key>,
    /// The objects that were queued again while running. They run once more afterwards.
    again: HashSet<Key>,
    boundaries: Timetable<DateTime<Utc>>,
    retries: Timetable<Instant>,
    failures: HashMap<Key, u32>,
    throttle: Option<Throttle>,
}

impl Queue {
    /// Returns a queue that limits how often each object is reconciled.
    pub fn throttled() -> Self {
        Self { throttle: Some(Throttle::default()), ..Self::default() }
    }

    /// Queues the object, at once or as soon as its rate allows.
    pub fn call(&mut self, key: Key) {
        if self.running.contains(&key) {
            self.again.insert(key);
        } else if !self.waiting.contains(&key) {
            match self.throttle.as_ref().and_then(|throttle| throttle.wait(&key, Instant::now())) {
                Some(free) => self.retries.set(key, free),
                None => {
                    self.waiting.insert(key.clone());
                    self.ready.push(key);
                }
            }
        }
    }

    /// Forgets a deleted object.
    pub fn forget(&mut self, key: &Key) {
        self.again.remove(key);
        self.boundaries.remove(key);
        self.retries.remove(key);
        self.failures.remove(key);
        if self.waiting.remove(key) {
            self.ready.remove(key);
        }
    }

    /// Queues the objects whose boundary or retry is due.
    pub fn wake(&mut self, now: DateTime<Utc>, instant: Instant) {
        self.due(now, instant).into_iter().for_each(|key| self.call(key));
    }

    /// Removes the boundaries and retries that are due. Returns their objects without queueing them.
    pub fn due(&mut self, now: DateTime<Utc>, instant: Instant) -> Vec<Key> {
        self.boundaries.due(now).into_iter().chain(self.retries.due(instant)).collect()
    }

    /// Starts work on the next object. The object stays out of the queue until the work ends, for example with
    /// [`Queue::done`]. Namespaces take turns.
    pub fn start(&mut self) -> Option<Key> {
        let key = self.ready.pop()?;
        self.waiting.remove(&key);
        self.running.insert(key.clone());
        self.turns.insert(key.clone());
        if let Some(throttle) = &mut self.throttle {
            throttle.look(&key, Instant::now());
        }
        Some(key)
    }

    /// Ends the object's turn, so that the rest of its work does not delay other objects of its namespace.
    pub fn end_turn(&mut self, key: &Key) {
        if self.turns.remove(key) {
            self.ready.end_turn(key);
        }
    }

    /// Ends work on the object. The object is due again at `next`.
    pub fn done(&mut self, key: &Key, next: Option<DateTime<Utc>>) {
        self.failures.remove(key);
        self.retries.remove(key);
        match next {
            Some(next) => self.boundaries.set(key.clone(), next),
            None => self.boundaries.remove(key),
        }
        self.finish(key);
    }

    /// Ends failed work on the object. Returns the wait before the retry. `spread`, from 0 to 1, shortens the wait by
    /// up to a quarter, so that objects that failed together are not retried together. If `next` is given, the object
    /// is also due at this boundary.
    pub fn failed(&mut self, key: &Key, next: Option<DateTime<Utc>>, instant: Instant, spread: f64) -> Duration {
        if let Some(next) = next {
            self.boundaries.set(key.clone(), next);
        }
        let failures = self.failures.entry(key.clone()).or_default();
        let wait = FIRST_RETRY.saturating_mul(1 << (*failures).min(16)).min(LAST_RETRY);
        *failures = failures.saturating_add(1);
        let wait = wait.mul_f64(1.0 - spread.clamp(0.0, 1.0) / 4.0);
        self.retries.set(key.clone(), instant + wait);
        self.finish(key);
        wait
    }

    /// Retries all failed objects soon, because the API server answers again, and resets their backoff. All objects are
    /// retried within [`RETRY_SOON`], in the order in which they were due.
    pub fn retry_soon(&mut self, now: Instant) {
        self.failures.clear();
        let waiting = self.retries.drain();
        let count = u32::try_from(waiting.len()).unwrap_or(u32::MAX).max(1);
        for (place, (due, key)) in (0..).zip(waiting) {
            let soon = now + RETRY_SOON.mul_f64(f64::from(place) / f64::from(count));
            self.retries.set(key, due.min(soon));
        }
    }

    /// Ends work on the object, which must wait until `instant` without having failed. If `next` is given, the object
    /// is also due at this boundary.
    pub fn hold(&mut self, key: &Key, next: Option<DateTime<Utc>>, instant: Instant) {
        if let Some(next) = next {
            self.boundaries.set(key.clone(), next);
        }
        self.retries.set(key.clone(), instant);
        self.finish(key);
    }

    /// Ends work on the object without a result, because a watch update will queue the object. Its boundary and backoff
    /// stay.
    pub fn defer(&mut self, key: &Key) {
        self.again.remove(key);
        self.finish(key);
    }

    /// Discards the result of work on the object, and queues the object again if it still exists.
    pub fn requeue(&mut self, key: Key) {
        self.again.insert(key.clone());
        self.finish(&key);
    }

    fn finish(&mut self, key: &Key) {
        self.end_turn(key);
        self.running.remove(key);
        if self.again.remove(key) {
            self.call(key.clone());
        }
    }

    /// True if the object is not running, queued or waiting for a retry.
    pub fn is_idle(&self, key: &Key) -> bool {
        !self.running.contains(key) && !self.waiting.contains(key) && !self.retries.has(key)
    }

    /// True if the latest known state of the object was read: the object is neither queued nor being read.
    pub fn is_looked_at(&self, key: &Key) -> bool {
        !self.waiting.contains(key) && !self.turns.contains(key) && !self.again.contains(key)
    }

    /// Returns the number of failures in a row.
    pub fn failures(&self, key: &Key) -> u32 {
        self.failures.get(key).copied().unwrap_or_default()
    }

    /// Returns the number of queued objects.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Returns the time of the next boundary.
    pub fn next_boundary(&self) -> Option<DateTime<Utc>> {
        self.boundaries.first()
    }

    /// Returns the time of the next retry.
    pub fn next_retry(&self) -> Option<Instant> {
        self.retries.first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key::new("ns", name)
    }

    #[test]
    fn an_object_called_while_running_runs_once_more_and_never_twice_at_once() {
        let mut queue = Queue::default();
        queue.call(key("a"));
        queue.call(key("a"));
        assert_eq!(queue.start(), Some(key("a")));
        queue.call(key("a"));
        queue.call(key("a"));
        assert_eq!(queue.start(), None);
        queue.done(&key("a"), None);
        assert_eq!(queue.start(), Some(key("a")));
        queue.done(&key("a"), None);
        assert_eq!(queue.start(), None);
    }

    #[test]
    fn failures_wait_ever_longer_and_a_success_clears_them() {
        let mut queue = Queue::default();
        let now = Instant::now();
        let waits: Vec<u64> = (0..12).map(|_| queue.failed(&key("a"), None, now, 0.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        queue.done(&key("a"), None);
        assert_eq!(queue.next_retry(), None);
        assert_eq!(queue.failed(&key("a"), None, now, 0.0).as_secs(), 1);
    }

    #[test]
    fn a_boundary_is_kept_to_while_failures_wait() {
        let mut queue = Queue::default();
        let at = |s| DateTime::from_timestamp(s, 0).unwrap();
        let now = Instant::now();
        for _ in 0..9 {
            queue.failed(&key("a"), Some(at(100)), now, 0.0);
        }
        queue.wake(at(99), now);
        assert_eq!(queue.start(), None);
        queue.wake(at(100), now);
        assert_eq!(queue.start(), Some(key("a")));
    }

    #[test]
    fn what_failed_is_tried_again_soon_when_the_server_is_back() {
        let mut queue = Queue::default();
        let now = Instant::now();
        for name in ["a", "b", "c"] {
            for _ in 0..12 {
                queue.failed(&key(name), None, now, 0.0);
            }
        }
        queue.retry_soon(now);
        queue.wake(DateTime::default(), now);
        assert_eq!(queue.start(), Some(key("a")), "the first at once");
        assert_eq!(queue.start(), None, "the others one after the other");
        queue.wake(DateTime::default(), now + RETRY_SOON);
        assert_eq!((queue.start(), queue.start()), (Some(key("b")), Some(key("c"))));
        assert_eq!(queue.failed(&key("a"), None, now, 0.0), FIRST_RETRY, "another failure is a first one");
        queue.retry_soon(now + Duration::from_secs(2));
        assert_eq!(queue.next_retry(), Some(now + FIRST_RETRY), "none is put off");
    }

    #[test]
    fn what_is_gone_leaves_nothing_behind() {
        let mut queue = Queue::default();
        queue.call(key("a"));
        queue.start();
        queue.failed(&key("a"), None, Instant::now(), 0.5);
        queue.call(key("a"));
        queue.forget(&key("a"));
        assert_eq!(queue.start(), None);
        assert_eq!(queue.next_retry(), None);
        assert!(queue.failures.is_empty() && queue.waiting.is_empty() && queue.again.is_empty());
    }

    #[test]
    fn an_object_is_idle_until_it_is_called_and_after_it_is_done() {
        let mut queue = Queue::default();
        assert!(queue.is_idle(&key("a")));
        queue.call(key("a"));
        assert!(!queue.is_idle(&key("a")), "it waits");
        queue.start();
        assert!(!queue.is_idle(&key("a")), "work on it is under way");
        assert!(!queue.is_looked_at(&key("a")));
        queue.end_turn(&key("a"));
        assert!(queue.is_looked_at(&key("a")) && !queue.is_idle(&key("a")), "it is published");
        queue.call(key("a"));
        assert!(!queue.is_looked_at(&key("a")), "it has changed meanwhile");
        queue.failed(&key("a"), None, Instant::now(), 0.0);
        assert!(!queue.is_idle(&key("a")), "it is tried again");
        queue.start();
        queue.done(&key("a"), None);
        assert!(queue.is_idle(&key("a")));
    }

    #[test]
    fn an_object_that_is_called_all_the_time_keeps_to_its_rate_and_is_not_forgotten() {
        let mut queue = Queue::throttled();
        let mut looks = 0;
        loop {
            queue.call(key("hot"));
            let Some(hot) = queue.start() else { break };
            // The object has changed meanwhile.
            queue.call(hot.clone());
            queue.done(&hot, None);
            looks += 1;
            assert!(looks < 1000, "there is no limit");
        }
        queue.call(key("other"));
        assert_eq!(queue.start(), Some(key("other")));
        let retry = queue.next_retry().unwrap();
        assert_eq!(queue.due(DateTime::UNIX_EPOCH, retry), [key("hot")]);
    }

    #[test]
    fn a_boundary_calls_when_its_time_has_come() {
        let mut queue = Queue::default();
        let at = |s| DateTime::from_timestamp(s, 0).unwrap();
        queue.call(key("a"));
        queue.start();
        queue.done(&key("a"), Some(at(100)));
        queue.wake(at(99), Instant::now());
        assert_eq!(queue.start(), None);
        queue.wake(at(100), Instant::now());
        assert_eq!(queue.start(), Some(key("a")));
    }
}
