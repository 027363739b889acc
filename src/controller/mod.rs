//! The operator: watches, and keeps what is said of each TenantCredential and each MDMTenant true.
//!
//! One task owns all state; what takes time runs beside it, at most [`operator::AT_ONCE`], and hands back what it found
//! or when to look again.

mod cache;
mod credentials;
mod error;
mod gate;
pub(crate) mod gather;
mod invalid;
pub(crate) mod kind;
pub(crate) mod observed;
mod operator;
mod own_writes;
mod pace;
mod publish;
mod queue;
pub(crate) mod reconcile;
mod said;
pub mod slim;
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

use crate::clock::Clock;
use gather::Access;
use operator::Operator;
use publish::Publisher;
use reconcile::Context;

/// How long what is under way may take to end when the operator is told to.
const LAST_WORDS: Duration = Duration::from_secs(4);

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
    let context = Context {
        publisher: Publisher::new(client, settings.instance),
        clock,
        settle: settings.settle,
        access: Access::default(),
    };
    let mut operator = Operator::new(scopes, context);
    let mut stop = std::pin::pin!(stop);
    loop {
        operator.start();
        let (wake, boundary) = (operator.next_instant(), operator.wait_for_boundary());
        tokio::select! {
            () = &mut stop => break,
            Some((scope, seen)) = streams.next() => operator.see(scope, seen),
            Some(done) = operator.tasks.join_next() => operator.end(done),
            () = boundary => operator.look(),
            () = sleep_until(wake), if wake.is_some() => operator.look(),
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
