//! The operator: watches, and keeps what is said of each TenantCredential true.
//!
//! One task owns all state; reconciliations run beside it, at most [`AT_ONCE`], and hand back when to look again.

mod cache;
mod error;
mod gate;
mod gather;
mod invalid;
mod observed;
mod publish;
mod queue;
mod reconcile;
mod request;
pub mod slim;
mod watch;
mod write;

use std::collections::{HashMap, HashSet, VecDeque};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::stream::{SelectAll, StreamExt};
use kube::Client;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::api::Key;
use crate::assessment::peers::{self, Index, Peers};
use crate::clock::Clock;
use cache::Cache;
use error::Error;
use gate::{Gate, Moved};
use gather::Access;
use observed::Observed;
use queue::Queue;
use reconcile::{Around, Context, Found, Outcome, find, remembered, say};
use watch::{Seen, WatchFailure};
use write::NotKept;

/// Reconciliations at once.
const AT_ONCE: usize = 16;
/// How long what is under way may take to end when the operator is told to.
const LAST_WORDS: Duration = Duration::from_secs(4);
/// How often a failure that lasts is said again.
const SAY_AGAIN: Duration = Duration::from_secs(300);

/// What the operator is told.
pub struct Settings {
    /// The namespaces to watch; none: all.
    pub namespaces: Vec<String>,
    /// How long a problem that GitOps may cause in passing must last before its Event is sent.
    pub settle: TimeDelta,
    /// The name of this process in its Events, such as its pod's.
    pub instance: String,
}

/// Runs until `stop` ends, then lets what is under way end too.
pub async fn run(client: Client, clock: Arc<dyn Clock>, settings: Settings, stop: impl Future<Output = ()>) {
    let mut scopes: Vec<Option<String>> = settings.namespaces.into_iter().map(Some).collect();
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        scopes.push(None);
    }
    let mut streams = SelectAll::new();
    for (scope, namespace) in scopes.iter().enumerate() {
        streams.push(watch::scope(&client, namespace.as_deref()).map(move |seen| (scope, seen)).boxed());
    }
    let mut operator = Operator {
        cache: Cache::new(scopes),
        queue: Queue::default(),
        tasks: JoinSet::new(),
        index: Index::default(),
        gate: Gate::default(),
        found: VecDeque::new(),
        held: Vec::new(),
        said: HashMap::new(),
        complete: HashSet::new(),
        last_look: clock.now(),
        context: Arc::new(Context {
            client,
            clock,
            settle: settings.settle,
            instance: settings.instance,
            access: Access::default(),
            not_kept: NotKept::default(),
        }),
    };
    let mut stop = std::pin::pin!(stop);
    loop {
        operator.start();
        let retry = operator.queue.next_retry();
        let gate = operator.gate.deadline();
        tokio::select! {
            () = &mut stop => break,
            Some((scope, seen)) = streams.next() => operator.see(scope, seen),
            Some(outcome) = operator.tasks.join_next() => operator.end(outcome),
            () = operator.context.clock.wait_until(operator.queue.next_boundary()) => operator.look(),
            () = sleep_until(retry), if retry.is_some() => operator.look(),
            () = sleep_until(gate), if gate.is_some() => operator.release(),
        }
    }
    tracing::info!(under_way = operator.tasks.len(), "stopping");
    let ended = async { while operator.tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_WORDS, ended).await.is_err() {
        tracing::warn!(
            left = operator.tasks.len(),
            "stopped before all of it ended; it is done again at the next start"
        );
    }
}

async fn sleep_until(instant: Option<Instant>) {
    if let Some(instant) = instant {
        tokio::time::sleep_until(instant).await;
    }
}

struct Operator {
    cache: Cache,
    queue: Queue,
    tasks: JoinSet<(Key, Done)>,
    context: Arc<Context>,
    /// Who holds which credential.
    index: Index,
    gate: Gate,
    /// What was found, and is to be said as soon as there is room.
    found: VecDeque<(Key, Arc<Observed>, Box<Found>)>,
    /// What waits for the gate.
    held: Vec<(Key, Arc<Observed>, Box<Found>)>,
    /// When a failure was last said, so that the log is not filled with it.
    said: HashMap<String, Instant>,
    /// The scopes whose lists were complete once.
    complete: HashSet<usize>,
    last_look: DateTime<Utc>,
}

/// What a task has done.
enum Done {
    Found(Arc<Observed>, Box<Found>),
    Said(Outcome),
}

impl Operator {
    fn see(&mut self, scope: usize, seen: Seen) {
        match seen {
            Seen::Object(change) => {
                for (key, gone) in self.cache.object(scope, change) {
                    if gone { self.forget(&key) } else { self.call(key) }
                }
            }
            Seen::Secret(change) => {
                for key in self.cache.secret(scope, change) {
                    self.call(key);
                }
            }
            Seen::Failed(WatchFailure { kind, problem, advice }) => {
                if self.say(&problem) {
                    tracing::error!(kind, advice, "{problem}");
                }
            }
        }
        if !self.complete.contains(&scope) && self.cache.is_complete(scope) {
            self.complete.insert(scope);
            self.said.clear();
            let keys: Vec<Key> = self.cache.keys_in(scope).cloned().collect();
            tracing::info!(credentials = keys.len(), namespace = self.cache.namespace(scope), "watching");
            self.gate.shut(keys.iter().cloned(), Instant::now());
            keys.iter().for_each(|key| self.remember(key));
            keys.into_iter().for_each(|key| self.queue.call(key));
            self.release();
        }
    }

    /// Enters what one held before this start: should it be too late to wait for all, nothing that was said is taken back
    /// for want of those that were not looked at again.
    fn remember(&mut self, key: &Key) {
        let Some(holder) = self.cache.get(key).and_then(|(observed, _)| remembered(&observed)) else { return };
        let concerned = self.index.set(key, Some(holder));
        concerned.into_iter().for_each(|other| self.call(other));
    }

    /// Calls for one, but not before both lists of its scope are complete: until then, what is absent is not known to be
    /// missing. They are all called then.
    fn call(&mut self, key: Key) {
        if self.cache.scope_of(&key).is_some_and(|scope| self.complete.contains(&scope)) {
            self.queue.call(key);
        }
    }

    /// Starts what is ready, as far as there is room.
    fn start(&mut self) {
        while self.tasks.len() < AT_ONCE {
            let context = self.context.clone();
            if let Some((key, observed, found)) = self.found.pop_front() {
                let around = self.around(&key, &observed);
                self.tasks.spawn(async move {
                    let outcome = say(&context, &observed, *found, around).await;
                    (key, Done::Said(outcome))
                });
                continue;
            }
            let Some(key) = self.queue.start() else { break };
            let Some((observed, secret)) = self.cache.get(&key) else {
                self.queue.done(&key, None);
                self.gate.tried(&key);
                continue;
            };
            self.tasks.spawn(async move {
                let found = find(&context, &observed, secret.as_ref()).await;
                (key, Done::Found(observed, Box::new(found)))
            });
        }
    }

    fn end(&mut self, done: Result<(Key, Done), tokio::task::JoinError>) {
        match done {
            Ok((key, Done::Found(observed, found))) => self.take_in(key, observed, found),
            Ok((key, Done::Said(outcome))) => self.finish(&key, outcome),
            Err(_) => {
                // Lints forbid panics; should one happen all the same, the process starts anew rather than fall silent.
                tracing::error!("a reconciliation ended abnormally; stopping so that none is lost");
                std::process::exit(70);
            }
        }
    }

    /// Enters what one holds, and calls for those of whom something else is to be said now.
    fn take_in(&mut self, key: Key, observed: Arc<Observed>, mut found: Box<Found>) {
        let is_there = self.cache.get(&key).is_some();
        let holder = found.holder.take().filter(|_| is_there);
        let concerned = self.index.set(&key, holder);
        concerned.into_iter().for_each(|other| self.call(other));
        self.gate.tried(&key);
        if self.gate.holds() && is_exclusive(&observed) {
            self.held.push((key, observed, found));
        } else {
            self.found.push_back((key, observed, found));
        }
        self.release();
    }

    /// What stands around one object, as far as that may be told.
    fn around(&self, key: &Key, observed: &Observed) -> Around {
        // What was said before this start is said anew, from what was known then of those that were not tried yet.
        let is_known = self.gate.is_open() || observed.knows_peers();
        Around { peers: if is_known { Peers::Known(self.index.view(key)) } else { Peers::Pending } }
    }

    /// Looks whether the gate is open, and lets through what waits for it.
    fn release(&mut self) {
        let moved = self.gate.look(self.complete.len() == self.cache.scopes(), Instant::now());
        match moved {
            Moved::No => return,
            Moved::Late => tracing::warn!(
                "not all objects could be looked at within a minute; who else holds a credential is said later"
            ),
            Moved::Open { was_late } => {
                tracing::info!(holders = self.index.len(), "all objects were looked at");
                if was_late {
                    self.call_all();
                }
            }
        }
        self.found.extend(self.held.drain(..));
    }

    fn call_all(&mut self) {
        self.cache.keys().cloned().collect::<Vec<_>>().into_iter().for_each(|key| self.call(key));
    }

    fn finish(&mut self, key: &Key, Outcome { next, result }: Outcome) {
        match result {
            Ok(()) => self.queue.done(key, next),
            Err(error) => {
                let wait = self.queue.failed(key, next, Instant::now(), spread(key));
                match &error {
                    Error::Conflict => tracing::debug!(object = %key, "{error}"),
                    _ if self.say(&format!("{key} {error}")) => tracing::error!(
                        object = %key, step = error.step(), retry_seconds = wait.as_secs(), "{error}"
                    ),
                    _ => {}
                }
            }
        }
        if self.cache.get(key).is_none() {
            self.forget(key);
        }
    }

    /// It is gone.
    fn forget(&mut self, key: &Key) {
        self.queue.forget(key);
        self.context.not_kept.forget(key);
        self.gate.tried(key);
        let concerned = self.index.set(key, None);
        concerned.into_iter().for_each(|other| self.call(other));
        self.release();
    }

    /// Looks at the clock: what is due, and whether the clock was set back.
    fn look(&mut self) {
        let now = self.context.clock.now();
        if now < self.last_look {
            tracing::warn!("the clock was set back; everything is assessed again");
            self.call_all();
        }
        self.last_look = now;
        self.queue.wake(now, Instant::now());
    }

    /// Whether a failure is worth a line in the log: it is new, or has lasted.
    fn say(&mut self, what: &str) -> bool {
        let now = Instant::now();
        self.said.retain(|_, at| now.duration_since(*at) < SAY_AGAIN);
        let new = !self.said.contains_key(what);
        if new {
            self.said.insert(what.to_owned(), now);
        }
        new
    }
}

fn is_exclusive(observed: &Observed) -> bool {
    observed.spec.as_ref().is_ok_and(|spec| peers::is_exclusive(spec.type_))
}

/// From 0 to 1, the same for the same object.
fn spread(key: &Key) -> f64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (hasher.finish() % 1000) as f64 / 1000.0
}
