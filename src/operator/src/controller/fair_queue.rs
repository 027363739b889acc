//! A queue of objects (by key) that is fair between namespaces: many waiting objects of one namespace do not delay the
//! objects of another.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use lapsewatch_core::api::Key;

/// The most turns that one namespace has at once. The number is less than [`super::operator::AT_ONCE`], so some turns
/// stay free for other namespaces.
const TURNS: usize = 12;

/// The waiting keys, and the number of turns in progress. A turn lasts from [`FairQueue::pop`] to
/// [`FairQueue::end_turn`].
#[derive(Default)]
pub struct FairQueue {
    namespaces: HashMap<Arc<str>, Namespace>,
    /// The namespaces with waiting keys: first by the number of turns in progress, then by the time of the last turn,
    /// oldest first.
    order: BTreeSet<(usize, u64, Arc<str>)>,
    turns: u64,
}

#[derive(Default)]
struct Namespace {
    waiting: VecDeque<Key>,
    /// The number of turns in progress.
    under_way: usize,
    last_turn: u64,
}

impl FairQueue {
    /// Adds a key after the waiting keys of its namespace.
    pub fn push(&mut self, key: Key) {
        self.change(&key.namespace.clone(), |namespace| namespace.waiting.push_back(key));
    }

    /// Removes a waiting key.
    pub fn remove(&mut self, key: &Key) {
        self.change(&key.namespace, |namespace| namespace.waiting.retain(|other| other != key));
    }

    /// Removes and returns the next key. Its turn lasts until [`FairQueue::end_turn`].
    pub fn pop(&mut self) -> Option<Key> {
        let (under_way, _, name) = self.order.first()?;
        if *under_way >= TURNS {
            return None;
        }
        let name = name.clone();
        self.turns += 1;
        let turn = self.turns;
        self.change(&name, |namespace| {
            namespace.under_way += 1;
            namespace.last_turn = turn;
            namespace.waiting.pop_front()
        })
    }

    /// Ends the turn of a key.
    pub fn end_turn(&mut self, key: &Key) {
        self.change(&key.namespace, |namespace| namespace.under_way = namespace.under_way.saturating_sub(1));
    }

    fn change<T>(&mut self, name: &Arc<str>, change: impl FnOnce(&mut Namespace) -> T) -> T {
        let namespace = self.namespaces.entry(name.clone()).or_default();
        self.order.remove(&(namespace.under_way, namespace.last_turn, name.clone()));
        let result = change(namespace);
        if !namespace.waiting.is_empty() {
            self.order.insert((namespace.under_way, namespace.last_turn, name.clone()));
        } else if namespace.under_way == 0 {
            self.namespaces.remove(name);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(queue: &mut FairQueue, namespace: &str, count: usize) {
        (0..count).for_each(|n| queue.push(Key::new(namespace, &n.to_string())));
    }

    #[test]
    fn a_namespace_with_one_key_is_next_however_many_keys_of_another_wait() {
        let mut queue = FairQueue::default();
        fill(&mut queue, "crowded", 1000);
        let crowded: Vec<Key> = (0..4).map(|_| queue.pop().unwrap()).collect();
        assert_eq!(crowded[3], Key::new("crowded", "3"));
        queue.push(Key::new("quiet", "a"));
        assert_eq!(queue.pop(), Some(Key::new("quiet", "a")));
    }

    #[test]
    fn namespaces_take_turns_and_none_takes_all() {
        let mut queue = FairQueue::default();
        fill(&mut queue, "a", 100);
        fill(&mut queue, "b", 100);
        let turns: Vec<Key> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(turns.len(), 2 * TURNS);
        for pair in turns.chunks(2) {
            assert_ne!(pair[0].namespace, pair[1].namespace, "{pair:?}");
        }
        queue.end_turn(&turns[0]);
        assert_eq!(queue.pop().map(|key| key.namespace), Some(turns[0].namespace.clone()));
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn a_namespace_without_keys_leaves_nothing_behind() {
        let mut queue = FairQueue::default();
        fill(&mut queue, "a", 3);
        queue.remove(&Key::new("a", "1"));
        queue.remove(&Key::new("b", "1"));
        assert_eq!(queue.pop(), Some(Key::new("a", "0")));
        assert_eq!(queue.pop(), Some(Key::new("a", "2")));
        assert_eq!(queue.pop(), None);
        queue.end_turn(&Key::new("a", "0"));
        queue.end_turn(&Key::new("a", "2"));
        assert!(queue.namespaces.is_empty() && queue.order.is_empty());
    }
}
