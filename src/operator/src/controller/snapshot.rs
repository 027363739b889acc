//! What the operator knows at one moment, for those who ask how it is: its endpoints.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::operator::Operator;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::{CredentialKind, TenantKind, WatchedKind};

/// How long an answer may take. One task owns all state, and is never busy for so long.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many may wait for an answer.
const WAITING: usize = 16;

/// What the operator knows at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Whether this replica assesses and writes.
    pub is_leader: bool,
    /// Why it can't do its work, or not yet; none where it can.
    pub unready: Option<&'static str>,
    /// How many objects of each kind wait to be looked at.
    pub queues: [(&'static str, usize); 2],
    /// The TenantCredentials of namespaces that were listed, each with how many others hold the same. None where it
    /// was not asked for them, or another replica leads.
    pub credentials: Vec<(Arc<Observed>, usize)>,
    /// Likewise the MDMTenants.
    pub tenants: Vec<Arc<Observed<TenantKind>>>,
}

/// A question for a snapshot.
pub struct Question {
    with_objects: bool,
    answer: oneshot::Sender<Snapshot>,
}

/// Asks.
#[derive(Clone)]
pub struct Asker(mpsc::Sender<Question>);

/// What is asked; by default nobody asks.
#[derive(Default)]
pub struct Questions(Option<mpsc::Receiver<Question>>);

/// Both ends.
pub fn questions() -> (Asker, Questions) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Asker(sender), Questions(Some(receiver)))
}

impl Asker {
    /// What the operator knows, `with_objects` or without; none where it does not answer.
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
    /// The next one; waits for ever where nobody asks any more.
    pub async fn next(&mut self) -> Question {
        let Some(receiver) = &mut self.0 else { return std::future::pending().await };
        match receiver.recv().await {
            Some(question) => question,
            None => std::future::pending().await,
        }
    }
}

impl Operator {
    /// Answers.
    pub fn answer(&self, Question { with_objects, answer }: Question) {
        // Whoever asked may have gone.
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
