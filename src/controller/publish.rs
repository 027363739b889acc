//! Publish: the only writes. Events under deterministic names, then one status write.

use chrono::{DateTime, Utc};
use http::Method;
use kube::Client;
use serde_json::json;

use super::error::Error;
use super::kind::Kind;
use super::observed::Observed;
use super::write::{self, MANAGER, NotKept};
use crate::api::stored::Stored;
use crate::api::{GROUP, VERSION};
use crate::assessment::notices::Notice;
use crate::assessment::record;
use crate::cluster::request::{self, Cause, Sensitivity};
use crate::metrics::Metrics;

/// What reports the Events.
const REPORTER: &str = "lapsewatch.dev/operator";

/// What came of a publication.
pub struct Published {
    /// The object's versions that own writes have replaced.
    pub replaced: Vec<String>,
    /// The status write's failure, else the first Event's.
    pub result: Result<(), Error>,
}

/// What all publications share.
pub struct Publisher {
    /// The connection.
    pub client: Client,
    /// The name of this process in its Events.
    pub instance: String,
    /// What counts them.
    metrics: Metrics,
    /// TenantCredentials of whose statuses the API server does not keep all.
    pub credentials_not_kept: NotKept,
    /// MDMTenants, likewise.
    pub tenants_not_kept: NotKept,
}

impl Publisher {
    /// One that has written nothing yet.
    pub fn new(client: Client, instance: String, metrics: Metrics) -> Self {
        let (credentials_not_kept, tenants_not_kept) = Default::default();
        Self { client, instance, metrics, credentials_not_kept, tenants_not_kept }
    }

    /// Sends the Events that are due, then writes the status where it differs from what was observed. An Event that
    /// can't be sent stays due and does not delay the status.
    pub async fn publish<K: Kind>(
        &self,
        not_kept: &NotKept,
        observed: &Observed<K>,
        notices: Vec<Notice>,
        mut status: K::Status,
        now: DateTime<Utc>,
    ) -> Published {
        let mut failed = None;
        let mut replaced = Vec::new();
        let announced = status.keyed_lists().1;
        for notice in notices {
            match self.send(observed, &notice, now).await {
                Ok(()) => record(announced, notice.record),
                Err(cause) => {
                    failed.get_or_insert(Error::SendEvent { reason: notice.reason, cause });
                }
            }
        }
        // The same order as in the status it is compared with.
        announced.sort_by(|a, b| a.type_.cmp(&b.type_));
        let written = write::status(&self.client, not_kept, observed, &status, &mut replaced).await;
        Published { replaced, result: written.and(failed.map_or(Ok(()), Err)) }
    }

    /// Sends one Event; that it was sent before is success.
    ///
    /// # Errors
    /// Where it could not be sent.
    pub async fn send<K: Kind>(
        &self,
        observed: &Observed<K>,
        notice: &Notice,
        now: DateTime<Utc>,
    ) -> Result<(), Cause> {
        let Observed { namespace, name, uid, .. } = observed;
        let secret = observed.spec.as_ref().ok().and_then(K::secret);
        let secret =
            secret.map(|secret| json!({"apiVersion": "v1", "kind": "Secret", "namespace": namespace, "name": secret}));
        let type_ = if notice.warning { "Warning" } else { "Normal" };
        let mut event = json!({
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": {"name": notice.event_name(name, uid), "namespace": namespace},
            "eventTime": now.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
            "reportingController": REPORTER,
            "reportingInstance": self.instance,
            "action": "Assess",
            "type": type_,
            "reason": notice.reason,
            "note": notice.note,
            "regarding": {
                "apiVersion": format!("{GROUP}/{VERSION}"),
                "kind": K::KIND,
                "namespace": namespace,
                "name": name,
                "uid": uid,
                "resourceVersion": observed.resource_version,
            },
        });
        if let (Some(secret), Some(event)) = (secret, event.as_object_mut()) {
            event.insert("related".to_owned(), secret);
        }
        let path = format!("/apis/events.k8s.io/v1/namespaces/{namespace}/events?fieldManager={MANAGER}");
        let body = event.to_string().into_bytes();
        let sent =
            request::send(&self.client, Method::POST, &path, Some("application/json"), body, Sensitivity::Open).await;
        match sent {
            Ok(_) => {
                self.metrics.event_sent(type_);
                tracing::info!(object = %format_args!("{namespace}/{name}"), reason = notice.reason, "Event sent");
                Ok(())
            }
            // Sent before a crash, by a second replica, or by a try whose answer was lost.
            Err(cause) if cause.reason() == Some("AlreadyExists") => Ok(()),
            Err(cause) => Err(cause),
        }
    }
}
