//! The gate of a start: what is said of who else holds a credential waits until every listed object was looked at once.
//! Otherwise the first verdicts would be taken back one by one.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::api::Key;

/// How long it stays shut at most.
const LONGEST: Duration = Duration::from_secs(60);

/// Open where it has no deadline.
#[derive(Default)]
pub struct Gate {
    untried: HashSet<Key>,
    /// Of these nothing was said since the start.
    unsaid: HashSet<Key>,
    deadline: Option<Instant>,
    is_late: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It is as it was.
    No,
    /// It is too late to wait for all: what is known is said, and no more.
    Late,
    /// All were tried.
    Open {
        /// Something was said before that.
        was_late: bool,
    },
}

impl Gate {
    /// A list is complete: these are to be tried. Where others are waited for, that is not for longer: namespaces that come
    /// one after the other would hold back all of them for ever.
    pub fn shut(&mut self, keys: impl Iterator<Item = Key>, now: Instant) {
        for key in keys {
            self.untried.insert(key.clone());
            self.unsaid.insert(key);
        }
        self.deadline.get_or_insert(now + LONGEST);
    }

    /// Nothing waits for it any more: what is to be tried is told anew.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// It was looked at, or is gone.
    pub fn tried(&mut self, key: &Key) {
        self.untried.remove(key);
    }

    /// Opens it where all were tried. `complete`: no other list is waited for.
    pub fn look(&mut self, complete: bool, now: Instant) -> Moved {
        let Some(deadline) = self.deadline else { return Moved::No };
        let is_over = now >= deadline;
        if self.untried.is_empty() && (complete || is_over) {
            self.deadline = None;
            self.unsaid.clear();
            return Moved::Open { was_late: std::mem::take(&mut self.is_late) };
        }
        if is_over && !self.is_late {
            self.is_late = true;
            self.unsaid.clear();
            return Moved::Late;
        }
        Moved::No
    }

    /// Whether all were tried.
    pub fn is_open(&self) -> bool {
        self.deadline.is_none()
    }

    /// Whether what is to be said of one waits: for the first time since the start, or where it was never said before who
    /// else holds the same.
    pub fn holds(&self, key: &Key, knows_peers: bool) -> bool {
        !self.is_open() && !self.is_late && (!knows_peers || self.unsaid.contains(key))
    }

    /// When to look at it, if nothing happens before.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline.filter(|_| !self.is_late)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> [Key; 2] {
        [Key::new("ns", "a"), Key::new("ns", "b")]
    }

    #[test]
    fn it_opens_when_all_were_tried_and_no_list_is_waited_for() {
        let (mut gate, now, [a, b]) = (Gate::default(), Instant::now(), keys());
        assert!(gate.is_open() && !gate.holds(&a, false));
        gate.shut(keys().into_iter(), now);
        gate.tried(&a);
        assert_eq!(gate.look(true, now), Moved::No);
        gate.tried(&b);
        assert_eq!(gate.look(false, now), Moved::No);
        assert!(gate.holds(&a, true) && gate.holds(&b, false));
        // One that came since.
        let new = Key::new("ns", "new");
        assert!(gate.holds(&new, false) && !gate.holds(&new, true));
        assert_eq!(gate.look(true, now), Moved::Open { was_late: false });
        assert!(gate.is_open() && !gate.holds(&a, false));
        assert_eq!(gate.look(true, now), Moved::No);
    }

    #[test]
    fn after_a_minute_it_holds_nothing_back_and_opens_when_the_last_was_tried() {
        let (mut gate, now, [a, b]) = (Gate::default(), Instant::now(), keys());
        gate.shut(keys().into_iter(), now);
        gate.tried(&a);
        let late = now + LONGEST;
        assert_eq!(gate.deadline(), Some(late));
        assert_eq!(gate.look(true, late), Moved::Late);
        assert!(!gate.holds(&b, false) && !gate.is_open());
        assert_eq!((gate.look(true, late), gate.deadline()), (Moved::No, None));
        gate.tried(&b);
        assert_eq!(gate.look(true, late), Moved::Open { was_late: true });
    }

    #[test]
    fn a_list_that_never_completes_is_not_waited_for_longer() {
        let (mut gate, now) = (Gate::default(), Instant::now());
        gate.shut(std::iter::empty(), now);
        assert_eq!(gate.look(false, now), Moved::No);
        assert_eq!(gate.look(false, now + LONGEST), Moved::Open { was_late: false });
    }

    #[test]
    fn lists_that_complete_one_after_the_other_hold_nothing_back_for_longer() {
        let (mut gate, now, [a, b]) = (Gate::default(), Instant::now(), keys());
        gate.shut([a.clone()].into_iter(), now);
        gate.tried(&a);
        assert_eq!(gate.look(false, now), Moved::No);
        gate.shut([b.clone()].into_iter(), now + LONGEST / 2);
        assert_eq!(gate.look(false, now + LONGEST), Moved::Late);
        assert!(!gate.holds(&a, false) && !gate.holds(&b, false));
        // Another one, when it is too late anyway.
        let c = Key::new("ns", "c");
        gate.shut([c.clone()].into_iter(), now + LONGEST * 2);
        assert_eq!(gate.look(true, now + LONGEST * 2), Moved::No);
        assert!(!gate.holds(&c, false) && !gate.is_open());
        [b, c].iter().for_each(|key| gate.tried(key));
        assert_eq!(gate.look(true, now + LONGEST * 2), Moved::Open { was_late: true });
    }

    #[test]
    fn a_list_that_completes_long_after_holds_back_its_own_and_not_what_was_said_before() {
        let (mut gate, now, [a, b]) = (Gate::default(), Instant::now(), keys());
        gate.shut([a.clone()].into_iter(), now);
        gate.tried(&a);
        assert_eq!(gate.look(false, now + LONGEST), Moved::Open { was_late: false });
        gate.shut([b.clone()].into_iter(), now + LONGEST * 9);
        assert!(!gate.holds(&a, true) && gate.holds(&b, true));
        gate.tried(&b);
        assert_eq!(gate.look(true, now + LONGEST * 9), Moved::Open { was_late: false });
    }
}
