//! A timetable of objects, sorted by the time at which each object is due. Objects are identified by namespace and
//! name.

use std::collections::{BTreeMap, BTreeSet};

use lapsewatch_core::api::Key;

/// The keys of the objects with their times. Each key has at most one time.
pub struct Timetable<T> {
    by_time: BTreeSet<(T, Key)>,
    by_key: BTreeMap<Key, T>,
}

impl<T> Default for Timetable<T> {
    fn default() -> Self {
        Self { by_time: BTreeSet::new(), by_key: BTreeMap::new() }
    }
}

impl<T: Ord + Copy> Timetable<T> {
    /// Sets the time of the key and replaces an earlier entry.
    pub fn set(&mut self, key: Key, time: T) {
        self.remove(&key);
        self.by_time.insert((time, key.clone()));
        self.by_key.insert(key, time);
    }

    /// Removes the entry, so that the key never becomes due.
    pub fn remove(&mut self, key: &Key) {
        if let Some(time) = self.by_key.remove(key) {
            self.by_time.remove(&(time, key.clone()));
        }
    }

    /// Returns the earliest time.
    pub fn first(&self) -> Option<T> {
        self.by_time.first().map(|(time, _)| *time)
    }

    /// Removes and returns all entries, sorted by time.
    pub fn drain(&mut self) -> Vec<(T, Key)> {
        self.by_key.clear();
        std::mem::take(&mut self.by_time).into_iter().collect()
    }

    /// Removes and returns the keys that are due.
    pub fn due(&mut self, now: T) -> Vec<Key> {
        let mut due = Vec::new();
        while self.first().is_some_and(|time| time <= now) {
            if let Some((_, key)) = self.by_time.pop_first() {
                self.by_key.remove(&key);
                due.push(key);
            }
        }
        due
    }
}

impl<T> Timetable<T> {
    /// True if the key has a time.
    pub fn has(&self, key: &Key) -> bool {
        self.by_key.contains_key(key)
    }
}
