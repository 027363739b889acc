//! The operator: watches, and keeps what is said of each TenantCredential true.
//!
//! One task owns all state; reconciliations run beside it, at most [`AT_ONCE`], and hand back when to look again.

mod cache;
mod error;
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

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::stream::{SelectAll, StreamExt};
use kube::Client;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::api::Key;
use crate::clock::Clock;
use cache::Cache;
use error::Error;
use gather::Access;
use queue::Queue;
use reconcile::{Context, Outcome, reconcile};
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
        tokio::select! {
            () = &mut stop => break,
            Some((scope, seen)) = streams.next() => operator.see(scope, seen),
            Some(outcome) = operator.tasks.join_next() => operator.end(outcome),
            () = operator.context.clock.wait_until(operator.queue.next_boundary()) => operator.look(),
            () = sleep_until(retry), if retry.is_some() => operator.look(),
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
    tasks: JoinSet<(Key, Outcome)>,
    context: Arc<Context>,
    /// When a failure was last said, so that the log is not filled with it.
    said: HashMap<String, Instant>,
    /// The scopes whose lists were complete once.
    complete: HashSet<usize>,
    last_look: DateTime<Utc>,
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
            keys.into_iter().for_each(|key| self.queue.call(key));
        }
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
            let Some(key) = self.queue.start() else { break };
            let Some((observed, secret)) = self.cache.get(&key) else {
                self.queue.done(&key, None);
                continue;
            };
            let context = self.context.clone();
            self.tasks.spawn(async move {
                let outcome = reconcile(&context, &observed, secret.as_ref()).await;
                (key, outcome)
            });
        }
    }

    fn end(&mut self, outcome: Result<(Key, Outcome), tokio::task::JoinError>) {
        let Ok((key, Outcome { next, result })) = outcome else {
            // Lints forbid panics; should one happen all the same, the process starts anew rather than fall silent.
            tracing::error!("a reconciliation ended abnormally; stopping so that none is lost");
            std::process::exit(70);
        };
        match result {
            Ok(()) => self.queue.done(&key, next),
            Err(error) => {
                let wait = self.queue.failed(&key, next, Instant::now(), spread(&key));
                match &error {
                    Error::Conflict => tracing::debug!(object = %key, "{error}"),
                    _ if self.say(&format!("{key} {error}")) => tracing::error!(
                        object = %key, step = error.step(), retry_seconds = wait.as_secs(), "{error}"
                    ),
                    _ => {}
                }
            }
        }
        if self.cache.get(&key).is_none() {
            self.forget(&key);
        }
    }

    /// It is gone.
    fn forget(&mut self, key: &Key) {
        self.queue.forget(key);
        self.context.not_kept.forget(key);
    }

    /// Looks at the clock: what is due, and whether the clock was set back.
    fn look(&mut self) {
        let now = self.context.clock.now();
        if now < self.last_look {
            tracing::warn!("the clock was set back; everything is assessed again");
            self.cache.keys().cloned().collect::<Vec<_>>().into_iter().for_each(|key| self.call(key));
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

/// From 0 to 1, the same for the same object.
fn spread(key: &Key) -> f64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (hasher.finish() % 1000) as f64 / 1000.0
}
