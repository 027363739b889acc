//! One watch: what the API server reports from a version on, until it ends the watch after the time that was asked for.
//!
//! kube's own watcher notices a connection without bytes after five minutes, and reads pages of 500 objects whatever
//! their size. Here a watch is short: it ends by itself after less than a minute, and one that does not is broken. Nothing
//! else tells a quiet watch from a frozen one, since the API server sends bookmarks a minute apart at best.

use std::time::Duration;

use http_body_util::BodyExt;
use kube::Client;
use kube::client::Body;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::list::joined;
use super::request::{self, Extent, RequestError};

/// How long the API server is asked to keep a watch open. The API server sends a bookmark two seconds before the end, so that the
/// next watch continues from there.
const LASTS: Duration = Duration::from_secs(40);
/// How much the times of several watches differ, so that they don't all end at once.
const SPREAD: Duration = Duration::from_secs(5);
/// How long after that a watch that has not ended counts as broken. With the above: 55 seconds after it began at most.
const GRACE: Duration = Duration::from_secs(10);
/// The longest line: an object with both its own JSON and its escapes, as of the largest answer.
const LONGEST: usize = request::LARGEST_ANSWER;

/// A watch that is under way.
pub struct Watch {
    body: Body,
    line: Vec<u8>,
    /// Up to where the line was searched for its end.
    searched: usize,
    broken_at: Instant,
}

/// An event of a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum What {
    /// An object is there that was not.
    Added,
    /// An object has another version.
    Modified,
    /// An object is gone.
    Deleted,
    /// No object: all events up to a version were sent.
    Bookmark,
    /// No object: the watch can't go on.
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
    /// Begins to watch what follows `version`. `spread`, from 0 to 1, is this watch's share of the spread of times.
    ///
    /// # Errors
    /// What the API server answers.
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

    /// The next event, and what `take` makes of it and the object's JSON; none if the watch has ended in good order.
    ///
    /// # Errors
    /// [`Cause::Api`] if the API server ended it, as with 410 if the version is too old; else the connection broke.
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
        // What a large object took is given back.
        if self.line.is_empty() {
            self.line = Vec::new();
        }
        taken
    }

    /// Reads on until there is a whole line; gives its length. None at the end of the watch.
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
                // A line that was not sent to its end is none.
                None if self.line.is_empty() => return Ok(None),
                None => return Err(RequestError::Connection),
            }
        }
    }
}
