//! Limits the log lines of a failure that lasts: while the failure lasts, its text is logged every five minutes.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// The time after which a failure that lasts is logged again.
const SAY_AGAIN: Duration = Duration::from_secs(300);

/// The logged failures, with the time of their last line.
#[derive(Default)]
pub struct LogThrottle(HashMap<String, Instant>);

impl LogThrottle {
    /// True if the failure is to be logged, because it is new or its last line is old enough.
    pub fn is_news(&mut self, what: &str) -> bool {
        let now = Instant::now();
        self.0.retain(|_, at| now.duration_since(*at) < SAY_AGAIN);
        let new = !self.0.contains_key(what);
        if new {
            self.0.insert(what.to_owned(), now);
        }
        new
    }

    /// Forgets a failure that is over, so that its next occurrence is new.
    pub fn forget(&mut self, what: &str) {
        self.0.remove(what);
    }
}
