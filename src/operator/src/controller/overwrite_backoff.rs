//! Delays writes to statuses that other programs replace, such as another operator on the same objects.
//!
//! The first replacements are corrected at once, because a user may have made them. If the status is replaced after
//! each write, the next writes wait longer and longer. A change with another cause is still written at once. Examples
//! are an edit of the spec or the Secret, and a new expiry stage.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use lapsewatch_core::api::Key;

/// The number of replacements in a row that are corrected at once.
const FREE: u32 = 5;
const LONGEST: Duration = Duration::from_secs(300);
/// The time without a replacement after which the count starts again. It is longer than the longest wait.
const FORGIVEN: Duration = Duration::from_secs(900);

/// The last writes to one kind of object. Each written object has one entry, which is removed with the object.
#[derive(Default)]
pub struct OverwriteBackoff(Mutex<HashMap<Key, ContestedWrites>>);

struct ContestedWrites {
    /// The resourceVersion and status hash after the last write. None after a replacement of this write was counted.
    written: Option<(String, u64)>,
    /// The hash of the parts of the status whose changes are written without a wait, see
    /// [`lapsewatch_core::observed::kind::WatchedKind::gist`].
    gist: u64,
    replacements: u32,
    last: Instant,
    until: Instant,
}

/// The wait before the next write of a status that another program replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The duration of the wait from the present.
    pub duration: Duration,
    /// True if the status was replaced again since the last call.
    pub is_news: bool,
}

impl OverwriteBackoff {
    /// Compares the observed `version` and status `hash` with the last write, and counts a replacement by another
    /// program. Returns the wait before the next write. None if the write need not wait, for example because `gist`
    /// differs from the last write.
    pub fn look(&self, key: &Key, version: &str, hash: u64, gist: u64, now: Instant) -> Option<Wait> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get_mut(key)?;
        let is_news = entry.written.as_ref().is_some_and(|(at, wrote)| at != version && *wrote != hash);
        if is_news {
            entry.written = None;
            if now.saturating_duration_since(entry.last) > FORGIVEN {
                entry.replacements = 0;
            }
            entry.replacements = entry.replacements.saturating_add(1);
            entry.last = now;
            let doublings = entry.replacements.checked_sub(FREE + 1);
            let wait = doublings.map_or(Duration::ZERO, |times| Duration::from_secs(1 << times.min(16)).min(LONGEST));
            entry.until = now + wait;
        }
        let duration = entry.until.saturating_duration_since(now);
        (entry.gist == gist && !duration.is_zero()).then_some(Wait { duration, is_news })
    }

    /// Records a successful write: the object's resourceVersion after the write, and the hash and gist of its status.
    pub fn wrote(&self, key: &Key, version: &str, hash: u64, gist: u64, now: Instant) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || ContestedWrites { written: None, gist, replacements: 0, last: now, until: now };
        let entry = entries.entry(key.clone()).or_insert_with(fresh);
        (entry.written, entry.gist) = (Some((version.to_owned(), hash)), gist);
    }

    /// Forgets all writes, because another replica may have led meanwhile.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Forgets a deleted object.
    pub fn forget(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Replaces the status several times, each time shortly after a write. Returns the waits in seconds and the time at
    /// the end.
    fn fight(contest: &OverwriteBackoff, rounds: u32, mut now: Instant) -> (Vec<u64>, Instant) {
        let key = Key::new("ns", "a");
        let mut waits = Vec::new();
        for round in 0..rounds {
            contest.wrote(&key, &format!("own-{round}"), 1, 7, now);
            assert_eq!(contest.look(&key, &format!("own-{round}"), 1, 7, now), None);
            now += Duration::from_millis(5);
            let wait = contest.look(&key, &format!("other-{round}"), 2, 7, now);
            waits.push(wait.map_or(0, |wait| wait.duration.as_secs()));
            now += wait.map_or(Duration::ZERO, |wait| wait.duration);
            assert_eq!(contest.look(&key, &format!("more-{round}"), 3, 7, now), None, "its time has come");
        }
        (waits, now)
    }

    #[test]
    fn who_replaces_each_write_makes_the_next_one_wait_longer() {
        let contest = OverwriteBackoff::default();
        let (waits, now) = fight(&contest, 17, Instant::now());
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        let (waits, now) = fight(&contest, 1, now + FORGIVEN / 2);
        assert_eq!(waits, [300]);
        let (waits, _) = fight(&contest, 6, now + FORGIVEN * 2);
        assert_eq!(waits, [0, 0, 0, 0, 0, 1], "what is long ago is forgotten");
    }

    #[test]
    fn what_is_new_does_not_wait_and_what_others_write_while_it_waits_does_not_count() {
        let (contest, key) = (OverwriteBackoff::default(), Key::new("ns", "a"));
        let (_, now) = fight(&contest, 9, Instant::now());
        contest.wrote(&key, "own", 1, 7, now);
        let wait = contest.look(&key, "other", 2, 7, now).unwrap();
        assert!(wait.is_news && wait.duration.as_secs() == 16);
        for n in 0..50 {
            let again = contest.look(&key, &n.to_string(), n, 7, now).unwrap();
            assert_eq!(again, Wait { is_news: false, ..wait });
        }
        assert_eq!(contest.look(&key, "other", 2, 8, now), None, "the Secret was renewed");
        contest.forget(&key);
        assert_eq!(contest.look(&key, "other", 2, 7, now), None);
        // Another replica led meanwhile, so its writes do not count as replacements.
        let (_, now) = fight(&contest, 9, now);
        contest.wrote(&key, "own", 1, 7, now);
        contest.clear();
        assert_eq!(contest.look(&key, "other", 2, 7, now), None);
    }

    #[test]
    fn ones_own_next_write_and_a_spec_that_was_edited_are_no_replacement() {
        let (contest, key, now) = (OverwriteBackoff::default(), Key::new("ns", "a"), Instant::now());
        for n in 0..50 {
            contest.wrote(&key, &n.to_string(), n, 7, now);
            assert_eq!(contest.look(&key, "edited", n, 7, now), None);
        }
    }
}
