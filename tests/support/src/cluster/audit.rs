//! What the server was asked, by whom and how often, from its audit log.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::cluster::bed::Bed;
use crate::cluster::story::Story;

/// A place in the audit log.
#[derive(Clone, Copy, Debug)]
pub struct Marker(u64);

/// One kind of request. What it has not is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// Who asked, as in the header; kubectl's begins with `kubectl/`.
    pub user_agent: String,
    /// As whom: the impersonated user where there is one.
    pub user: String,
    /// get, list, watch, create, update, patch, apply's patch too, delete.
    pub verb: String,
    /// The plural, or the path where no resource was asked for.
    pub resource: String,
    /// status, say.
    pub subresource: String,
    /// Empty also for a list across all namespaces.
    pub namespace: String,
    /// The answer's status code.
    pub code: u16,
}

/// How often each was asked.
pub type Requests = BTreeMap<Request, usize>;

/// How many of these requests there were.
pub fn count(requests: &Requests, which: impl Fn(&Request) -> bool) -> usize {
    requests.iter().filter(|(request, _)| which(request)).map(|(_, n)| n).sum()
}

/// The operator's requests about Secrets' content, and its writes.
pub fn reads_and_writes(story: &Story, requests: &Requests) -> (usize, usize) {
    let own = |agent: &str| agent == story.agent();
    let reads = count(requests, |r| own(&r.user_agent) && r.verb == "get" && r.resource == "secrets");
    let writes = count(requests, |r| own(&r.user_agent) && !["get", "list", "watch"].contains(&r.verb.as_str()));
    (reads, writes)
}

impl Bed {
    /// The present end of the log: of all requests answered by now.
    pub fn mark(&self) -> Marker {
        self.settle();
        self.end_of_log()
    }

    /// The end of what is written of the log, without waiting for it.
    pub fn end_of_log(&self) -> Marker {
        Marker(std::fs::metadata(&self.audit_log).expect("the server writes an audit log").len())
    }

    /// What this agent was refused since, as far as the log is written.
    pub fn refused(&self, since: Marker, agent: &str) -> Vec<Request> {
        let (agent, code) = (format!("\"userAgent\":\"{agent}\""), "\"code\":403");
        let log = self.log_since(since);
        let lines = log.lines().filter(|line| line.contains(code) && line.contains(&agent));
        lines.map(|line| serde_json::from_str::<Entry>(line).expect("the audit log holds JSON").into()).collect()
    }

    /// The requests answered since. A watch is counted when it ends.
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

    /// When the requests were answered that these are, in this order.
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

    /// Waits until the log has caught up: it is written after the answer is.
    fn settle(&self) {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let uri = format!("{SETTLE}{}.", ASKED.fetch_add(1, Ordering::Relaxed));
        let before = Marker(std::fs::metadata(&self.audit_log).map_or(0, |m| m.len()));
        self.kubectl_ok(&["get", "--raw", &uri], "");
        let begun = Instant::now();
        while !self.log_since(before).contains(&uri) {
            assert!(begun.elapsed() < Duration::from_secs(120), "the audit log does not catch up");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whole lines only.
    fn log_since(&self, since: Marker) -> String {
        let mut log = std::fs::File::open(&self.audit_log).expect("the server writes an audit log");
        log.seek(SeekFrom::Start(since.0)).expect("it can be read from anywhere");
        let mut text = String::new();
        log.read_to_string(&mut text).expect("it is UTF-8");
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
        text
    }
}

/// What `settle` asks for.
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
