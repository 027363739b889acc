//! Tracks the operator's own writes that the watch has not reported yet.
//!
//! Work on an outdated state would only end in a conflict, because every write contains the resourceVersion. Therefore
//! the object waits until the watch reports the write.

use std::collections::HashMap;

use lapsewatch_core::api::Key;

/// The resourceVersions that the operator's own writes have replaced, by object.
#[derive(Default)]
pub struct OwnWrites(HashMap<Key, Vec<String>>);

impl OwnWrites {
    /// Records the resourceVersions that a write has replaced.
    pub fn replaced(&mut self, key: &Key, versions: Vec<String>) {
        if !versions.is_empty() {
            self.0.insert(key.clone(), versions);
        }
    }

    /// True if the cached object has a resourceVersion from before the last own write. Otherwise the record is removed.
    pub fn is_behind(&mut self, key: &Key, version: &str) -> bool {
        let Some(replaced) = self.0.get(key) else { return false };
        let is_behind = replaced.iter().any(|replaced| replaced == version);
        if !is_behind {
            self.0.remove(key);
        }
        is_behind
    }

    /// Forgets a deleted object.
    pub fn forget(&mut self, key: &Key) {
        self.0.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_waits_for_the_last_of_its_own_writes() {
        let (mut writes, key) = (OwnWrites::default(), Key::new("ns", "a"));
        assert!(!writes.is_behind(&key, "1"));
        // Two writes: the status with the pending Events, and the status that records them as sent.
        writes.replaced(&key, vec!["1".to_owned(), "2".to_owned()]);
        assert!(writes.is_behind(&key, "1") && writes.is_behind(&key, "2"));
        assert!(!writes.is_behind(&key, "3"));
        // resourceVersions are never used again, and the record was removed.
        assert!(!writes.is_behind(&key, "1"));
        writes.replaced(&key, vec!["3".to_owned()]);
        writes.replaced(&key, Vec::new());
        assert!(writes.is_behind(&key, "3"), "what wrote nothing changes nothing");
        writes.forget(&key);
        assert!(!writes.is_behind(&key, "3"));
    }
}
