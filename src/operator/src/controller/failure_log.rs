//! Logs failed reconciliations: one line for a new cause, then periodic counts of the objects that failed with this
//! cause. An outage with ten thousand objects writes only a few lines, and every object is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use lapsewatch_core::api::Key;

/// The time between the first line and the first count.
const FIRST_COUNT: Duration = Duration::from_secs(10);
/// The time between two counts of a cause that lasts.
const COUNT: Duration = Duration::from_secs(300);
/// The number of objects that a log line with a count names as examples.
const NAMED: usize = 3;

/// The causes of failures that were logged and may last.
#[derive(Default)]
pub struct FailureLog(BTreeMap<String, Lasting>);

struct Lasting {
    /// The time of the next count.
    due: Instant,
    /// The objects that failed since the last line.
    objects: BTreeSet<Key>,
}

/// A log line that counts the objects that failed with one cause.
#[derive(Debug, PartialEq, Eq)]
pub struct Count {
    /// The cause, without the name of an object.
    pub cause: String,
    /// The number of objects that failed since the last line.
    pub objects: usize,
    /// The names of a few objects.
    pub examples: String,
}

impl FailureLog {
    /// Records a failure. True if the cause is new, so that the failure is logged at once. Otherwise the next count
    /// includes the object.
    pub fn failed(&mut self, cause: &str, key: &Key, now: Instant) -> bool {
        match self.0.get_mut(cause) {
            Some(lasting) => {
                lasting.objects.insert(key.clone());
                false
            }
            None => {
                let lasting = Lasting { due: now + FIRST_COUNT, objects: BTreeSet::new() };
                self.0.insert(cause.to_owned(), lasting);
                true
            }
        }
    }

    /// Returns the counts that are due. A cause without a failure since the last line is removed, and its next failure
    /// is new.
    pub fn due(&mut self, now: Instant) -> Vec<Count> {
        let mut counts = Vec::new();
        self.0.retain(|cause, lasting| {
            if lasting.due > now {
                return true;
            }
            let objects = std::mem::take(&mut lasting.objects);
            if objects.is_empty() {
                return false;
            }
            let examples: Vec<String> = objects.iter().take(NAMED).map(ToString::to_string).collect();
            counts.push(Count { cause: cause.clone(), objects: objects.len(), examples: examples.join(", ") });
            lasting.due = now + COUNT;
            true
        });
        counts
    }

    /// Returns the time of the next count.
    pub fn next(&self) -> Option<Instant> {
        self.0.values().map(|lasting| lasting.due).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> Key {
        Key::new("ns", &format!("object-{number:05}"))
    }

    #[test]
    fn ten_thousand_objects_of_an_outage_are_two_lines_and_all_are_counted() {
        let (mut log, begun) = (FailureLog::default(), Instant::now());
        let lines = (0..10_000).filter(|number| log.failed("the API server is away", &key(*number), begun)).count();
        assert_eq!((lines, log.next()), (1, Some(begun + FIRST_COUNT)));
        assert_eq!(log.due(begun), []);
        let counts = log.due(begun + FIRST_COUNT);
        assert_eq!(
            counts,
            [Count {
                cause: "the API server is away".to_owned(),
                objects: 9_999,
                examples: "ns/object-00001, ns/object-00002, ns/object-00003".to_owned(),
            }]
        );
        // The outage lasts: objects that fail again are counted again five minutes later, each once.
        let later = begun + FIRST_COUNT;
        for _ in 0..3 {
            (0..100).for_each(|number| assert!(!log.failed("the API server is away", &key(number), later)));
        }
        assert_eq!(log.next(), Some(later + COUNT));
        assert_eq!(log.due(later + COUNT).first().map(|count| count.objects), Some(100));
    }

    #[test]
    fn another_cause_is_a_line_of_its_own_and_one_that_ended_is_new_again() {
        let (mut log, now) = (FailureLog::default(), Instant::now());
        assert!(log.failed("away", &key(1), now) && log.failed("refused", &key(1), now));
        assert_eq!(log.due(now + FIRST_COUNT), []);
        assert_eq!(log.next(), None);
        assert!(log.failed("away", &key(1), now + FIRST_COUNT));
    }
}
