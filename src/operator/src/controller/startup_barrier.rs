//! The start-up barrier: holds back first verdicts on shared credentials until every listed object was read. Without
//! the barrier, first verdicts would be written twice.
//!
//! The barrier waits as long as there is progress, however slow the machine is. Without progress the barrier gives up,
//! and verdicts are based on partial knowledge until the last object was read. A namespace whose own objects were all
//! read waits only a short time for the objects of other namespaces.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use lapsewatch_core::api::Key;

/// The longest wait without progress. An unanswered request times out after a quarter of this time.
const PATIENCE: Duration = Duration::from_secs(60);
/// The time for which a namespace waits for the objects of other namespaces.
const FOR_OTHERS: Duration = Duration::from_secs(5);
/// Each object that is read extends the wait of [`FOR_OTHERS`] by this time. While more than five objects a second are
/// read, as in an import of thousands of objects, the wait continues. A namespace full of expensive keystores is read
/// more slowly, so the other namespaces stop waiting.
const FOR_EACH: Duration = Duration::from_millis(200);

/// The start-up barrier.
#[derive(Default)]
pub struct StartupBarrier {
    /// The listed objects that were not read yet, by namespace.
    pending_first_read: HashMap<Arc<str>, HashSet<Key>>,
    state: BarrierState,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum BarrierState {
    /// Every listed object was read.
    #[default]
    Open,
    /// Some objects were not read yet, and first verdicts wait for them.
    Closed { since: Instant, looked_at: u32, last_progress: Instant },
    /// Some objects were not read yet, but first verdicts do not wait any longer, because there was no progress.
    GaveUp,
}

/// A transition of the barrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// The state did not change.
    None,
    /// The barrier gave up, because there was no progress for too long.
    GaveUp,
    /// Every object was read.
    Opened,
}

impl StartupBarrier {
    /// Closes the barrier until these objects were read. A barrier that gave up stays in that state.
    pub fn close(&mut self, keys: impl Iterator<Item = Key>, now: Instant) {
        for key in keys {
            self.pending_first_read.entry(key.namespace.clone()).or_default().insert(key);
        }
        match &mut self.state {
            BarrierState::Open => self.state = BarrierState::Closed { since: now, looked_at: 0, last_progress: now },
            BarrierState::Closed { last_progress, .. } => *last_progress = now,
            BarrierState::GaveUp => {}
        }
    }

    /// Resets the barrier when this replica begins to lead. [`Self::close`] then adds the listed objects again.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Records that the object was read or is gone.
    pub fn looked_at(&mut self, key: &Key, now: Instant) {
        let Some(pending) = self.pending_first_read.get_mut(&key.namespace) else { return };
        let was_pending = pending.remove(key);
        if pending.is_empty() {
            self.pending_first_read.remove(&key.namespace);
        }
        if was_pending {
            self.progress(now);
            if let BarrierState::Closed { looked_at, .. } = &mut self.state {
                *looked_at = looked_at.saturating_add(1);
            }
        }
    }

    /// Records progress: a new object was listed, or a pending object was read.
    pub fn progress(&mut self, now: Instant) {
        if let BarrierState::Closed { last_progress, .. } = &mut self.state {
            *last_progress = now;
        }
    }

    /// Opens the barrier if every object was read and all lists are complete (`is_listed`). Gives up after too long a
    /// time without progress.
    pub fn advance(&mut self, is_listed: bool, now: Instant) -> Transition {
        if self.state != BarrierState::Open && is_listed && self.pending_first_read.is_empty() {
            self.state = BarrierState::Open;
            return Transition::Opened;
        }
        if self.is_closed() && self.gives_up_at().is_some_and(|deadline| now >= deadline) {
            self.state = BarrierState::GaveUp;
            return Transition::GaveUp;
        }
        Transition::None
    }

    /// True if every listed object was read.
    pub fn is_open(&self) -> bool {
        self.state == BarrierState::Open
    }

    /// True while first verdicts wait.
    pub fn is_closed(&self) -> bool {
        matches!(self.state, BarrierState::Closed { .. })
    }

    /// True if the first verdicts of a namespace need not wait for other namespaces any longer. `is_listed` is true if
    /// all lists are complete.
    pub fn lets_through(&self, namespace: &str, is_listed: bool, now: Instant) -> bool {
        is_listed
            && self.waits_for_others_until().is_some_and(|until| now >= until)
            && !self.pending_first_read.contains_key(namespace)
    }

    /// Returns the time of the next check of the barrier if there is no progress before.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let others = self.waits_for_others_until().filter(|until| *until > now);
        self.gives_up_at().into_iter().chain(others).min()
    }

    fn gives_up_at(&self) -> Option<Instant> {
        match self.state {
            BarrierState::Closed { last_progress, .. } => Some(last_progress + PATIENCE),
            BarrierState::Open | BarrierState::GaveUp => None,
        }
    }

    fn waits_for_others_until(&self) -> Option<Instant> {
        match self.state {
            BarrierState::Closed { since, looked_at, .. } => Some(since + FOR_OTHERS + FOR_EACH * looked_at),
            BarrierState::Open | BarrierState::GaveUp => None,
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
            // An object that was read before is not progress.
            barrier.looked_at(&keys[0], now + Duration::from_secs(58));
            assert_eq!(barrier.advance(true, now + Duration::from_secs(59)), Transition::None);
        }
        assert_eq!(barrier.gives_up_at(), Some(now + PATIENCE));
        assert_eq!(barrier.advance(true, now + PATIENCE), Transition::GaveUp);
        assert!(!barrier.is_open() && !barrier.is_closed());
        assert_eq!((barrier.advance(true, now + PATIENCE * 9), barrier.deadline(now)), (Transition::None, None));
        keys.iter().for_each(|key| barrier.looked_at(key, now));
        assert_eq!(barrier.advance(true, now), Transition::Opened);
    }

    #[test]
    fn a_namespace_does_not_wait_long_for_another_one_whose_objects_take_long() {
        let (mut barrier, begin) = (StartupBarrier::default(), Instant::now());
        let costly: Vec<Key> = (0..1000).map(|n| Key::new("costly", &format!("c-{n}"))).collect();
        barrier.close(costly.iter().cloned().chain([Key::new("quiet", "a")]), begin);
        barrier.looked_at(&Key::new("quiet", "a"), begin);
        let mut now = begin;
        for key in &costly[..20] {
            now += Duration::from_millis(500);
            barrier.looked_at(key, now);
        }
        assert!(barrier.lets_through("quiet", true, now) && !barrier.lets_through("costly", true, now));
        assert!(!barrier.lets_through("quiet", false, now), "a list is missing");
        // If the objects are read ten times as fast, the namespace continues to wait.
        let (mut barrier, mut now) = (StartupBarrier::default(), begin);
        barrier.close(costly.iter().cloned(), begin);
        for key in &costly[..999] {
            now += Duration::from_millis(50);
            barrier.looked_at(key, now);
            assert!(!barrier.lets_through("quiet", true, now));
        }
        assert!(barrier.is_closed());
    }

    #[test]
    fn a_list_that_never_completes_leaves_it_unopened() {
        let (mut barrier, now, [a, _]) = (StartupBarrier::default(), Instant::now(), keys());
        barrier.close([a.clone()].into_iter(), now);
        barrier.looked_at(&a, now);
        assert_eq!(barrier.advance(false, now + PATIENCE), Transition::GaveUp);
        assert_eq!(barrier.advance(false, now + PATIENCE * 9), Transition::None);
        assert!(!barrier.is_open());
        // Later the list completes. A barrier that gave up does not wait for the objects of this list.
        let late = now + PATIENCE * 9;
        barrier.close([a.clone()].into_iter(), late);
        assert!(!barrier.is_closed());
        barrier.looked_at(&a, late);
        assert_eq!(barrier.advance(true, late), Transition::Opened);
    }
}
