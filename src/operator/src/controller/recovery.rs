//! The backoff of watches: short, with jitter. After an outage, the first watch that succeeds wakes all waiting
//! watches.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use lapsewatch_cluster::request::RequestError;

/// The first wait after a failure.
const FIRST: Duration = Duration::from_millis(800);
/// The longest wait during an outage or after a server error. With jitter, the wait stays below ten seconds.
const LAST: Duration = Duration::from_secs(8);
/// The longest wait after answers 401 and 403, which end only when credentials or permissions change.
const LAST_REFUSED: Duration = Duration::from_secs(30);
/// The wait after an answer 404, which means that the CustomResourceDefinition is missing.
const UNKNOWN: Duration = Duration::from_secs(5);
/// The largest random change of a wait, as a fraction.
const JITTER: f64 = 0.2;
/// The time over which watches that are woken together restart.
const WAKE_SPREAD: Duration = Duration::from_millis(500);

/// The connection state that all watches share.
#[derive(Default)]
pub struct ConnectionState {
    is_lost: AtomicBool,
    back: Notify,
}

impl ConnectionState {
    /// Records an answer of the API server, and wakes all waiting watches if the connection was lost. True for the
    /// caller that detects the end of the outage.
    pub fn answered(&self) -> bool {
        let was_lost = self.is_lost.swap(false, Ordering::Relaxed);
        if was_lost {
            self.back.notify_waiters();
        }
        was_lost
    }

    /// Waits before the next attempt, at most until the connection is restored.
    async fn wait(&self, wait: Duration) {
        self.is_lost.store(true, Ordering::Relaxed);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.back.notified() => tokio::time::sleep(WAKE_SPREAD.mul_f64(chance())).await,
        }
    }
}

/// The consecutive failures of one watch.
#[derive(Default)]
pub struct Attempts {
    interrupted: u32,
    refused: u32,
}

impl Attempts {
    /// Resets the failures after a watch that lasted long enough.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// Waits after a failure. After an outage, the first watch that succeeds ends the waits of all watches. Other
    /// failures concern only one watch.
    pub async fn wait(&mut self, cause: &RequestError, state: &ConnectionState) {
        let wait = self.backoff(cause, chance());
        match is_outage(cause) {
            true => state.wait(wait).await,
            false => tokio::time::sleep(wait).await,
        }
    }

    /// Waits after a watch that ended early without a failure.
    pub async fn pause(&mut self) {
        tokio::time::sleep(self.backoff(&RequestError::Connection, chance())).await;
    }

    /// Counts the failure and returns the wait. `chance` is a number from 0 to 1.
    fn backoff(&mut self, cause: &RequestError, chance: f64) -> Duration {
        let grown = |failures: &mut u32, last: Duration| {
            let wait = FIRST.saturating_mul(1 << (*failures).min(10)).min(last);
            *failures = failures.saturating_add(1);
            wait
        };
        let wait = match cause.code() {
            Some(404) => UNKNOWN,
            Some(401 | 403) => grown(&mut self.refused, LAST_REFUSED),
            _ => grown(&mut self.interrupted, LAST),
        };
        wait.mul_f64(1.0 + JITTER * (2.0 * chance - 1.0))
    }
}

/// True if the failure means that the API server can't be reached or can't work.
fn is_outage(cause: &RequestError) -> bool {
    cause.is_unanswered() || matches!(cause.code(), Some(502..=504))
}

/// Returns a random number from 0 to 1.
pub fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    (RandomState::new().hash_one(0) % 1000) as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16) -> RequestError {
        RequestError::Api { code, reason: String::new(), message: None }
    }

    #[test]
    fn no_wait_for_a_lost_connection_is_longer_than_ten_seconds() {
        for cause in
            [RequestError::Connection, RequestError::Timeout(Duration::from_secs(15)), refused(503), refused(429)]
        {
            let mut attempts = Attempts::default();
            let waits: Vec<Duration> = (0..40).map(|_| attempts.backoff(&cause, 1.0)).collect();
            assert!(waits.iter().all(|wait| *wait < Duration::from_secs(10)), "{cause}: {waits:?}");
            assert!(attempts.backoff(&cause, 0.0) < attempts.backoff(&cause, 1.0), "{cause}: it has jitter");
            assert!(waits.first() < waits.last(), "{cause}: it grows");
        }
    }

    #[test]
    fn a_refusal_after_an_outage_is_tried_again_soon() {
        let mut attempts = Attempts::default();
        (0..20).for_each(|_| _ = attempts.backoff(&RequestError::Connection, 0.5));
        assert_eq!(attempts.backoff(&refused(403), 0.5), FIRST);
        (0..20).for_each(|_| _ = attempts.backoff(&refused(403), 0.5));
        assert_eq!(attempts.backoff(&refused(403), 0.5), LAST_REFUSED);
        assert_eq!(attempts.backoff(&refused(404), 0.5), UNKNOWN);
        attempts.succeeded();
        assert_eq!(attempts.backoff(&RequestError::Connection, 0.5), FIRST);
    }

    #[tokio::test]
    async fn a_list_that_fails_alone_does_not_count_as_a_lost_connection() {
        let state = ConnectionState::default();
        let soon = Duration::from_millis(5);
        for code in [401, 403, 404, 410, 429, 500] {
            let (mut attempts, cause) = (Attempts::default(), refused(code));
            assert!(tokio::time::timeout(soon, attempts.wait(&cause, &state)).await.is_err(), "{code}: it waits");
            assert!(!state.answered(), "{code}: nothing was lost");
        }
        for cause in [RequestError::Connection, refused(503)] {
            let mut attempts = Attempts::default();
            assert!(tokio::time::timeout(soon, attempts.wait(&cause, &state)).await.is_err(), "{cause}: it waits");
            assert!(state.answered(), "{cause}: the connection was lost");
        }
    }

    #[tokio::test]
    async fn one_that_is_back_wakes_the_others() {
        let state = ConnectionState::default();
        assert!(!state.answered(), "nothing was lost");
        // Both watches would wait for the longest time.
        let waits = || async { state.wait(LAST).await };
        let back = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert!(state.answered());
            assert!(!state.answered(), "one alone finds it back");
        };
        let begun = tokio::time::Instant::now();
        tokio::join!(waits(), waits(), back);
        assert!(begun.elapsed() < LAST, "{:?}", begun.elapsed());
    }
}
