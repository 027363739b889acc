//! The one task that owns all state: takes in what the watches tell and what has ended, and starts what is ready.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::cache::{Cache, Moved, TenantMoved};
use super::error::ReconcileError;
use super::failure_log::{Count, FailureLog};
use super::knowledge::KnowledgeGaps;
use super::lease::Leadership;
use super::log_throttle::LogThrottle;
use super::own_writes::OwnWrites;
use super::queue::Queue;
use super::reconcile::{ReconcileContext, ReconcileOutcome};
use super::watch::{WatchFailure, WatchUpdate};
use super::work::{CredentialWork, PendingAssessment, TenantWork};
use lapsewatch_core::api::Key;
use lapsewatch_core::assessment::peers::Index;

/// Reads of Secrets at once, and publications at once. A read that waits for its turn holds up no publication.
pub const AT_ONCE: usize = 16;

/// What a task has done.
pub enum TaskResult {
    /// What one TenantCredential holds is found.
    Found(PendingAssessment),
    /// What is to be said of it is said.
    Said(Key, ReconcileOutcome),
    /// Its Secret is in another state than was found, and this is what it holds in that one.
    Overtaken(PendingAssessment),
    /// A tenant's page is made.
    Paged(Key, ReconcileOutcome),
}

/// All that the operator knows and does.
pub struct Operator {
    /// What there is.
    pub cache: Cache,
    /// Who holds which credential.
    pub index: Index,
    /// What is under way.
    pub tasks: JoinSet<TaskResult>,
    /// How many of these read a Secret.
    pub reading: usize,
    /// What all tasks share.
    pub context: Arc<ReconcileContext>,
    /// The work on TenantCredentials.
    pub credentials: CredentialWork,
    /// The work on MDMTenants.
    pub tenants: TenantWork,
    said: LogThrottle,
    failures: FailureLog,
    /// The scopes whose lists were complete once.
    listed: HashSet<usize>,
    /// The scopes whose lists are complete, and kept up to date.
    current: HashSet<usize>,
    last_look: DateTime<Utc>,
    is_pages_turn: bool,
    leadership: Leadership,
    has_failed: bool,
}

impl Operator {
    /// One that knows nothing yet.
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

    /// Takes in what a watch tells.
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

    /// Begins with what a list has told.
    fn begin(&mut self, scope: usize) {
        let keys: Vec<Key> = self.cache.keys_in(scope).cloned().collect();
        let tenants: Vec<Key> = self.cache.tenant_keys_in(scope).cloned().collect();
        self.credentials.barrier.close(keys.iter().cloned(), Instant::now());
        keys.iter().for_each(|key| self.remember(key));
        keys.into_iter().for_each(|key| self.call(key));
        tenants.into_iter().for_each(|key| self.call_tenant(key));
        self.release();
    }

    /// Takes in whether this replica leads. One that begins to lead begins as at a start, with what it has watched.
    pub fn lead(&mut self, leadership: Leadership) {
        let began = leadership == Leadership::Leads && !self.is_leader();
        self.leadership = leadership;
        if began {
            self.context.publisher.credentials.begin();
            self.context.publisher.tenants.begin();
            // What was found when it led before is looked at anew, and what was waited for then is waited for no longer.
            let CredentialWork { queue, barrier, blind, found, held, .. } = &mut self.credentials;
            found.drain(..).chain(held.drain().flat_map(|(_, held)| held)).for_each(|looked| queue.anew(looked.key));
            barrier.reset();
            *blind = KnowledgeGaps::default();
            let mut scopes: Vec<usize> = self.listed.iter().copied().collect();
            scopes.sort_unstable();
            scopes.into_iter().for_each(|scope| self.begin(scope));
        }
    }

    /// Whether this replica assesses and writes.
    pub fn is_leader(&self) -> bool {
        self.leadership == Leadership::Leads
    }

    /// Why it can't do its work, or not yet; none where it can.
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

    /// Whether all lists of an object's scope are complete: until then, what is absent is not known to be missing. All
    /// of the scope are called for then.
    pub fn is_known(&self, key: &Key) -> bool {
        self.cache.scope_of(key).is_some_and(|scope| self.listed.contains(&scope))
    }

    /// True if all lists of all scopes are complete, and none was lost since.
    pub fn is_complete(&self) -> bool {
        self.current.len() == self.cache.scopes()
    }

    /// Starts what is ready, as far as there is room. By turns: pages follow while many credentials settle, and many
    /// pages hold up no credential.
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

    /// Takes in what a task has done.
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
                // Its words may have been asked for while others came and went: now they are what was said.
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
                // Lints forbid panics. After one all the same, a new process loses nothing, and this one might.
                self.has_failed = true;
            }
        }
    }

    /// True once a reconciliation ended without a result. Then this process must end.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Looks at the clock: what is due, and whether the clock was set back.
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

    /// Ends when the next boundary is reached.
    pub fn wait_for_boundary(&self) -> impl Future<Output = ()> + use<> {
        let boundaries = [self.credentials.queue.next_boundary(), self.tenants.queue.next_boundary()];
        self.context.clock.wait_until(boundaries.into_iter().flatten().min())
    }

    /// When to look again in real time.
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

/// What came of the work on one object: when to look at it again.
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
    // The writer has logged it.
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

/// From 0 to 1, the same for the same object.
fn spread(key: &Key) -> f64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (hasher.finish() % 1000) as f64 / 1000.0
}
