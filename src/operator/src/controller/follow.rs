//! Follows one kind of object in one namespace or in all namespaces: one list, then one short watch after another.
//!
//! A watch does not report that the API server's state was reset, as by restoring an etcd backup. Therefore each watch
//! begins by reading the current resourceVersion of the list, and the list is read again about once an hour.

use std::sync::Arc;
use std::time::Duration;

use futures::SinkExt;
use futures::channel::mpsc::{SendError, Sender, channel};
use futures::stream::{self, BoxStream, StreamExt};
use kube::Client;
use tokio::time::Instant;

use super::cache::{List, ListChange};
use super::recovery::{Attempts, ConnectionState, chance};
use super::watch_update::{WatchFailure, WatchUpdate};
use lapsewatch_cluster::list::{self, Pages};
use lapsewatch_cluster::request::{Extent, RequestError};
use lapsewatch_cluster::watch::{Watch, What};
use lapsewatch_core::api::Key;

/// The average time between two reads of the list. Individual times range from 45 to 75 minutes.
const RELIST: Duration = Duration::from_secs(3600);
/// The random variation of [`RELIST`], as a fraction.
const RELIST_SPREAD: f64 = 0.25;
/// A watch that lasted at least this long resets the backoff.
const LASTED: Duration = Duration::from_secs(5);
/// The time after which a list that can't be kept up to date no longer counts as complete.
const LOST_AFTER: Duration = Duration::from_secs(60);

/// An object of a list or a watch, reduced to the data that the operator uses.
pub struct FollowedObject<T> {
    /// The namespace and name of the object.
    pub key: Key,
    /// The resourceVersion of the object.
    pub version: String,
    /// The part of the object that the cache stores, such as the version of a Secret.
    pub kept: T,
}

/// The list to follow, and the functions that interpret its objects.
pub struct Follower<T> {
    /// The connection to the API server.
    pub client: Client,
    /// The path of the list, with a query that selects objects, if any.
    pub path: String,
    /// The part of each object that is requested.
    pub extent: Extent,
    /// The name of the kind.
    pub kind: &'static str,
    /// The namespace. None for all namespaces.
    pub namespace: Option<Arc<str>>,
    /// True if the operator works without these objects when they can't be listed.
    pub is_optional: bool,
    /// The list to report as lost when it can't be kept up to date. If None, the objects last seen are kept.
    pub list: Option<List>,
    /// Parses the JSON of an object. None if the JSON is not a valid object.
    pub read: fn(&str) -> Option<FollowedObject<T>>,
    /// Converts a change into a watch update.
    pub seen: fn(ListChange<T>) -> WatchUpdate,
    /// The connection state that all watches share.
    pub state: Arc<ConnectionState>,
}

/// The receiver of the updates no longer exists.
struct Gone;

impl From<SendError> for Gone {
    fn from(_: SendError) -> Self {
        Self
    }
}

/// The way in which a watch ended.
enum Over {
    /// The watch ended as requested. The next watch continues from its last resourceVersion.
    Ended,
    /// The watch can't resume from its resourceVersion. Only a new list contains the missed changes.
    Missed,
}

/// The state of a follower.
struct Course {
    out: Sender<WatchUpdate>,
    attempts: Attempts,
    is_listed: bool,
    /// True after the follower reported that the operator must work without these objects.
    has_given_up: bool,
    /// True after one answer 404 since the list was complete. A second 404 in a row means that the kind was deleted.
    is_vanishing: bool,
    /// The last time at which the API server completed a list or started a watch.
    answered: Instant,
    /// The last failure. None after the next successful list or watch.
    problem: Option<String>,
}

impl<T: Send + 'static> Follower<T> {
    /// Returns the updates as an endless stream.
    pub fn follow(self) -> BoxStream<'static, WatchUpdate> {
        let (out, seen) = channel(0);
        let course = Course {
            out,
            attempts: Attempts::default(),
            is_listed: false,
            has_given_up: false,
            is_vanishing: false,
            answered: Instant::now(),
            problem: None,
        };
        let work = stream::once(self.run(course)).filter_map(|_| async { None });
        // The work progresses only while the stream is polled, and is dropped with the stream.
        stream::select(seen, work).boxed()
    }

    async fn run(self, mut course: Course) -> Result<(), Gone> {
        loop {
            match self.list(&mut course).await? {
                Ok(version) => self.watch(version, &mut course).await?,
                Err(cause) => self.failed(&cause, &mut course).await?,
            }
        }
    }

    /// Reads the list. Returns its resourceVersion.
    async fn list(&self, course: &mut Course) -> Result<Result<String, RequestError>, Gone> {
        self.send_change(course, ListChange::ListBegins).await?;
        let mut pages = Pages::new(&self.path, self.extent);
        loop {
            let page = match pages.next(&self.client, self.read).await {
                Ok(page) => page,
                Err(cause) => return Ok(Err(cause)),
            };
            for item in page.items {
                let Some(FollowedObject { key, kept, .. }) = item else { return Ok(Err(RequestError::NoObject)) };
                self.send_change(course, ListChange::Listed(key, kept)).await?;
            }
            match page.end {
                Some(version) if version.is_empty() => return Ok(Err(RequestError::NoList)),
                Some(version) => {
                    self.send_change(course, ListChange::ListEnds).await?;
                    course.is_listed = true;
                    self.answered(course).await?;
                    return Ok(Ok(version));
                }
                None => {}
            }
        }
    }

    /// Watches from `version` on, with one watch after another, until the list must be read again.
    async fn watch(&self, mut version: String, course: &mut Course) -> Result<(), Gone> {
        let relist = Instant::now() + RELIST.mul_f64(1.0 + RELIST_SPREAD * (2.0 * chance() - 1.0));
        while Instant::now() < relist {
            let begun = Instant::now();
            let over = self.watch_once(&mut version, course).await?;
            // The duration counts from the start of the watch. A watch that failed to start has not lasted, however
            // long the attempt took.
            let has_lasted = course.answered >= begun && course.answered.elapsed() >= LASTED;
            if has_lasted {
                course.attempts.succeeded();
            }
            match over {
                // A proxy may end each watch at once, so the next watch waits.
                Ok(_) if !has_lasted => course.attempts.pause().await,
                Ok(_) => {}
                Err(ref cause) => self.failed(cause, course).await?,
            }
            // A deleted CustomResourceDefinition removes its objects and their resourceVersions. While a watch is
            // refused, changes are missed. Both require a new list.
            let is_refused = over.as_ref().is_err_and(|cause| matches!(cause.code(), Some(401 | 403 | 404)));
            if is_refused || !course.is_listed || matches!(over, Ok(Over::Missed)) {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn watch_once(&self, version: &mut String, course: &mut Course) -> Result<Result<Over, RequestError>, Gone> {
        let now = match list::version(&self.client, &self.path, self.extent).await {
            Ok(now) => now,
            Err(cause) => return Ok(Err(cause)),
        };
        if went_back(version, &now) {
            let kind = self.kind;
            tracing::warn!(
                kind,
                namespace = self.namespace.as_deref(),
                "the API server's state was put back; everything is listed again"
            );
            return Ok(Ok(Over::Missed));
        }
        let mut watch = match Watch::begin(&self.client, &self.path, self.extent, version, chance()).await {
            Ok(watch) => watch,
            Err(cause) => return Ok(over(cause)),
        };
        self.answered(course).await?;
        let read = self.read;
        loop {
            let next = watch.next(|what, json| match what {
                What::Bookmark => version_of(json).map(|version| (version, None)),
                What::Deleted => read(json).map(|item| (item.version, Some(ListChange::Deleted(item.key)))),
                _ => read(json).map(|item| (item.version, Some(ListChange::Applied(item.key, item.kept)))),
            });
            match next.await {
                Ok(Some(Some((at, change)))) => {
                    if let Some(change) = change {
                        self.send_change(course, change).await?;
                    }
                    *version = at;
                }
                Ok(Some(None)) => return Ok(Err(RequestError::NoObject)),
                Ok(None) => return Ok(Ok(Over::Ended)),
                // The watch reported an error other than 410. Only a new list is certain to contain all changes.
                Err(cause @ RequestError::Api { .. }) if cause.code() != Some(410) => {
                    self.failed(&cause, course).await?;
                    return Ok(Ok(Over::Missed));
                }
                Err(cause) => return Ok(over(cause)),
            }
        }
    }

    /// Reports a failure, then waits.
    async fn failed(&self, cause: &RequestError, course: &mut Course) -> Result<(), Gone> {
        let failure = WatchFailure::new(self.kind, self.namespace.as_deref(), cause);
        course.problem = Some(failure.problem.clone());
        course.out.send(WatchUpdate::Failed(failure)).await?;
        let gives_up = self.is_optional && !course.is_listed && !course.has_given_up;
        let is_vanishing = cause.code() == Some(404) && course.is_listed;
        let was_vanishing = std::mem::replace(&mut course.is_vanishing, is_vanishing);
        match cause.code() {
            Some(401 | 403) if course.is_listed => self.lose(course).await?,
            Some(403) if gives_up => {
                course.has_given_up = true;
                course.out.send(WatchUpdate::TenantsRefused).await?;
            }
            // Answers 404 mean that the CustomResourceDefinition was deleted, and all its objects with it. The first
            // 404 only marks the list as lost, because a proxy may have sent the answer. Secrets always exist as a
            // kind, so their cached objects stay.
            Some(404) if course.is_listed => {
                self.lose(course).await?;
                course.is_listed = false;
            }
            Some(404) if gives_up || (was_vanishing && self.list != Some(List::Secrets)) => {
                course.has_given_up = true;
                self.send_change(course, ListChange::ListBegins).await?;
                self.send_change(course, ListChange::ListEnds).await?;
            }
            _ if course.is_listed && course.answered.elapsed() >= LOST_AFTER => self.lose(course).await?,
            _ => {}
        }
        course.attempts.wait(cause, &self.state).await;
        Ok(())
    }

    /// Reports that the list is no longer kept up to date. A follower without `list` keeps the objects last seen.
    async fn lose(&self, course: &mut Course) -> Result<(), Gone> {
        if let Some(list) = self.list {
            course.is_listed = false;
            course.out.send(WatchUpdate::Lost(list)).await?;
        }
        Ok(())
    }

    async fn answered(&self, course: &mut Course) -> Result<(), Gone> {
        course.answered = Instant::now();
        course.is_vanishing = false;
        if self.state.answered() {
            course.out.send(WatchUpdate::Reconnected).await?;
        }
        if let Some(problem) = course.problem.take() {
            course.out.send(WatchUpdate::Solved(problem)).await?;
        }
        Ok(())
    }

    async fn send_change(&self, course: &mut Course, change: ListChange<T>) -> Result<(), Gone> {
        Ok(course.out.send((self.seen)(change)).await?)
    }
}

fn over(cause: RequestError) -> Result<Over, RequestError> {
    // The resourceVersion is too old, or the API server's watch cache was reset. A new list contains the missed
    // changes.
    if cause.code() == Some(410) { Ok(Over::Missed) } else { Err(cause) }
}

/// True if the API server has an older state than was seen before. The resourceVersions are compared as numbers.
/// Kubernetes documents this order since version 1.35, and the revisions of etcd have always increased.
fn went_back(seen: &str, now: &str) -> bool {
    seen.parse::<u64>().ok().zip(now.parse::<u64>().ok()).is_some_and(|(seen, now)| now < seen)
}

fn version_of(json: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Bookmark {
        metadata: lapsewatch_core::observed::trimmed_meta::TrimmedMeta,
    }
    let version = serde_json::from_str::<Bookmark>(json).ok()?.metadata.resource_version;
    (!version.is_empty()).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_was_put_back_is_told_by_its_number() {
        assert!(went_back("1000", "999") && !went_back("999", "1000") && !went_back("7", "7"));
        // A resourceVersion that is not a number can't be compared.
        assert!(!went_back("b", "a") && !went_back("", "1"));
    }

    #[test]
    fn a_bookmark_has_a_version_and_nothing_else() {
        let json = r#"{"kind":"Secret","apiVersion":"v1","metadata":{"resourceVersion":"12"}}"#;
        assert_eq!(version_of(json).as_deref(), Some("12"));
        assert_eq!(version_of(r#"{"metadata":{}}"#), None);
    }
}
