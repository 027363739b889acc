//! The task that owns all state: applies watch updates and results of tasks, and starts work that is ready.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::cache::{Cache, Moved, TenantMoved};
use super::error::ReconcileError;
use super::failure_log::{Count, FailureLog};
use super::knowledge_gaps::KnowledgeGaps;
use super::lease::Leadership;
use super::log_throttle::LogThrottle;
use super::own_writes::OwnWrites;
use super::queue::Queue;
use super::reconcile::{ReconcileContext, ReconcileOutcome};
use super::watch_update::{WatchFailure, WatchUpdate};
use super::work::{CredentialWork, PendingAssessment, TenantWork};
use lapsewatch_core::api::Key;
use lapsewatch_core::assessment::peers::Index;

/// The most reads of Secrets at once, and the most publications at once. A read that waits for its turn does not block
/// a publication.
pub const AT_ONCE: usize = 16;

/// The result of a task.
pub enum TaskResult {
    /// The credential of a TenantCredential was read.
    Found(PendingAssessment),
    /// The assessment of a TenantCredential was published, as far as possible.
    Said(Key, ReconcileOutcome),
    /// The Secret of a TenantCredential changed before publication. Contains the new reading.
    Overtaken(PendingAssessment),
    /// The status of an MDMTenant was published, as far as possible.
    Paged(Key, ReconcileOutcome),
}

/// The state of the operator.
pub struct Operator {
    /// The watched objects.
    pub cache: Cache,
    /// The index of the holders (the objects that use each credential).
    pub index: Index,
    /// The tasks in progress.
    pub tasks: JoinSet<TaskResult>,
    /// The number of tasks in `tasks` that read a Secret.
    pub reading: usize,
    /// The settings and clients that all tasks share.
    pub context: Arc<ReconcileContext>,
    /// The work on TenantCredentials.
    pub credentials: CredentialWork,
    /// The work on MDMTenants.
    pub tenants: TenantWork,
    said: LogThrottle,
    failures: FailureLog,
    /// The scopes (one namespace each, or all namespaces) whose lists were complete at least once.
    listed: HashSet<usize>,
    /// The scopes whose lists are complete and kept up to date.
    current: HashSet<usize>,
    last_look: DateTime<Utc>,
    is_pages_turn: bool,
    leadership: Leadership,
    has_failed: bool,
}

impl Operator {
    /// Creates an operator without any objects.
    pub fn new(scopes: Vec<Option<String>>, context: ReconcileContext, leadership: Leadership) -> Self {
        Self {
            cache: Cache::new(scopes),
            index: Index::default(),
            tasks: JoinSet::new(),
            reading: 0,
            credentials: CredentialWork::default(),
            tenants: TenantWork::default(),
            said: LogThrottle::default(),
            failures: FailureLog::default(),
            listed: HashSet::new(),
            current: HashSet::new(),
            last_look: context.clock.now(),
            is_pages_turn: false,
            leadership,
            has_failed: false,
            context: Arc::new(context),
        }
    }

    /// Applies a watch update.
    pub fn see(&mut self, scope: usize, seen: WatchUpdate) {
        let known = self.cache.len();
        match seen {
            WatchUpdate::Object(change) => {
                for Moved { key, is_gone, tenants } in self.cache.object(scope, change) {
                    if is_gone {
                        self.forget(&key)
                    } else {
                        self.call(key)
                    }
                    tenants.into_iter().for_each(|tenant| self.call_tenant(tenant));
                }
            }
            WatchUpdate::TenantsRefused => self.cache.refuse_tenants(scope),
            WatchUpdate::Lost(list) => {
                self.cache.lose(scope, list);
                self.current.remove(&scope);
            }
            WatchUpdate::Tenant(change) => {
                if self.cache.tenants_appear(scope, &change) {
                    let keys: Vec<Key> = self.cache.keys_in(scope).cloned().collect();
                    keys.into_iter().for_each(|key| self.call(key));
                }
                for TenantMoved { key, is_gone, members } in self.cache.tenant(scope, change) {
                    if is_gone {
                        self.forget_tenant(&key)
                    } else {
                        self.call_tenant(key)
                    }
                    members.into_iter().for_each(|member| self.call(member));
                }
            }
            WatchUpdate::Secret(change) => {
                for key in self.cache.secret(scope, change) {
                    self.call(key);
                }
            }
            WatchUpdate::Failed(WatchFailure { kind, namespace, problem, advice }) => {
                self.context.metrics.watch_failed(kind);
                if self.said.is_news(&problem) {
                    tracing::error!(kind, namespace, advice, "{problem}");
                }
            }
            WatchUpdate::Reconnected => {
                tracing::info!("the API server answers again");
                let now = Instant::now();
                self.credentials.queue.retry_soon(now);
                self.tenants.queue.retry_soon(now);
            }
            WatchUpdate::Solved(problem) => self.said.forget(&problem),
        }
        if self.cache.len() > known && !self.current.contains(&scope) {
            self.credentials.barrier.progress(Instant::now());
        }
        if self.cache.is_complete(scope) && self.current.insert(scope) {
            self.listed.insert(scope);
            let (credentials, tenants) = (self.cache.keys_in(scope).count(), self.cache.tenant_keys_in(scope).count());
            tracing::info!(credentials, tenants, namespace = self.cache.namespace(scope), "watching");
            if self.is_leader() {
                self.begin(scope);
            }
        }
    }

    /// Starts work on the objects of a scope after its lists are complete.
    fn begin(&mut self, scope: usize) {
        let keys: Vec<Key> = self.cache.keys_in(scope).cloned().collect();
        let tenants: Vec<Key> = self.cache.tenant_keys_in(scope).cloned().collect();
        self.credentials.barrier.close(keys.iter().cloned(), Instant::now());
        keys.iter().for_each(|key| self.remember(key));
        keys.into_iter().for_each(|key| self.call(key));
        tenants.into_iter().for_each(|key| self.call_tenant(key));
        self.release();
    }

    /// Applies the leadership of this replica. When this replica begins to lead, its work begins as at a start, with
    /// the objects that the watches have already reported.
    pub fn lead(&mut self, leadership: Leadership) {
        let began = leadership == Leadership::Leads && !self.is_leader();
        self.leadership = leadership;
        if began {
            self.context.publisher.credentials.begin();
            self.context.publisher.tenants.begin();
            // Readings from an earlier time as leader are outdated: the objects are read again.
            let CredentialWork { queue, barrier, blind, found, held, .. } = &mut self.credentials;
            found.drain(..).chain(held.drain().flat_map(|(_, held)| held)).for_each(|looked| queue.requeue(looked.key));
            barrier.reset();
            *blind = KnowledgeGaps::default();
            let mut scopes: Vec<usize> = self.listed.iter().copied().collect();
            scopes.sort_unstable();
            scopes.into_iter().for_each(|scope| self.begin(scope));
        }
    }

    /// True if this replica assesses and writes.
    pub fn is_leader(&self) -> bool {
        self.leadership == Leadership::Leads
    }

    /// Returns the reason why the operator is not ready. None if the operator is ready.
    pub fn unready(&self) -> Option<&'static str> {
        if self.leadership == Leadership::Unknown {
            Some("It is unknown which replica leads, because the Lease was not read or renewed in time. See the log.")
        } else if self.listed.len() < self.cache.scopes() {
            Some("not everything was listed yet; where that lasts, the log tells why")
        } else if !self.is_complete() {
            Some("the API server no longer lets the operator list a watched namespace; the log names the cause")
        } else if self.context.access.is_refused() {
            Some("the API server refuses to read Secrets: allow the service account get on secrets")
        } else {
            None
        }
    }

    /// True if all lists of an object's scope were complete at least once. Before that, an object that is absent from
    /// the cache may exist. All objects of the scope are queued when its lists are complete.
    pub fn is_known(&self, key: &Key) -> bool {
        self.cache.scope_of(key).is_some_and(|scope| self.listed.contains(&scope))
    }

    /// True if all lists of all scopes are complete and kept up to date.
    pub fn is_complete(&self) -> bool {
        self.current.len() == self.cache.scopes()
    }

    /// Starts work that is ready, up to the limits. Credentials and tenants take turns, so that neither kind delays the
    /// other.
    pub fn start(&mut self) {
        while self.is_leader() && (self.start_publication() | self.start_read()) {}
    }

    fn start_publication(&mut self) -> bool {
        if self.tasks.len().saturating_sub(self.reading) >= AT_ONCE {
            return false;
        }
        self.is_pages_turn = !self.is_pages_turn;
        match self.is_pages_turn {
            true => self.start_tenant() || self.start_credential(),
            false => self.start_credential() || self.start_tenant(),
        }
    }

    /// Applies the result of a task.
    pub fn end(&mut self, done: Result<TaskResult, JoinError>) {
        match done {
            Ok(TaskResult::Found(looked)) => {
                self.reading = self.reading.saturating_sub(1);
                self.take_in(looked);
            }
            Ok(TaskResult::Overtaken(looked)) => self.take_in(looked),
            Ok(TaskResult::Said(key, outcome)) => {
                let CredentialWork { queue, own_writes, .. } = &mut self.credentials;
                close(queue, own_writes, &mut self.failures, &key, outcome);
                // A tenant status that was computed during this publication may quote an outdated message of the
                // credential.
                match self.cache.tenant_of(&key) {
                    Some(tenant) => self.call_tenant(tenant),
                    None if self.cache.get(&key).is_none() => self.forget(&key),
                    None => {}
                }
            }
            Ok(TaskResult::Paged(key, outcome)) => {
                let TenantWork { queue, own_writes, .. } = &mut self.tenants;
                close(queue, own_writes, &mut self.failures, &key, outcome);
                if self.cache.get_tenant(&key).is_none() {
                    self.forget_tenant(&key);
                }
            }
            Err(_) => {
                // Lints forbid panics in this program. If a task panics anyway, its result is lost, and only a new
                // process is certain to recover the result.
                self.has_failed = true;
            }
        }
    }

    /// True after a reconciliation ended without a result. Then this process must end.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Reads the clock, queues objects that are due, and detects that the clock was set back.
    pub fn look(&mut self) {
        let now = self.context.clock.now();
        if now < self.last_look {
            tracing::warn!("the clock was set back; everything is assessed again");
            self.call_all();
            let tenants: Vec<Key> = self.cache.tenant_keys().cloned().collect();
            tenants.into_iter().for_each(|key| self.call_tenant(key));
        }
        self.last_look = now;
        let instant = Instant::now();
        self.credentials.queue.wake(now, instant);
        self.tenants.wake(now, instant);
        for Count { cause, objects, examples } in self.failures.due(instant) {
            tracing::error!(objects, examples, "{objects} objects failed since the last line: {cause}");
        }
        self.release();
    }

    /// Waits until the next boundary (a time at which an assessment changes without a change of its object) or earlier.
    pub fn wait_for_boundary(&self) -> impl Future<Output = ()> + use<> {
        let boundaries = [self.credentials.queue.next_boundary(), self.tenants.queue.next_boundary()];
        self.context.clock.wait_until(boundaries.into_iter().flatten().min())
    }

    /// Returns the next instant at which work that follows the monotonic clock is due, such as a retry.
    pub fn next_instant(&self) -> Option<Instant> {
        let instants = [
            self.credentials.queue.next_retry(),
            self.credentials.barrier.deadline(Instant::now()),
            self.tenants.next_instant(),
            self.failures.next(),
        ];
        instants.into_iter().flatten().min()
    }
}

/// Applies the outcome of a reconciliation to the queue and the log.
fn close(
    queue: &mut Queue,
    own_writes: &mut OwnWrites,
    failures: &mut FailureLog,
    key: &Key,
    outcome: ReconcileOutcome,
) {
    let ReconcileOutcome { next, result, replaced } = outcome;
    own_writes.replaced(key, replaced);
    let Err(error) = result else { return queue.done(key, next) };
    // Not logged here, because the publisher logs each replacement by another program.
    if let ReconcileError::Contested(wait) = error {
        return queue.hold(key, next, Instant::now() + wait);
    }
    let now = Instant::now();
    let wait = queue.failed(key, next, now, spread(key));
    match &error {
        ReconcileError::Conflict => tracing::debug!(object = %key, "{error}"),
        _ if error.is_withheld() => tracing::debug!(object = %key, "{error}"),
        _ if failures.failed(&error.class(), key, now) => tracing::error!(
            object = %key, step = error.step(), retry_seconds = wait.as_secs(), "{error}"
        ),
        _ => {}
    }
}

/// Returns a number from 0 to 1 that spreads the retries of different objects, and is always the same for one object.
fn spread(key: &Key) -> f64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (hasher.finish() % 1000) as f64 / 1000.0
}
