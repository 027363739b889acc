//! One kind of object in one scope, followed from its list on by one short watch after the other.
//!
//! A watch reports nothing of a state that was put back, as by a restored etcd: so each one begins with a look at the
//! version that the API server has now, and the list is read anew about once an hour, whatever the watches report.

use std::sync::Arc;
use std::time::Duration;

use futures::SinkExt;
use futures::channel::mpsc::{SendError, Sender, channel};
use futures::stream::{self, BoxStream, StreamExt};
use kube::Client;
use tokio::time::Instant;

use super::cache::{List, ListChange};
use super::recovery::{Attempts, ConnectionState, chance};
use super::watch::{WatchFailure, WatchUpdate};
use lapsewatch_cluster::list::{self, Pages};
use lapsewatch_cluster::request::{Extent, RequestError};
use lapsewatch_cluster::watch::{Watch, What};
use lapsewatch_core::api::Key;

/// How often the list is read anew, on average. The first and last of many are half an hour apart.
const RELIST: Duration = Duration::from_secs(3600);
/// The part of that by which it differs at random.
const RELIST_SPREAD: f64 = 0.25;
/// A watch that broke sooner than this after it began has not ended an outage.
const LASTED: Duration = Duration::from_secs(5);
/// A list that could not be kept up to date for this long is no longer complete knowledge.
const LOST_AFTER: Duration = Duration::from_secs(60);

/// An object of a list or a watch, with what is kept of it.
pub struct FollowedObject<T> {
    /// Its namespace and name.
    pub key: Key,
    /// Its version.
    pub version: String,
    /// What is kept.
    pub kept: T,
}

/// What is followed, and how it is understood.
pub struct Follower<T> {
    /// The connection.
    pub client: Client,
    /// The path of the list, with a query that selects objects, if any.
    pub path: String,
    /// How much of each object is asked for.
    pub extent: Extent,
    /// The kind's name.
    pub kind: &'static str,
    /// The namespace, where it is not all of them.
    pub namespace: Option<Arc<str>>,
    /// True if the operator works without these objects when they can't be listed.
    pub is_optional: bool,
    /// The list that is lost where it may no longer be watched; none where what was seen last is kept.
    pub list: Option<List>,
    /// Understands the JSON of an object; none where it is no object.
    pub read: fn(&str) -> Option<FollowedObject<T>>,
    /// Makes a change what the operator sees.
    pub seen: fn(ListChange<T>) -> WatchUpdate,
    /// What all watches share.
    pub state: Arc<ConnectionState>,
}

/// Nobody listens any more.
struct Gone;

impl From<SendError> for Gone {
    fn from(_: SendError) -> Self {
        Self
    }
}

/// Why a watch is over.
enum Over {
    /// It is continued by another one.
    Ended,
    /// The watch can't resume from its version; only a new list shows the missed changes.
    Missed,
}

/// What is known of the course so far.
struct Course {
    out: Sender<WatchUpdate>,
    attempts: Attempts,
    is_listed: bool,
    /// The operator was told that it has to work without these objects.
    has_given_up: bool,
    /// The list was complete, and then the API server answered that it does not know this kind.
    is_vanishing: bool,
    /// The last time that the API server sent a list or began a watch.
    answered: Instant,
    /// The last failure, until the API server answers.
    problem: Option<String>,
}

impl<T: Send + 'static> Follower<T> {
    /// The changes, without end.
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
        // The work is done as long as its results are taken, and goes away with the stream.
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

    /// Reads the list; gives its version.
    async fn list(&self, course: &mut Course) -> Result<Result<String, RequestError>, Gone> {
        self.tell(course, ListChange::ListBegins).await?;
        let mut pages = Pages::of(&self.path, self.extent);
        loop {
            let page = match pages.next(&self.client, self.read).await {
                Ok(page) => page,
                Err(cause) => return Ok(Err(cause)),
            };
            for item in page.items {
                let Some(FollowedObject { key, kept, .. }) = item else { return Ok(Err(RequestError::NoObject)) };
                self.tell(course, ListChange::Listed(key, kept)).await?;
            }
            match page.end {
                Some(version) if version.is_empty() => return Ok(Err(RequestError::NoList)),
                Some(version) => {
                    self.tell(course, ListChange::ListEnds).await?;
                    course.is_listed = true;
                    self.answered(course).await?;
                    return Ok(Ok(version));
                }
                None => {}
            }
        }
    }

    /// Watches from `version` on, by one watch after the other, until the list has to be read anew.
    async fn watch(&self, mut version: String, course: &mut Course) -> Result<(), Gone> {
        let relist = Instant::now() + RELIST.mul_f64(1.0 + RELIST_SPREAD * (2.0 * chance() - 1.0));
        while Instant::now() < relist {
            let begun = Instant::now();
            let over = self.watch_once(&mut version, course).await?;
            // A request that waited long for its failure is no watch that lasted.
            let has_lasted = course.answered >= begun && course.answered.elapsed() >= LASTED;
            if has_lasted {
                course.attempts.succeeded();
            }
            match over {
                // A proxy may end each watch at once.
                Ok(_) if !has_lasted => course.attempts.pause().await,
                Ok(_) => {}
                Err(ref cause) => self.failed(cause, course).await?,
            }
            // With their definition the objects are gone, and their versions. What happens while a watch is refused may be
            // anything.
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
                        self.tell(course, change).await?;
                    }
                    *version = at;
                }
                Ok(Some(None)) => return Ok(Err(RequestError::NoObject)),
                Ok(None) => return Ok(Ok(Over::Ended)),
                // Whatever the API server reports within a watch, only a list is certain to be complete afterwards.
                Err(cause @ RequestError::Api { .. }) if cause.code() != Some(410) => {
                    self.failed(&cause, course).await?;
                    return Ok(Ok(Over::Missed));
                }
                Err(cause) => return Ok(over(cause)),
            }
        }
    }

    /// Reports a failure, and waits.
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
            // If a definition is deleted, all of its objects are deleted. One such answer proves little, because a proxy
            // may have sent it. Secrets always have a definition.
            Some(404) if course.is_listed => {
                self.lose(course).await?;
                course.is_listed = false;
            }
            Some(404) if gives_up || (was_vanishing && self.list != Some(List::Secrets)) => {
                course.has_given_up = true;
                self.tell(course, ListChange::ListBegins).await?;
                self.tell(course, ListChange::ListEnds).await?;
            }
            _ if course.is_listed && course.answered.elapsed() >= LOST_AFTER => self.lose(course).await?,
            _ => {}
        }
        course.attempts.wait(cause, &self.state).await;
        Ok(())
    }

    /// Reports that the list is no longer kept up to date. Optional objects stay as they were seen last.
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

    async fn tell(&self, course: &mut Course, change: ListChange<T>) -> Result<(), Gone> {
        Ok(course.out.send((self.seen)(change)).await?)
    }
}

fn over(cause: RequestError) -> Result<Over, RequestError> {
    // Too old, or the API server's cache went away: what happened meanwhile is in the list.
    if cause.code() == Some(410) { Ok(Over::Missed) } else { Err(cause) }
}

/// True if the API server has an older state than was seen of it. Versions are compared as numbers, which the API of
/// Kubernetes allows since 1.35 and etcd has always kept.
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
        // What is no number tells nothing.
        assert!(!went_back("b", "a") && !went_back("", "1"));
    }

    #[test]
    fn a_bookmark_has_a_version_and_nothing_else() {
        let json = r#"{"kind":"Secret","apiVersion":"v1","metadata":{"resourceVersion":"12"}}"#;
        assert_eq!(version_of(json).as_deref(), Some("12"));
        assert_eq!(version_of(r#"{"metadata":{}}"#), None);
    }
}
