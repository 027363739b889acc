//! The clock that the binary and the tests pass in: the system's clock in production, a controlled clock in tests.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

/// The longest wait between two readings of the clock. Timers do not notice that a machine was suspended, or that its
/// clock was set.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A clock that can be read and waited for.
pub trait Clock: Send + Sync + 'static {
    /// Returns the current time.
    fn now(&self) -> DateTime<Utc>;

    /// Completes at `time` or earlier; the caller then reads the clock again. If `time` is None, completes after the
    /// longest wait.
    fn wait_until(&self, time: Option<DateTime<Utc>>) -> BoxFuture<'static, ()> {
        let wait = time.map_or(LONGEST_WAIT, |time| (time - self.now()).to_std().unwrap_or_default().min(LONGEST_WAIT));
        Box::pin(tokio::time::sleep(wait))
    }
}
