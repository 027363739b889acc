//! The start-up barrier: a first verdict on who else holds a credential waits until every listed object was looked at.
//! Without it, the first verdicts would be written twice.
//!
//! It waits for as long as there is progress, however slow the machine is. Without progress it gives up, and verdicts
//! rest on partial knowledge until the last object was looked at.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::api::Key;

/// How long it waits without progress. A request that nobody answers takes a quarter of that.
const PATIENCE: Duration = Duration::from_secs(60);

/// Holds back first verdicts.
#[derive(Default)]
pub struct StartupBarrier {
    /// Listed objects that were not looked at yet.
    pending_first_read: HashSet<Key>,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Every listed object was looked at.
    #[default]
    Open,
    /// Some objects were not looked at yet.
    Closed { last_progress: Instant },
    /// Some objects were not looked at yet, and there was no progress for too long.
    GaveUp,
}

/// A transition of the barrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// There was none.
    None,
    /// It waits no longer.
    GaveUp,
    /// Every object was looked at.
    Opened,
}

impl StartupBarrier {
    /// Closes the barrier until these objects were looked at. If it gave up before, it does not wait for them either.
    pub fn close(&mut self, keys: impl Iterator<Item = Key>, now: Instant) {
        self.pending_first_read.extend(keys);
        if self.state != State::GaveUp {
            self.state = State::Closed { last_progress: now };
        }
    }

    /// Forgets every object, for a start that lists them anew.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Notes that the object was looked at, or is gone.
    pub fn looked_at(&mut self, key: &Key, now: Instant) {
        if self.pending_first_read.remove(key) {
            self.progress(now);
        }
    }

    /// Notes progress: an object that was not known before was listed or looked at.
    pub fn progress(&mut self, now: Instant) {
        if let State::Closed { last_progress } = &mut self.state {
            *last_progress = now;
        }
    }

    /// Opens the barrier if every object was looked at and `is_listed`: no list is missing.
    pub fn advance(&mut self, is_listed: bool, now: Instant) -> Transition {
        if self.state != State::Open && is_listed && self.pending_first_read.is_empty() {
            self.state = State::Open;
            return Transition::Opened;
        }
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.state = State::GaveUp;
            return Transition::GaveUp;
        }
        Transition::None
    }

    /// True if every listed object was looked at.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// True while first verdicts wait.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    /// When the barrier gives up, unless there is progress before.
    pub fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Closed { last_progress } => Some(last_progress + PATIENCE),
            State::Open | State::GaveUp => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> [Key; 2] {
        [Key::new("ns", "a"), Key::new("ns", "b")]
    }

    #[test]
    fn it_opens_once_every_object_was_looked_at_and_no_list_is_missing() {
        let (mut barrier, now, [a, b]) = (StartupBarrier::default(), Instant::now(), keys());
        assert!(barrier.is_open());
        barrier.close(keys().into_iter(), now);
        barrier.looked_at(&a, now);
        assert_eq!(barrier.advance(true, now), Transition::None);
        barrier.looked_at(&b, now);
        assert_eq!(barrier.advance(false, now), Transition::None);
        assert!(barrier.is_closed());
        assert_eq!(barrier.advance(true, now), Transition::Opened);
        assert!(barrier.is_open() && !barrier.is_closed());
        assert_eq!(barrier.advance(true, now), Transition::None);
    }

    #[test]
    fn it_waits_for_hours_while_there_is_progress_and_a_minute_without() {
        let (mut barrier, mut now) = (StartupBarrier::default(), Instant::now());
        let keys: Vec<Key> = (0..300).map(|n| Key::new("ns", &format!("c-{n}"))).collect();
        barrier.close(keys.iter().cloned(), now);
        for key in &keys[..200] {
            now += Duration::from_secs(59);
            barrier.looked_at(key, now);
            // One that was looked at before is no progress.
            barrier.looked_at(&keys[0], now + Duration::from_secs(58));
            assert_eq!(barrier.advance(true, now + Duration::from_secs(59)), Transition::None);
        }
        assert_eq!(barrier.deadline(), Some(now + PATIENCE));
        assert_eq!(barrier.advance(true, now + PATIENCE), Transition::GaveUp);
        assert!(!barrier.is_open() && !barrier.is_closed());
        assert_eq!((barrier.advance(true, now + PATIENCE * 9), barrier.deadline()), (Transition::None, None));
        keys.iter().for_each(|key| barrier.looked_at(key, now));
        assert_eq!(barrier.advance(true, now), Transition::Opened);
    }

    #[test]
    fn a_list_that_never_completes_leaves_it_unopened() {
        let (mut barrier, now, [a, _]) = (StartupBarrier::default(), Instant::now(), keys());
        barrier.close([a.clone()].into_iter(), now);
        barrier.looked_at(&a, now);
        assert_eq!(barrier.advance(false, now + PATIENCE), Transition::GaveUp);
        assert_eq!(barrier.advance(false, now + PATIENCE * 9), Transition::None);
        assert!(!barrier.is_open());
        // Its list completes after all. Nothing waits for its objects.
        let late = now + PATIENCE * 9;
        barrier.close([a.clone()].into_iter(), late);
        assert!(!barrier.is_closed());
        barrier.looked_at(&a, late);
        assert_eq!(barrier.advance(true, late), Transition::Opened);
    }
}
