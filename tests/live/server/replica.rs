//! One replica of the operator with its endpoints.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use lapsewatch_cluster::clock::Clock;
use lapsewatch_operator::controller::{self, OperatorFailure, OperatorSettings, lease, snapshot};
use lapsewatch_operator::metrics::Metrics;
use lapsewatch_operator::metrics::requests::counted_client;
use lapsewatch_operator::server;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::server::scrape::{Answer, get};
use lapsewatch_test_support::cluster::account;
use lapsewatch_test_support::cluster::clock::TestClock;
use lapsewatch_test_support::cluster::story::{PATIENCE, Story};

/// The story's clock, which never returns the same microsecond twice, like a real clock. A renewal with an unchanged
/// time would not change the Lease, and a standby would treat a live leader as dead.
pub struct TickingClock {
    clock: Arc<TestClock>,
    ticks: AtomicI64,
}

impl TickingClock {
    pub fn of(story: &Story) -> Self {
        Self { clock: story.clock.clone(), ticks: AtomicI64::new(0) }
    }
}

impl Clock for TickingClock {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now() + TimeDelta::microseconds(self.ticks.fetch_add(1, Ordering::Relaxed))
    }

    fn wait_until(&self, time: Option<DateTime<Utc>>) -> BoxFuture<'static, ()> {
        self.clock.wait_until(time)
    }
}

pub struct Replica {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    operator: JoinHandle<Result<(), OperatorFailure>>,
    server: JoinHandle<()>,
}

impl Replica {
    /// Starts a replica for the story's namespace, with the permissions of `user` or those of the chart. `agent` is its
    /// user agent.
    pub async fn start(story: &Story, agent: &str, user: Option<&str>, elects: bool) -> Self {
        Self::start_by(story, agent, user, elects, Arc::new(TickingClock::of(story))).await
    }

    /// Starts a replica with a clock of its own.
    pub async fn start_by(story: &Story, agent: &str, user: Option<&str>, elects: bool, clock: Arc<dyn Clock>) -> Self {
        let watched = vec![story.namespace.clone()];
        let chart = account::account(story.bed, &story.namespace, &watched).await;
        let mut config = story.bed.config_as(Some(user.unwrap_or(&chart))).await;
        if let Some(relay) = &story.relay {
            config.cluster_url = format!("https://{}", relay.address).parse().unwrap();
        }
        config.headers.push((http::header::USER_AGENT, agent.parse().unwrap()));
        let metrics = Metrics::default();
        let client = counted_client(config, metrics.requests()).unwrap();
        let (asker, questions) = snapshot::questions();
        let lease =
            || lease::LeaseSettings { namespace: story.namespace.clone(), name: account::release(&story.namespace) };
        let settings = OperatorSettings {
            namespaces: watched,
            settle: TimeDelta::seconds(30),
            instance: agent.to_owned(),
            lease: elects.then(lease),
            metrics: metrics.clone(),
            questions,
        };
        let (stop, stopped) = oneshot::channel();
        let operator = tokio::spawn(async move {
            let stopped = async move { drop(stopped.await) };
            controller::run(client, clock, settings, stopped).await
        });
        let listener = server::listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(server::serve(listener, asker, metrics));
        Self { address, stop: Some(stop), operator, server }
    }

    pub async fn get(&self, path: &str) -> Answer {
        get(self.address, path).await
    }

    /// Waits until the answer at this path meets the condition, and returns the answer.
    pub async fn served(&self, path: &str, is: impl Fn(&Answer) -> bool) -> Answer {
        let begun = Instant::now();
        loop {
            let answer = self.get(path).await;
            if is(&answer) {
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE * 2, "{path} stays {}: {}", answer.code, answer.body);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn until_ready(&self, as_what: &str) {
        self.served("/readyz", |answer| (answer.code, answer.body.as_str()) == (200, as_what)).await;
    }

    /// Shuts the replica down, as Kubernetes does.
    pub async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        (&mut self.operator).await.unwrap().unwrap();
    }

    /// Waits until the replica ends by itself, and returns its result.
    pub async fn ended(&mut self) -> Result<(), OperatorFailure> {
        (&mut self.operator).await.unwrap()
    }

    /// Returns the replica's main task, without the tasks that it starts.
    pub fn task(&self) -> tokio::task::Id {
        self.operator.id()
    }

    /// Ends the replica without a shutdown, like a power failure.
    pub async fn fail(mut self) {
        self.operator.abort();
        (&mut self.operator).await.unwrap_err();
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.operator.abort();
        self.server.abort();
    }
}
