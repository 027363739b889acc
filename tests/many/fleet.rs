//! Creates namespaces with many credentials, and runs the operator that watches them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use kube::Client;
use lapsewatch_operator::controller::{self, OperatorSettings};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use lapsewatch_test_support::cluster::account;
use lapsewatch_test_support::cluster::audit::{Marker, count};
use lapsewatch_test_support::cluster::bed::{Bed, bed};
use lapsewatch_test_support::cluster::clock::TestClock;
use lapsewatch_test_support::cluster::objects;

const PATIENCE: Duration = Duration::from_secs(900);
/// The operator counts as idle after this time without a request.
const CALM: Duration = Duration::from_millis(1500);

pub struct Fleet {
    pub bed: &'static Bed,
    pub namespaces: Vec<String>,
    pub client: Client,
    pub clock: Arc<TestClock>,
    begun: Marker,
    operator: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

/// The numbers of the operator's requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub secrets: usize,
    pub statuses: usize,
    /// The number of status writes that were refused with a conflict.
    pub conflicts: usize,
    pub events: usize,
}

impl Fleet {
    pub async fn new(prefix: &str, namespaces: usize) -> Self {
        let bed = bed();
        Self {
            bed,
            namespaces: bed.namespaces(prefix, namespaces),
            client: bed.client().await,
            clock: Arc::new(TestClock::at("2030-03-01T00:00:00Z")),
            begun: bed.end_of_log(),
            operator: None,
        }
    }

    /// Returns the user agent of the operator, by which its requests are found in the audit log.
    pub fn agent(&self) -> String {
        format!("lapsewatch-test/{}", self.namespaces[0])
    }

    /// Starts the operator as the chart's service account, with the chart's permissions in these namespaces.
    pub async fn start(&mut self) {
        let user = account::account(self.bed, &self.namespaces[0], &self.namespaces).await;
        let mut config = self.bed.config_as(Some(&user)).await;
        config.headers.push((http::header::USER_AGENT, self.agent().parse().unwrap()));
        let client = lapsewatch_cluster::connect::client(config).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let settings = OperatorSettings {
            namespaces: self.namespaces.clone(),
            settle: TimeDelta::seconds(30),
            instance: "test".to_owned(),
            ..OperatorSettings::default()
        };
        let clock = self.clock.clone();
        let run = tokio::spawn(async move {
            let stopped = async move {
                stopped.await.ok();
            };
            controller::run(client, clock, settings, stopped).await.unwrap();
        });
        self.operator = Some((stop, run));
    }

    pub async fn stop(&mut self) {
        if let Some((stop, run)) = self.operator.take() {
            stop.send(()).ok();
            run.await.unwrap();
        }
        let refused = self.bed.refused(self.begun, &self.agent());
        assert!(refused.is_empty(), "the chart's permissions are not sufficient: {refused:#?}");
    }

    /// Returns all TenantCredentials.
    pub async fn objects(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for namespace in &self.namespaces {
            all.extend(objects::list(&self.client, namespace).await);
        }
        all
    }

    pub async fn events(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for namespace in &self.namespaces {
            all.extend(objects::events(&self.client, namespace).await);
        }
        all
    }

    /// Waits until `count` Events exist. Panics if there are more.
    pub async fn until_events(&self, count: usize) {
        let begun = Instant::now();
        loop {
            let events = self.events().await.len();
            if events >= count {
                assert_eq!(events, count);
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "expected {count} Events, found {events}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// Returns the operator's requests since the marker.
    pub fn asked(&self, since: Marker) -> Asked {
        let requests = self.bed.audit(since);
        let of = |verb: &str, resource: &str, code: Option<u16>| {
            count(&requests, |r| {
                r.user_agent == self.agent()
                    && (r.verb.as_str(), r.resource.as_str()) == (verb, resource)
                    && code.is_none_or(|code| r.code == code)
            })
        };
        Asked {
            secrets: of("get", "secrets", None),
            statuses: of("patch", "tenantcredentials", None),
            conflicts: of("patch", "tenantcredentials", Some(409)),
            events: of("create", "events", None),
        }
    }

    /// Returns the operator's requests since the marker, after the operator is idle.
    pub async fn asked_in_all(&self, since: Marker) -> Asked {
        let begun = Instant::now();
        let mut asked = self.asked(since);
        loop {
            tokio::time::sleep(CALM).await;
            let now = self.asked(since);
            if now == asked {
                return asked;
            }
            assert!(begun.elapsed() < PATIENCE, "the operator does not become idle: {now:?}");
            asked = now;
        }
    }

    /// Waits until `holds` is true for all credentials.
    pub async fn until(&self, what: &str, holds: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let objects = self.objects().await;
            if holds(&objects) {
                return objects;
            }
            assert!(begun.elapsed() < PATIENCE, "timed out before {what}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// Returns how many objects have this reason in their condition Duplicate.
pub fn saying(objects: &[Value], reason: &str) -> usize {
    objects.iter().filter(|object| objects::reason(object, "Duplicate") == reason).count()
}

/// Returns the UID and the resourceVersion of each object.
pub fn versions(objects: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    objects.iter().map(|o| (text(&o["metadata"]["uid"]), text(&o["metadata"]["resourceVersion"]))).collect()
}
