//! A clock that a test sets, so that days pass in milliseconds.

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use lapsewatch_cluster::clock::Clock;
use tokio::sync::watch;

pub struct TestClock(watch::Sender<DateTime<Utc>>);

impl TestClock {
    pub fn at(time: &str) -> Self {
        Self(watch::Sender::new(parse(time)))
    }

    pub fn set(&self, time: &str) {
        self.0.send_replace(parse(time));
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.borrow()
    }

    fn wait_until(&self, time: Option<DateTime<Utc>>) -> BoxFuture<'static, ()> {
        let mut changes = self.0.subscribe();
        Box::pin(async move {
            if time.is_none_or(|time| *changes.borrow() < time) {
                changes.changed().await.ok();
            }
        })
    }
}

fn parse(time: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(time).unwrap_or_else(|e| panic!("{time}: {e}")).to_utc()
}
