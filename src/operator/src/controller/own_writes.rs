//! The operator's own writes that the watch has not told of yet.
//!
//! What is decided on an object as it was before such a write would be announced under the count of announcements of
//! then, refused as a conflict, and announced again under the next. So it waits for the watch, which calls for it.

use std::collections::HashMap;

use lapsewatch_core::api::Key;

/// The versions of objects that own writes have replaced.
#[derive(Default)]
pub struct OwnWrites(HashMap<Key, Vec<String>>);

impl OwnWrites {
    /// A write has replaced these versions.
    pub fn replaced(&mut self, key: &Key, versions: Vec<String>) {
        if !versions.is_empty() {
            self.0.insert(key.clone(), versions);
        }
    }

    /// Whether the object is still known as it was before the last write; one that is not is waited for no longer.
    pub fn is_behind(&mut self, key: &Key, version: &str) -> bool {
        let Some(replaced) = self.0.get(key) else { return false };
        let is_behind = replaced.iter().any(|replaced| replaced == version);
        if !is_behind {
            self.0.remove(key);
        }
        is_behind
    }

    /// It is gone.
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
        // An apply, and the merge of what it left.
        writes.replaced(&key, vec!["1".to_owned(), "2".to_owned()]);
        assert!(writes.is_behind(&key, "1") && writes.is_behind(&key, "2"));
        assert!(!writes.is_behind(&key, "3"));
        // Versions are never used again; what was waited for is over.
        assert!(!writes.is_behind(&key, "1"));
        writes.replaced(&key, vec!["3".to_owned()]);
        writes.replaced(&key, Vec::new());
        assert!(writes.is_behind(&key, "3"), "what wrote nothing changes nothing");
        writes.forget(&key);
        assert!(!writes.is_behind(&key, "3"));
    }
}
