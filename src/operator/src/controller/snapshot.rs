//! Takes snapshots of the operator's state for its endpoints.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::operator::Operator;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::{CredentialKind, TenantKind, WatchedKind};

/// The longest wait for a snapshot. The operator's main task is never busy for this long, so a later answer means that
/// the operator hangs.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most requests for a snapshot that wait for an answer.
const WAITING: usize = 16;

/// The operator's state at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// True if this replica assesses and writes.
    pub is_leader: bool,
    /// The reason why the operator is not ready. None if the operator is ready.
    pub unready: Option<&'static str>,
    /// The number of waiting objects of each kind.
    pub queues: [(&'static str, usize); 2],
    /// The TenantCredentials of listed namespaces, each with the number of other holders of its credential. Empty if
    /// the request did not ask for objects, or if this replica does not lead.
    pub credentials: Vec<(Arc<Observed>, usize)>,
    /// The MDMTenants of listed namespaces. Empty in the same cases as `credentials`.
    pub tenants: Vec<Arc<Observed<TenantKind>>>,
}

/// A request for a snapshot.
pub struct Question {
    with_objects: bool,
    answer: oneshot::Sender<Snapshot>,
}

/// Sends requests for a snapshot, on behalf of the endpoints.
#[derive(Clone)]
pub struct Asker(mpsc::Sender<Question>);

/// Receives the requests for a snapshot, for the operator's main task. The default value never receives a request.
#[derive(Default)]
pub struct Questions(Option<mpsc::Receiver<Question>>);

/// Creates a connected sender and receiver of questions.
pub fn questions() -> (Asker, Questions) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Asker(sender), Questions(Some(receiver)))
}

impl Asker {
    /// Requests a snapshot, with the objects if `with_objects`. None if the operator does not answer in time.
    pub async fn ask(&self, with_objects: bool) -> Option<Snapshot> {
        let (answer, answered) = oneshot::channel();
        let ask = async {
            self.0.send(Question { with_objects, answer }).await.ok()?;
            answered.await.ok()
        };
        tokio::time::timeout(PATIENCE, ask).await.ok().flatten()
    }
}

impl Questions {
    /// Returns the next request for a snapshot. Waits forever if no sender exists.
    pub async fn next(&mut self) -> Question {
        let Some(receiver) = &mut self.0 else { return std::future::pending().await };
        match receiver.recv().await {
            Some(question) => question,
            None => std::future::pending().await,
        }
    }
}

impl Operator {
    /// Answers a request for a snapshot.
    pub fn answer(&self, Question { with_objects, answer }: Question) {
        // If the asker no longer waits, the answer is dropped.
        answer.send(self.snapshot(with_objects)).ok();
    }

    fn snapshot(&self, with_objects: bool) -> Snapshot {
        let mut snapshot = Snapshot {
            is_leader: self.is_leader(),
            unready: self.unready(),
            queues: [(CredentialKind::KIND, self.waiting_credentials()), (TenantKind::KIND, self.waiting_tenants())],
            ..Snapshot::default()
        };
        if with_objects && self.is_leader() {
            let known = self.cache.credentials().filter(|(key, _)| self.is_known(key));
            snapshot.credentials.extend(known.map(|(key, observed)| (observed.clone(), self.index.others(key))));
            let known = self.cache.tenants().filter(|(key, _)| self.is_known(key));
            snapshot.tenants.extend(known.map(|(_, observed)| observed.clone()));
        }
        snapshot
    }

    fn waiting_credentials(&self) -> usize {
        if !self.is_leader() {
            return 0;
        }
        self.credentials.queue.len() + self.credentials.found.len()
    }

    fn waiting_tenants(&self) -> usize {
        if self.is_leader() { self.tenants.queue.len() } else { 0 }
    }
}
