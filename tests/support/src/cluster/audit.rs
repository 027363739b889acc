//! Reads the requests from the server's audit log, with their user and number.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::cluster::bed::Bed;
use crate::cluster::story::Story;

/// A position in the audit log.
#[derive(Clone, Copy, Debug)]
pub struct Marker(u64);

/// One kind of request. Absent parts are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// The User-Agent header; kubectl's begins with `kubectl/`.
    pub user_agent: String,
    /// The user name: the impersonated user in case of impersonation.
    pub user: String,
    /// The verb: get, list, watch, create, update, patch (also for apply) or delete.
    pub verb: String,
    /// The plural name of the resource, or the path if the request is not for a resource.
    pub resource: String,
    /// The subresource, for example `status`.
    pub subresource: String,
    /// The namespace, which is also empty for a list across all namespaces.
    pub namespace: String,
    /// The status code of the answer.
    pub code: u16,
}

/// The number of requests of each kind.
pub type Requests = BTreeMap<Request, usize>;

/// Returns the number of matching requests.
pub fn count(requests: &Requests, which: impl Fn(&Request) -> bool) -> usize {
    requests.iter().filter(|(request, _)| which(request)).map(|(_, n)| n).sum()
}

/// Returns the number of the operator's reads of Secrets' content, and of its writes.
pub fn reads_and_writes(story: &Story, requests: &Requests) -> (usize, usize) {
    let own = |agent: &str| agent == story.agent();
    let reads = count(requests, |r| own(&r.user_agent) && r.verb == "get" && r.resource == "secrets");
    let writes = count(requests, |r| own(&r.user_agent) && !["get", "list", "watch"].contains(&r.verb.as_str()));
    (reads, writes)
}

impl Bed {
    /// Returns the end of the log, after all requests that are already answered.
    pub fn mark(&self) -> Marker {
        self.settle();
        self.end_of_log()
    }

    /// Returns the end of the written part of the log, without waiting for pending entries.
    pub fn end_of_log(&self) -> Marker {
        Marker(std::fs::metadata(&self.audit_log).expect("the server writes an audit log").len())
    }

    /// Returns the requests of this agent that were refused since the marker, as far as the log is written.
    pub fn refused(&self, since: Marker, agent: &str) -> Vec<Request> {
        let (agent, code) = (format!("\"userAgent\":\"{agent}\""), "\"code\":403");
        let log = self.log_since(since);
        let lines = log.lines().filter(|line| line.contains(code) && line.contains(&agent));
        lines.map(|line| serde_json::from_str::<Entry>(line).expect("the audit log holds JSON").into()).collect()
    }

    /// Returns the requests that were answered since the marker. A watch is counted when it ends.
    pub fn audit(&self, since: Marker) -> Requests {
        self.settle();
        let mut requests = Requests::new();
        for line in self.log_since(since).lines() {
            let entry: Entry = serde_json::from_str(line).expect("the audit log holds JSON");
            if !entry.request_uri.contains(SETTLE) {
                *requests.entry(entry.into()).or_default() += 1;
            }
        }
        requests
    }

    /// Returns the times at which matching requests were answered, in order.
    pub fn answered(&self, since: Marker, which: impl Fn(&Request) -> bool) -> Vec<DateTime<Utc>> {
        self.settle();
        let log = self.log_since(since);
        let entries = log.lines().map(|line| serde_json::from_str::<Entry>(line).expect("the audit log holds JSON"));
        let mut times: Vec<DateTime<Utc>> = entries
            .map(|entry| (entry.stage_timestamp, entry.into()))
            .filter(|(_, r)| which(r))
            .map(|(t, _)| t)
            .collect();
        times.sort_unstable();
        times
    }

    /// Waits until the log is complete. The server writes it after the answer.
    fn settle(&self) {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let uri = format!("{SETTLE}{}.", ASKED.fetch_add(1, Ordering::Relaxed));
        let before = Marker(std::fs::metadata(&self.audit_log).map_or(0, |m| m.len()));
        self.kubectl_ok(&["get", "--raw", &uri], "");
        let begun = Instant::now();
        while !self.log_since(before).contains(&uri) {
            assert!(begun.elapsed() < Duration::from_secs(120), "the audit log is not written in time");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Returns only complete lines.
    fn log_since(&self, since: Marker) -> String {
        let mut log = std::fs::File::open(&self.audit_log).expect("the server writes an audit log");
        log.seek(SeekFrom::Start(since.0)).expect("the audit log is seekable");
        let mut text = String::new();
        log.read_to_string(&mut text).expect("the audit log is UTF-8");
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
        text
    }
}

/// The path that `settle` requests.
const SETTLE: &str = "/version?settle=";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "requestURI")]
    request_uri: String,
    verb: String,
    stage_timestamp: DateTime<Utc>,
    #[serde(default)]
    user_agent: String,
    user: User,
    impersonated_user: Option<User>,
    object_ref: Option<ObjectRef>,
    response_status: Option<Status>,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    username: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ObjectRef {
    resource: String,
    subresource: String,
    namespace: String,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    code: u16,
}

impl From<Entry> for Request {
    fn from(entry: Entry) -> Self {
        let path = entry.request_uri.split('?').next().unwrap_or_default().to_owned();
        let object = entry.object_ref.unwrap_or_else(|| ObjectRef { resource: path, ..ObjectRef::default() });
        Self {
            user_agent: entry.user_agent,
            user: entry.impersonated_user.unwrap_or(entry.user).username,
            verb: entry.verb,
            resource: object.resource,
            subresource: object.subresource,
            namespace: object.namespace,
            code: entry.response_status.map_or(0, |s| s.code),
        }
    }
}
