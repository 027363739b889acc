//! Runs the operator: starts the watches and the leader election, and keeps the status of each TenantCredential and
//! MDMTenant up to date.
//!
//! One task owns all state. Slow work runs in other tasks, which return a result or the time of the next
//! reconciliation. At most [`operator::AT_ONCE`] reads of Secrets and as many publications run at once.

mod cache;
mod causes;
mod confirm;
mod credentials;
mod error;
mod event;
mod failure_log;
mod fair_queue;
mod follow;
mod gather;
mod invalid;
mod knowledge;
mod knowledge_gaps;
pub mod lease;
mod log_throttle;
mod object_throttle;
mod operator;
mod overwrite_backoff;
mod own_writes;
mod page_debouncer;
mod publish;
mod queue;
mod read_slots;
mod reconcile;
mod recovery;
pub mod snapshot;
mod startup_barrier;
mod tenants;
mod timetable;
mod watch;
mod watch_update;
mod work;
mod write;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures::stream::{SelectAll, StreamExt};
use kube::Client;
use tokio::time::Instant;

use crate::metrics::Metrics;
use gather::Access;
use lapsewatch_cluster::clock::Clock;
use lease::election::Election;
use lease::permit;
use operator::Operator;
use publish::Publisher;
use reconcile::ReconcileContext;
use snapshot::Questions;

/// The longest time for tasks in progress to end when the operator stops.
const LAST_WORDS: Duration = Duration::from_secs(4);

/// The settings of the operator.
#[derive(Default)]
pub struct OperatorSettings {
    /// The namespaces to watch. If empty, the operator watches all namespaces.
    pub namespaces: Vec<String>,
    /// The wait before the Event of a problem that GitOps may cause temporarily. The Event is sent only if the problem
    /// lasts this long.
    pub settle: TimeDelta,
    /// The name of this process in its Events, such as the name of its pod.
    pub instance: String,
    /// The Lease for which replicas compete. If None, this process always leads.
    pub lease: Option<lease::LeaseSettings>,
    /// The counters of the operator's work.
    pub metrics: Metrics,
    /// The requests for snapshots, from the endpoints.
    pub questions: Questions,
}

/// A defect of this program that ends the operator. After a restart nothing is lost, because all state is in the
/// cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperatorFailure {
    /// The task of the leader election ended.
    #[error("the leader election ended unexpectedly")]
    Election,
    /// The task of a reconciliation ended without a result.
    #[error("a reconciliation ended unexpectedly")]
    Reconciliation,
}

/// Runs until `stop` completes, then waits for tasks in progress.
///
/// # Errors
/// If a task ended that must not end. After the error nothing more is written.
pub async fn run(
    client: Client,
    clock: Arc<dyn Clock>,
    settings: OperatorSettings,
    stop: impl Future<Output = ()>,
) -> Result<(), OperatorFailure> {
    let mut scopes: Vec<Option<String>> = settings.namespaces.into_iter().map(Some).collect();
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        scopes.push(None);
    }
    let mut streams = SelectAll::new();
    let state = Arc::default();
    for (scope, namespace) in scopes.iter().enumerate() {
        streams.push(watch::scope(&client, namespace.as_deref(), &state).map(move |seen| (scope, seen)).boxed());
    }
    let mut election = match settings.lease {
        None => Election::without_lease(),
        Some(lease) => Election::start(client.clone(), clock.clone(), lease, &settings.instance),
    };
    let client = permit::permitted(client, election.reader());
    let context = ReconcileContext {
        publisher: Publisher::new(client, settings.instance, settings.metrics.clone()),
        clock,
        settle: settings.settle,
        access: Access::default(),
        metrics: settings.metrics,
    };
    let mut questions = settings.questions;
    let mut operator = Operator::new(scopes, context, election.leadership());
    let mut stop = std::pin::pin!(stop);
    let result = loop {
        if operator.has_failed() {
            break Err(OperatorFailure::Reconciliation);
        }
        operator.lead(election.leadership());
        operator.start();
        let (wake, boundary) = (operator.next_instant(), operator.wait_for_boundary());
        tokio::select! {
            () = &mut stop => break Ok(()),
            Some((scope, seen)) = streams.next() => operator.see(scope, seen),
            Some(done) = operator.tasks.join_next() => operator.end(done),
            () = boundary => operator.look(),
            () = sleep_until(wake) => operator.look(),
            question = questions.next() => {
                // The process may have been suspended while it waited, so the leadership is read again.
                operator.lead(election.leadership());
                operator.answer(question);
            }
            changed = election.changed() => if changed.is_err() {
                break Err(OperatorFailure::Election);
            },
        }
    };
    tracing::info!(under_way = operator.tasks.len(), "stopping");
    let ended = async { while operator.tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_WORDS, ended).await.is_err() {
        tracing::warn!(
            left = operator.tasks.len(),
            "stopped before all of it ended; it is done again at the next start"
        );
        operator.tasks.shutdown().await;
    }
    // No task is in progress any more, so another replica may lead.
    election.end().await;
    result
}

/// Sleeps until `instant`. Never completes if `instant` is None.
async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
