//! The objects whose coming, going or change last concerned another one: an Event about who else holds a credential
//! rests on these.

use std::collections::{HashMap, VecDeque};

use lapsewatch_core::api::Key;

/// The most that are kept of one object.
const LATEST: usize = 4;

/// The latest causes, by the object that they concern.
#[derive(Default)]
pub struct Causes(HashMap<Key, VecDeque<Key>>);

impl Causes {
    /// Notes that something of `cause` concerns `key`.
    pub fn note(&mut self, key: &Key, cause: &Key) {
        let causes = self.0.entry(key.clone()).or_default();
        causes.retain(|other| other != cause);
        if causes.len() == LATEST {
            causes.pop_front();
        }
        causes.push_back(cause.clone());
    }

    /// The latest causes of an object.
    pub fn of(&self, key: &Key) -> impl Iterator<Item = &Key> {
        self.0.get(key).into_iter().flatten()
    }

    /// The object is gone.
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
        let names = |causes: &Causes| causes.of(&key).map(|cause| cause.name.to_string()).collect::<Vec<_>>();
        assert_eq!(names(&causes), ["b", "d", "e", "f"]);
        causes.forget(&key);
        assert_eq!(names(&causes), [""; 0]);
    }
}
