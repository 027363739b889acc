//! The operator: watches, and keeps what is said of each TenantCredential and each MDMTenant true.
//!
//! One task owns all state. What takes time runs beside it, and hands back what it found or when to look again: at most
//! [`operator::AT_ONCE`] reads of Secrets, and as many publications.

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

/// How long what is under way may take to end when the operator is told to.
const LAST_WORDS: Duration = Duration::from_secs(4);

/// What the operator is told.
#[derive(Default)]
pub struct OperatorSettings {
    /// The namespaces to watch; none: all.
    pub namespaces: Vec<String>,
    /// How long a problem that GitOps may cause in passing must last before its Event is sent.
    pub settle: TimeDelta,
    /// The name of this process in its Events, such as its pod's.
    pub instance: String,
    /// The Lease that the replica that leads holds; without it this one leads.
    pub lease: Option<lease::LeaseSettings>,
    /// What counts its work.
    pub metrics: Metrics,
    /// Who asks what it knows, if anyone does.
    pub questions: Questions,
}

/// A reason to end without being told to: a defect of this program. A new process loses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperatorFailure {
    /// The task of the leader election ended.
    #[error("the leader election ended unexpectedly")]
    Election,
    /// The task of a reconciliation ended without a result.
    #[error("a reconciliation ended unexpectedly")]
    Reconciliation,
}

/// Runs until `stop` ends, then lets what is under way end too.
///
/// # Errors
/// A task of the operator ended that must not. Nothing is written any more.
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
                // This process may have stood still since the loop began.
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
    // Nothing is under way any more, so another replica may begin.
    election.end().await;
    result
}

/// Ends at that instant; never where there is none.
async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
