//! Publishes assessments: writes the status with the pending Events, sends these Events, then writes the status that
//! records them as sent. `assessment::delivery` explains this order.

use chrono::{DateTime, Utc};
use http::Method;
use kube::Client;
use serde_json::Value;
use tokio::time::Instant;

use super::error::ReconcileError;
use super::event::{event, type_of};
use super::overwrite_backoff::{OverwriteBackoff, Wait};
use super::write::{self, MANAGER, PrunedStatuses, StoredVersion, WriteResult};
use crate::metrics::Metrics;
use lapsewatch_cluster::request::{self, RequestError, Sensitivity};
use lapsewatch_core::api::Key;
use lapsewatch_core::api::status::PendingEvent;
use lapsewatch_core::api::stored::{KeyedLists, Stored};
use lapsewatch_core::assessment::delivery::settle;
use lapsewatch_core::assessment::event_budget::reported;
use lapsewatch_core::assessment::notices::Notice;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::WatchedKind;

/// The status to write and the Events to send for one object.
pub struct Publication<S> {
    /// The status to write before the Events are sent.
    pub status: S,
    /// The Events to send.
    pub notices: Vec<Notice>,
    /// The Events that may have been sent before. Only the API server can show if they exist.
    pub doubtful: Vec<PendingEvent>,
}

/// The result of a publication.
pub struct Published {
    /// The resourceVersions of the object that own writes have replaced.
    pub replaced: Vec<String>,
    /// The failure of the status write, else of the first failed Event.
    pub result: Result<(), ReconcileError>,
}

/// The records of writes to one kind of object.
#[derive(Default)]
pub struct Writes {
    /// The objects whose statuses the API server stores only in part.
    pub not_kept: PrunedStatuses,
    /// The objects whose statuses other programs replace.
    pub contest: OverwriteBackoff,
}

impl Writes {
    /// Prepares for leadership. Writes by another leader in the meantime do not count as replacements.
    pub fn begin(&self) {
        self.contest.clear();
    }

    /// Forgets a deleted object.
    pub fn forget(&self, key: &Key) {
        self.not_kept.forget(key);
        self.contest.forget(key);
    }
}

/// The clients and records that all publications share.
pub struct Publisher {
    /// The connection to the API server.
    pub client: Client,
    /// The name of this process in its Events.
    pub instance: String,
    /// The counters of sent Events.
    metrics: Metrics,
    /// The records of writes to TenantCredentials.
    pub credentials: Writes,
    /// The records of writes to MDMTenants.
    pub tenants: Writes,
}

impl Publisher {
    /// Creates a publisher without records of writes.
    pub fn new(client: Client, instance: String, metrics: Metrics) -> Self {
        let (credentials, tenants) = Default::default();
        Self { client, instance, metrics, credentials, tenants }
    }

    /// Writes the status if it differs from the observed status, then sends the Events and records them. An Event that
    /// can't be sent stays pending and does not delay the status. A status that can't be written delays the Events.
    pub async fn publish<K: WatchedKind>(
        &self,
        writes: &Writes,
        observed: &Observed<K>,
        publication: Publication<K::Status>,
        now: DateTime<Utc>,
    ) -> Published {
        let mut replaced = Vec::new();
        let result = self.try_publish(writes, observed, publication, now, &mut replaced).await;
        Published { replaced, result }
    }

    async fn try_publish<K: WatchedKind>(
        &self,
        writes: &Writes,
        observed: &Observed<K>,
        publication: Publication<K::Status>,
        now: DateTime<Utc>,
        replaced: &mut Vec<String>,
    ) -> Result<(), ReconcileError> {
        let Publication { mut status, notices, doubtful } = publication;
        self.may_write(writes, observed, K::gist(&status)).await?;
        let mut failed = None;
        for entry in doubtful {
            let is_sent = self.is_sent(observed, &entry, now).await;
            let KeyedLists { announced, pending_events, .. } = status.keyed_lists();
            match is_sent {
                Ok(true) => settle(announced, pending_events, entry.into_record()),
                Ok(false) => pending_events.retain(|other| other.type_ != entry.type_),
                Err(cause) => drop(failed.get_or_insert(ReconcileError::SendEvent { reason: entry.reason, cause })),
            }
        }
        status.keyed_lists().announced.sort_by(|a, b| a.type_.cmp(&b.type_));
        let mut stand = StoredVersion::from_observed(observed);
        if self.write(writes, observed, &mut stand, &status, replaced).await? == WriteResult::Gone {
            return Ok(());
        }
        // Without a status write, the resourceVersion was not verified. Verify it here, before a pending Event is sent.
        if replaced.is_empty() && !notices.is_empty() && !self.is_current(observed).await? {
            return Err(ReconcileError::Conflict);
        }
        let mut is_any_sent = false;
        for notice in notices {
            match self.send(observed, &notice, now).await {
                Ok(()) => {
                    let KeyedLists { announced, pending_events, .. } = status.keyed_lists();
                    settle(announced, pending_events, notice.record);
                    is_any_sent = true;
                }
                Err(cause) => drop(failed.get_or_insert(ReconcileError::SendEvent { reason: notice.reason, cause })),
            }
        }
        if is_any_sent {
            reported(status.keyed_lists().event_budget);
            self.write(writes, observed, &mut stand, &status, replaced).await?;
        }
        failed.map_or(Ok(()), Err)
    }

    async fn write<K: WatchedKind>(
        &self,
        writes: &Writes,
        observed: &Observed<K>,
        stand: &mut StoredVersion,
        status: &K::Status,
        replaced: &mut Vec<String>,
    ) -> Result<WriteResult, ReconcileError> {
        let before = replaced.len();
        let written = write::status(&self.client, &writes.not_kept, observed, stand, status, replaced).await?;
        if replaced.len() > before {
            writes.contest.wrote(&observed.key(), &stand.version, stand.hash, K::gist(status), Instant::now());
        }
        Ok(written)
    }

    /// True if the object still has the observed resourceVersion.
    async fn is_current<K: WatchedKind>(&self, observed: &Observed<K>) -> Result<bool, ReconcileError> {
        let object = write::get(&self.client, observed).await?;
        Ok(object.is_some_and(|object| write::version_of(&object) == observed.resource_version))
    }

    /// Checks whether a write must wait because another program replaces the status after each write. `gist` is the
    /// hash of the parts of the status whose changes are written without a wait.
    ///
    /// # Errors
    /// [`ReconcileError::Contested`] with the duration of the wait.
    pub async fn may_write<K: WatchedKind>(
        &self,
        writes: &Writes,
        observed: &Observed<K>,
        gist: u64,
    ) -> Result<(), ReconcileError> {
        let key = observed.key();
        let wait = writes.contest.look(&key, &observed.resource_version, observed.status_hash, gist, Instant::now());
        let Some(Wait { duration, is_news }) = wait else { return Ok(()) };
        if is_news {
            let writer = match write::get(&self.client, observed).await.ok().flatten().as_ref().and_then(last_writer) {
                Some(MANAGER) => "another lapsewatch operator".to_owned(),
                Some(manager) => format!("field manager {manager:?}"),
                None => "unknown".to_owned(),
            };
            tracing::warn!(
                object = %key, kind = K::KIND, writer, wait_seconds = duration.as_secs(),
                "another program replaces the status of this object after each write; the next write waits"
            );
        }
        Err(ReconcileError::Contested(duration))
    }

    /// Sends one Event. An Event that exists already counts as sent.
    ///
    /// # Errors
    /// If the Event could not be sent.
    pub async fn send<K: WatchedKind>(
        &self,
        observed: &Observed<K>,
        notice: &Notice,
        now: DateTime<Utc>,
    ) -> Result<(), RequestError> {
        let (namespace, name) = (&observed.namespace, &observed.name);
        let is_new = self.create(observed, notice, now, "").await?;
        // An existing Event was sent before a crash, or by an attempt whose answer was lost.
        if is_new {
            self.metrics.event_sent(type_of(notice));
            tracing::info!(object = %format_args!("{namespace}/{name}"), reason = notice.reason, "Event sent");
        }
        Ok(())
    }

    /// True if the Event of a pending entry was sent: a dry run of its creation fails because the Event exists. A dry
    /// run needs only the permission to create Events.
    async fn is_sent<K: WatchedKind>(
        &self,
        observed: &Observed<K>,
        entry: &PendingEvent,
        now: DateTime<Utc>,
    ) -> Result<bool, RequestError> {
        let reason = entry.reason.clone();
        let record = entry.clone().into_record();
        let notice =
            Notice { warning: false, critical: false, note: reason.clone(), reason, record, entered: entry.time };
        self.create(observed, &notice, now, "&dryRun=All").await.map(|is_new| !is_new)
    }

    /// Creates an Event. Returns false if an Event with its name exists already.
    async fn create<K: WatchedKind>(
        &self,
        observed: &Observed<K>,
        notice: &Notice,
        now: DateTime<Utc>,
        parameters: &str,
    ) -> Result<bool, RequestError> {
        let body = event(observed, notice, &self.instance, now).to_string().into_bytes();
        let namespace = &observed.namespace;
        let path = format!("/apis/events.k8s.io/v1/namespaces/{namespace}/events?fieldManager={MANAGER}{parameters}");
        let json = Some("application/json");
        match request::send(&self.client, Method::POST, &path, json, body, Sensitivity::Open).await {
            Ok(_) => Ok(true),
            Err(cause) if cause.reason() == Some("AlreadyExists") => Ok(false),
            Err(cause) => Err(cause),
        }
    }
}

/// Returns the field manager that wrote the status last. Among several writes in the same second, other field managers
/// take precedence over this operator.
fn last_writer(object: &Value) -> Option<&str> {
    let fields = object.pointer("/metadata/managedFields")?.as_array()?;
    let entries = fields.iter().filter(|entry| entry.get("subresource").and_then(Value::as_str) == Some("status"));
    let text = |entry: &'_ Value, name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let last = entries.max_by_key(|entry| (text(entry, "time"), text(entry, "manager") != MANAGER))?;
    last.get("manager").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};
    use std::sync::{Arc, Mutex};
    use std::task::{Context, Poll};

    use http::{Request, Response};
    use kube::client::Body;
    use serde_json::json;

    use super::*;
    use lapsewatch_core::api::status::Announced;
    use lapsewatch_core::api::{MDMTenantStatus, TenantCredentialStatus};
    use lapsewatch_core::observed::kind::{CredentialKind, TenantKind};
    use lapsewatch_core::observed::trimmed_meta::TrimmedMeta;

    /// An API server that rejects status writes with a conflict, and records the requests.
    #[derive(Clone, Default)]
    struct Stale(Arc<Mutex<Vec<(Method, String)>>>);

    impl tower::Service<Request<Body>> for Stale {
        type Response = Response<Body>;
        type Error = std::convert::Infallible;
        type Future = Ready<Result<Response<Body>, Self::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<Body>) -> Self::Future {
            self.0.lock().unwrap().push((request.method().clone(), request.uri().path().to_owned()));
            let conflict = br#"{"kind":"Status","reason":"Conflict","code":409}"#.to_vec();
            ready(Ok(Response::builder().status(409).body(Body::from(conflict)).unwrap()))
        }
    }

    async fn asked<K: WatchedKind>(writes: impl Fn(&Publisher) -> &Writes, status: K::Status) -> Vec<(Method, String)> {
        let server = Stale::default();
        let publisher = Publisher::new(Client::new(server.clone(), "a"), "test".to_owned(), Metrics::default());
        let metadata = TrimmedMeta {
            namespace: "a".to_owned(),
            name: "b".to_owned(),
            resource_version: "7".to_owned(),
            ..TrimmedMeta::default()
        };
        let observed = Observed::<K>::new(&metadata, &json!({}), &json!({}));
        let time = DateTime::UNIX_EPOCH;
        let record = Announced {
            type_: "Healthy".to_owned(),
            reason: "Expiring".to_owned(),
            fingerprint: String::new(),
            episode: 1,
            reminder: 0,
            time,
        };
        let (reason, note) = (record.reason.clone(), "x".to_owned());
        let notice = Notice { warning: true, critical: false, reason, note, record, entered: time };
        let publication = Publication { status, notices: vec![notice], doubtful: Vec::new() };
        let published = publisher.publish(writes(&publisher), &observed, publication, time).await;
        assert!(matches!(published.result, Err(ReconcileError::Conflict)));
        server.0.lock().unwrap().clone()
    }

    /// A replica that takes over with an outdated state of the object must not send Events based on this state.
    #[tokio::test]
    async fn stale_knowledge_of_an_object_sends_no_event() {
        let status = MDMTenantStatus { observed_generation: Some(1), ..MDMTenantStatus::default() };
        let asked_of_tenant = asked::<TenantKind>(|publisher| &publisher.tenants, status).await;
        let status = TenantCredentialStatus { observed_generation: Some(1), ..TenantCredentialStatus::default() };
        let asked_of_credential = asked::<CredentialKind>(|publisher| &publisher.credentials, status).await;
        for asked in [asked_of_tenant, asked_of_credential] {
            let [(method, path)] = asked.as_slice() else { panic!("{asked:?}") };
            assert!(*method == Method::PATCH && path.ends_with("/b/status"), "{asked:?}");
        }
    }
}
