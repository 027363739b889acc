//! Runs one watch: reads the events after a resourceVersion, until the API server ends the watch at the requested time.
//!
//! kube's own watcher notices a silent connection only after about five minutes, and reads pages of 500 objects of any
//! size. Here a watch is short: the API server ends the watch in less than a minute, and a watch that does not end is
//! broken. No other signal distinguishes a quiet watch from a frozen connection, because the API server sends regular
//! bookmarks only about once a minute.

use std::time::Duration;

use http_body_util::BodyExt;
use kube::Client;
use kube::client::Body;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::list::joined;
use super::request::{self, Extent, RequestError};

/// The shortest duration that a watch requests. The API server sends a bookmark two seconds before the end, so the next
/// watch continues from that bookmark.
const LASTS: Duration = Duration::from_secs(40);
/// The range by which the durations of watches differ, so that not all watches end at once.
const SPREAD: Duration = Duration::from_secs(5);
/// The time after the requested end at which a watch counts as broken. The whole time from its start is at most 55
/// seconds: `LASTS`, `SPREAD` and `GRACE` together.
const GRACE: Duration = Duration::from_secs(10);
/// The longest line, in bytes. A line contains one object and a few bytes around it.
const LONGEST: usize = request::LARGEST_ANSWER;

/// A watch in progress.
pub struct Watch {
    body: Body,
    line: Vec<u8>,
    /// The number of bytes of `line` that were already searched for a line end.
    searched: usize,
    broken_at: Instant,
}

/// The type of a watch event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum What {
    /// An object was created.
    Added,
    /// An object was modified.
    Modified,
    /// An object was deleted.
    Deleted,
    /// All events up to a resourceVersion were sent.
    Bookmark,
    /// The watch failed. The event contains a Status object with the code and reason.
    Error,
}

#[derive(Deserialize)]
struct WatchLine<'a> {
    #[serde(rename = "type")]
    what: What,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WatchStatus {
    code: u16,
    reason: String,
}

impl Watch {
    /// Starts a watch of the changes after `version`. The watch lasts [`LASTS`] and a fraction of [`SPREAD`].
    /// `spread`, from 0 to 1, is this fraction.
    ///
    /// # Errors
    /// If the API server refuses the watch or can't be reached.
    pub async fn begin(
        client: &Client,
        path: &str,
        extent: Extent,
        version: &str,
        spread: f64,
    ) -> Result<Self, RequestError> {
        let lasts = LASTS + SPREAD.mul_f64(spread.clamp(0.0, 1.0));
        let seconds = lasts.as_secs();
        let path = format!(
            "{path}{}watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={version}",
            joined(path)
        );
        let broken_at = Instant::now() + lasts + GRACE;
        let body = request::watch(client, &path, extent).await?;
        Ok(Self { body, line: Vec::new(), searched: 0, broken_at })
    }

    /// Reads the next event. `take` receives its type and the object's JSON. None if the API server ended the watch as
    /// requested.
    ///
    /// # Errors
    /// [`RequestError::Api`] if the API server reported an error, with code 410 if the resourceVersion is too old.
    /// Other errors if an event is invalid or too large, or if the connection broke.
    pub async fn next<T>(&mut self, take: impl FnOnce(What, &str) -> T) -> Result<Option<T>, RequestError> {
        let end = match tokio::time::timeout_at(self.broken_at, self.fill()).await {
            Ok(end) => end?,
            Err(_) => return Err(RequestError::Connection),
        };
        let Some(end) = end else { return Ok(None) };
        let line = self.line.get(..end).unwrap_or_default();
        let taken = match serde_json::from_slice::<WatchLine<'_>>(line) {
            Ok(WatchLine { what: What::Error, object }) => {
                let WatchStatus { code, reason } = serde_json::from_str(object.get()).unwrap_or_default();
                Err(RequestError::Api { code, reason, message: None })
            }
            Ok(WatchLine { what, object }) => Ok(Some(take(what, object.get()))),
            Err(_) => Err(RequestError::NoObject),
        };
        self.line.drain(..=end.min(self.line.len().saturating_sub(1)));
        self.searched = 0;
        // Free the memory of a large object.
        if self.line.is_empty() {
            self.line = Vec::new();
        }
        taken
    }

    /// Reads until a line is complete, and returns its length. None at the end of the watch.
    async fn fill(&mut self) -> Result<Option<usize>, RequestError> {
        loop {
            let rest = self.line.get(self.searched..).unwrap_or_default();
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                return Ok(Some(self.searched + end));
            }
            self.searched = self.line.len();
            if self.line.len() > LONGEST {
                return Err(RequestError::TooLarge);
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.line.extend_from_slice(data);
                    }
                }
                Some(Err(_)) => return Err(RequestError::Connection),
                // If the body ends within a line, the connection broke, and the incomplete line is discarded.
                None if self.line.is_empty() => return Ok(None),
                None => return Err(RequestError::Connection),
            }
        }
    }
}
