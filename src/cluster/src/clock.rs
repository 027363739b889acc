//! Time comes from outside: the binary gives the system's clock, a test its own.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

/// How long a wait may last before the clock is looked at again: timers know nothing of a machine that was suspended,
/// nor of a clock that was set.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A clock that can be read and waited for.
pub trait Clock: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> DateTime<Utc>;

    /// Ends at `time` or before it, so that the clock can be looked at again. With none: when it is worth a look.
    fn wait_until(&self, time: Option<DateTime<Utc>>) -> BoxFuture<'static, ()> {
        let wait = time.map_or(LONGEST_WAIT, |time| (time - self.now()).to_std().unwrap_or_default().min(LONGEST_WAIT));
        Box::pin(tokio::time::sleep(wait))
    }
}
