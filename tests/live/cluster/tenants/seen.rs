//! A watch that records when statuses of credentials and tenants change. It is more precise than polling.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::StreamExt;
use kube::api::{Api, DynamicObject, WatchEvent, WatchParams};
use serde_json::Value;
use tokio::task::JoinHandle;

use lapsewatch_test_support::cluster::story::{PATIENCE, Story};

/// A status and the time when it was first seen.
#[derive(Clone)]
pub struct Entry {
    pub at: Instant,
    pub is_page: bool,
    pub name: String,
    pub status: Value,
}

pub struct Seen {
    entries: Arc<Mutex<Vec<Entry>>>,
    /// The longest duration of a simple request during the test.
    slowest: Arc<Mutex<Duration>>,
    watches: Vec<JoinHandle<()>>,
}

impl Seen {
    /// Records all statuses in the story's namespace from this point on.
    pub fn from_now(story: &Story) -> Self {
        let entries: Arc<Mutex<Vec<Entry>>> = Arc::default();
        let slowest: Arc<Mutex<Duration>> = Arc::default();
        let watches = vec![
            tokio::spawn(watch(story.credentials(), false, entries.clone())),
            tokio::spawn(watch(story.tenants(), true, entries.clone())),
            tokio::spawn(pulse(story.tenants(), slowest.clone())),
        ];
        Self { entries, slowest, watches }
    }

    /// Returns the time limit for this machine. `limit` applies to an idle machine; slow requests extend it.
    pub fn allowed(&self, limit: Duration) -> Duration {
        limit + *self.slowest.lock().unwrap() * 20
    }

    pub fn all(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().clone()
    }

    /// Returns when a matching status was first seen at or after `begin`.
    pub async fn first(&self, what: &str, begin: Instant, is: impl Fn(&Entry) -> bool) -> Instant {
        let begun = Instant::now();
        loop {
            let found = self.all().into_iter().find(|entry| entry.at >= begin && is(entry));
            if let Some(entry) = found {
                return entry.at;
            }
            assert!(begun.elapsed() < PATIENCE, "not seen: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.watches.iter().for_each(JoinHandle::abort);
    }
}

async fn watch(api: Api<DynamicObject>, is_page: bool, entries: Arc<Mutex<Vec<Entry>>>) {
    let events = api.watch(&WatchParams::default(), "0").await.unwrap();
    let mut events = std::pin::pin!(events);
    while let Some(event) = events.next().await {
        if let Ok(WatchEvent::Added(object) | WatchEvent::Modified(object)) = event {
            let (name, status) = (object.metadata.name.unwrap(), object.data["status"].clone());
            entries.lock().unwrap().push(Entry { at: Instant::now(), is_page, name, status });
        }
    }
}

async fn pulse(api: Api<DynamicObject>, slowest: Arc<Mutex<Duration>>) {
    loop {
        let begun = Instant::now();
        api.get_opt("none").await.unwrap();
        let took = begun.elapsed();
        {
            let mut longest = slowest.lock().unwrap();
            *longest = took.max(*longest);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
