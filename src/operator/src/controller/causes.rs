//! Records which objects last affected the verdict on another object by appearing, changing or disappearing. Before an
//! Event about a shared credential is sent, these objects are compared with the API server.

use std::collections::{HashMap, VecDeque};

use lapsewatch_core::api::Key;

/// The most causes that are kept for one object.
const LATEST: usize = 4;

/// The latest causes, by affected object.
#[derive(Default)]
pub struct Causes(HashMap<Key, VecDeque<Key>>);

impl Causes {
    /// Records that a change of `cause` affects `key`.
    pub fn note(&mut self, key: &Key, cause: &Key) {
        let causes = self.0.entry(key.clone()).or_default();
        causes.retain(|other| other != cause);
        if causes.len() == LATEST {
            causes.pop_front();
        }
        causes.push_back(cause.clone());
    }

    /// Returns the objects whose changes last affected the verdict on `key`.
    pub fn latest_for(&self, key: &Key) -> impl Iterator<Item = &Key> {
        self.0.get(key).into_iter().flatten()
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
    fn the_latest_few_are_kept_each_once() {
        let (mut causes, key) = (Causes::default(), Key::new("ns", "a"));
        for name in ["b", "c", "b", "d", "e", "f"] {
            causes.note(&key, &Key::new("ns", name));
        }
        let names = |causes: &Causes| causes.latest_for(&key).map(|cause| cause.name.to_string()).collect::<Vec<_>>();
        assert_eq!(names(&causes), ["b", "d", "e", "f"]);
        causes.forget(&key);
        assert_eq!(names(&causes), [""; 0]);
    }
}
