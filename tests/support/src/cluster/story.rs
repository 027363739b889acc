//! A story: a namespace with an operator of its own and a clock, and helpers for tests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use k8s_openapi::api::core::v1::{Event, Secret};
use kube::Client;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams};
use kube::core::{ApiResource, GroupVersionKind};
use lapsewatch_operator::controller::{self, OperatorSettings};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cluster::account;
use crate::cluster::audit::Marker;
use crate::cluster::bed::{Bed, bed};
use crate::cluster::clock::TestClock;
use crate::cluster::faults::Faults;
use crate::cluster::relay::Relay;

/// The limit for an event that must happen. It allows for slow machines.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// The limit for sending an Event that is already recorded as pending in the status.
const UNSENT: Duration = Duration::from_secs(3);
/// The time that a test waits for an event that must not happen.
const CALM: Duration = Duration::from_millis(800);

/// Keys and values of a Secret.
pub type Data = Vec<(&'static str, Vec<u8>)>;

pub struct Story {
    pub bed: &'static Bed,
    pub namespace: String,
    pub client: Client,
    pub clock: Arc<TestClock>,
    /// Other namespaces that the operator watches.
    pub also: Vec<String>,
    /// The relay of the operator's connections, if any.
    pub relay: Option<Relay>,
    /// The faults of the operator's requests, if any.
    pub faults: Option<Arc<Faults>>,
    pub operator: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    /// The start of the period in which the operator has the chart's permissions, and nothing may be refused.
    entitled: Option<Marker>,
    /// The namespaces of these permissions.
    granted: Option<Vec<String>>,
    /// True if refusals were expected earlier.
    was_limited: bool,
}

impl Story {
    /// Creates a namespace with an operator whose clock shows `now`.
    pub async fn begin(prefix: &str, now: &str) -> Self {
        let mut story = Self::without_operator(prefix, now).await;
        story.start().await;
        story
    }

    pub async fn without_operator(prefix: &str, now: &str) -> Self {
        Self::on(bed(), prefix, now).await
    }

    /// Creates a story on a separate control plane, without an operator.
    pub async fn on(bed: &'static Bed, prefix: &str, now: &str) -> Self {
        Self::within(bed, bed.namespace(prefix), now).await
    }

    /// Creates a story in an existing namespace, without an operator.
    pub async fn within(bed: &'static Bed, namespace: String, now: &str) -> Self {
        Self {
            bed,
            namespace,
            client: bed.client().await,
            clock: Arc::new(TestClock::at(now)),
            also: Vec::new(),
            relay: None,
            faults: None,
            operator: None,
            entitled: None,
            granted: None,
            was_limited: false,
        }
    }

    /// Starts an operator with the chart's account and only the chart's permissions. The server must refuse none of its
    /// requests during the story.
    pub async fn start(&mut self) {
        let watched = if account::is_cluster_wide() { Vec::new() } else { self.namespaces() };
        if self.granted.as_ref() != Some(&watched) {
            account::alone(self.bed, &self.namespaces());
            account::account(self.bed, &self.namespace, &watched).await;
            self.granted = Some(watched.clone());
        }
        let now = if self.was_limited { Bed::mark } else { Bed::end_of_log };
        self.entitled.get_or_insert_with(|| now(self.bed));
        let user = format!("system:serviceaccount:{0}:{1}", self.namespace, account::release(&self.namespace));
        self.run_as(&user, watched).await;
    }

    /// Starts an operator in these namespaces as a user with fewer permissions. Refusals are expected.
    pub async fn start_as(&mut self, user: &str) {
        self.is_entitled_so_far();
        (self.entitled, self.was_limited) = (None, true);
        self.run_as(user, self.namespaces()).await;
    }

    fn namespaces(&self) -> Vec<String> {
        [vec![self.namespace.clone()], self.also.clone()].concat()
    }

    /// Starts the operator. The user agent of its requests contains the namespace.
    async fn run_as(&mut self, user: &str, namespaces: Vec<String>) {
        let mut config = self.bed.config_as(Some(user)).await;
        if let Some(relay) = &self.relay {
            config.cluster_url = format!("https://{}", relay.address).parse().unwrap();
        }
        config.headers.push((http::header::USER_AGENT, self.agent().parse().unwrap()));
        let mut client = lapsewatch_cluster::connect::client(config).unwrap();
        if let Some(faults) = &self.faults {
            client = faults.between(client);
        }
        let (stop, stopped) = oneshot::channel();
        let settings = OperatorSettings {
            namespaces,
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

    /// Connects the operator through a relay that can be cut.
    pub async fn connect_by_relay(&mut self) {
        let server = self.bed.config_as(None).await.cluster_url;
        let server = format!("{}:{}", server.host().unwrap(), server.port_u16().unwrap()).parse().unwrap();
        self.relay = Some(Relay::to(server).await);
    }

    pub async fn stop(&mut self) {
        if let Some((stop, run)) = self.operator.take() {
            stop.send(()).ok();
            run.await.unwrap();
        }
        self.is_entitled_so_far();
    }

    /// Checks that the server has refused no request that the chart's permissions must cover.
    fn is_entitled_so_far(&self) {
        if let Some(since) = self.entitled {
            let refused = self.bed.refused(since, &self.agent());
            assert!(refused.is_empty(), "the chart's permissions are not sufficient: {refused:#?}");
        }
    }

    /// Returns the user agent of this story's operator, which identifies its requests in the audit log.
    pub fn agent(&self) -> String {
        format!("lapsewatch-test/{}", self.namespace)
    }

    pub fn at(&self, time: &str) {
        self.clock.set(time);
    }

    /// Waits long enough for an event that must not happen.
    pub async fn calm(&self) {
        tokio::time::sleep(CALM).await;
        // On a slow machine, an Event or its record may still be pending.
        let begun = Instant::now();
        while begun.elapsed() < UNSENT {
            let objects = self.credentials().list(&ListParams::default()).await;
            // A server that does not answer receives no Event either.
            let Ok(objects) = objects else { return };
            if objects.iter().all(|object| object.data["status"]["pendingEvents"].is_null()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub fn credentials(&self) -> Api<DynamicObject> {
        let kind = GroupVersionKind::gvk("lapsewatch.dev", "v1alpha1", "TenantCredential");
        Api::namespaced_with(self.client.clone(), &self.namespace, &ApiResource::from_gvk(&kind))
    }

    fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Applies a TenantCredential.
    pub async fn credential(&self, name: &str, spec: Value) {
        let object = json!({
            "apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
            "metadata": {"name": name, "namespace": self.namespace}, "spec": spec,
        });
        let params = PatchParams::apply("test").force();
        self.credentials().patch(name, &params, &Patch::Apply(&object)).await.unwrap();
    }

    /// Applies an APNs credential that reads the Secret of the same name, without reminders.
    pub async fn apns(&self, name: &str) {
        self.credential(name, json!({"type": "APNsCertificate", "secretRef": {"name": name}, "reminderEveryHours": 0}))
            .await;
    }

    /// Creates a Secret or replaces all of its content; each value is a file of tests/fixtures.
    pub async fn secret(&self, name: &str, files: &[(&str, &str)]) {
        let data: Vec<(&str, Vec<u8>)> = files.iter().map(|(key, file)| (*key, fixture(file))).collect();
        self.secret_of(name, &data).await;
    }

    pub async fn secret_of(&self, name: &str, data: &[(&str, Vec<u8>)]) {
        let data: serde_json::Map<String, Value> =
            data.iter().map(|(key, value)| ((*key).to_owned(), STANDARD.encode(value).into())).collect();
        let secret = json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": self.namespace}, "data": data,
        });
        let params = PatchParams::apply("test").force();
        self.secrets().patch(name, &params, &Patch::Apply(&secret)).await.unwrap();
    }

    pub async fn delete_secret(&self, name: &str) {
        self.secrets().delete(name, &DeleteParams::default()).await.unwrap();
    }

    pub async fn delete_credential(&self, name: &str) {
        self.credentials().delete(name, &DeleteParams::default()).await.unwrap();
    }

    pub async fn exists(&self, name: &str) -> bool {
        self.credentials().get_opt(name).await.unwrap().is_some()
    }

    pub async fn get(&self, name: &str) -> Value {
        serde_json::to_value(self.credentials().get(name).await.unwrap()).unwrap()
    }

    pub async fn status(&self, name: &str) -> Value {
        self.get(name).await["status"].clone()
    }

    /// Changes parts of the object, or of its status, as another program would.
    pub async fn merge(&self, name: &str, status: bool, patch: Value) {
        let params = PatchParams { field_manager: Some("other".to_owned()), ..PatchParams::default() };
        let api = self.credentials();
        let patch = Patch::Merge(&patch);
        let patched =
            if status { api.patch_status(name, &params, &patch).await } else { api.patch(name, &params, &patch).await };
        patched.unwrap();
    }

    /// Applies parts of the status, as another program that owns them would.
    pub async fn apply_status(&self, name: &str, status: Value) {
        let object = json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential", "status": status});
        let params = PatchParams::apply("other").force();
        self.credentials().patch_status(name, &params, &Patch::Apply(&object)).await.unwrap();
    }

    /// Waits for all of `expected`: `("Expiring", "True/Within30Days")`, `("severity", "Warning")`, `("lastChange",
    /// "Renewed")`.
    pub async fn expect(&self, name: &str, expected: &[(&str, &str)]) -> Value {
        let begun = Instant::now();
        loop {
            let status = self.status(name).await;
            let wrong: Vec<_> = expected.iter().filter(|(aspect, value)| said(&status, aspect) != *value).collect();
            if wrong.is_empty() {
                return status;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{name} at {:?} does not reach {wrong:?}:\n{}",
                lapsewatch_cluster::clock::Clock::now(&*self.clock),
                serde_json::to_string_pretty(&status).unwrap()
            );
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// Returns the reasons of all Events about an object, in the order of creation, as `kubectl describe` finds them.
    pub async fn events(&self, name: &str) -> Vec<String> {
        self.event_objects(name).await.into_iter().filter_map(|event| event.reason).collect()
    }

    pub async fn event_objects(&self, name: &str) -> Vec<Event> {
        // The status lists an Event before it is sent. The wait is limited, since the Event may be refused.
        let begun = Instant::now();
        let mut object = self.get(name).await;
        while !object["status"]["pendingEvents"].is_null() && begun.elapsed() < UNSENT {
            tokio::time::sleep(Duration::from_millis(20)).await;
            object = self.get(name).await;
        }
        let uid = object["metadata"]["uid"].as_str().unwrap().to_owned();
        let api: Api<Event> = Api::namespaced(self.client.clone(), &self.namespace);
        let params = ListParams::default().fields(&format!("involvedObject.uid={uid},involvedObject.name={name}"));
        let mut events = api.list(&params).await.unwrap().items;
        events.sort_by_key(|event| event.metadata.resource_version.as_ref().unwrap().parse::<u64>().unwrap());
        events
    }

    pub async fn delete_events(&self) {
        let api: Api<Event> = Api::namespaced(self.client.clone(), &self.namespace);
        api.delete_collection(&DeleteParams::default(), &ListParams::default()).await.unwrap();
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        // A failing test has its own message. A stopped operator was checked at its stop, and its server may be gone.
        if !std::thread::panicking() && self.operator.is_some() {
            self.is_entitled_so_far();
        }
    }
}

/// Returns the value of one aspect of a status.
pub fn said(status: &Value, aspect: &str) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match aspect {
        "severity" => text(&status["severity"]),
        "lastChange" => text(&status["lastChange"]["reason"]),
        "accepted" => text(&status["acceptedIdentity"]),
        "lastRead" => text(&status["lastRead"]["resourceVersion"]),
        "notAfter" => text(&status["credential"]["notAfter"]),
        type_ => status["conditions"]
            .as_array()
            .and_then(|conditions| conditions.iter().find(|c| c["type"] == type_))
            .map(|c| format!("{}/{}", text(&c["status"]), text(&c["reason"])))
            .unwrap_or_default(),
    }
}

/// Returns a file of tests/fixtures.
pub fn fixture(file: &str) -> Vec<u8> {
    crate::fixture(file)
}
