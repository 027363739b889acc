//! What the log was told lately, so that a failure that lasts does not fill it.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// How often a failure that lasts is said again.
const SAY_AGAIN: Duration = Duration::from_secs(300);

/// What was said, and when.
#[derive(Default)]
pub struct LogThrottle(HashMap<String, Instant>);

impl LogThrottle {
    /// Whether a failure is worth a line: it is new, or has lasted.
    pub fn is_news(&mut self, what: &str) -> bool {
        let now = Instant::now();
        self.0.retain(|_, at| now.duration_since(*at) < SAY_AGAIN);
        let new = !self.0.contains_key(what);
        if new {
            self.0.insert(what.to_owned(), now);
        }
        new
    }

    /// The failure is over: another one like it is news.
    pub fn forget(&mut self, what: &str) {
        self.0.remove(what);
    }
}
