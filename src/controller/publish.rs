//! Publish: the only writes. Events under deterministic names, then one status write.

use chrono::{DateTime, Utc};
use http::Method;
use kube::Client;
use serde_json::json;

use super::error::{Cause, Error};
use super::observed::Observed;
use super::request::{self, Sensitivity};
use super::write::{self, MANAGER, NotKept};
use crate::api::{GROUP, VERSION};
use crate::assessment::Assessment;
use crate::assessment::notices::Notice;

/// What reports the Events.
const REPORTER: &str = "lapsewatch.dev/operator";

/// Sends the Events that are due, then writes the status where it differs from what was observed. An Event that can't
/// be sent stays due and does not delay the status.
///
/// # Errors
/// The status write's failure, else the first Event's.
pub async fn publish(
    client: &Client,
    not_kept: &NotKept,
    instance: &str,
    observed: &Observed,
    mut assessment: Assessment,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let mut failed = None;
    for notice in std::mem::take(&mut assessment.notices) {
        match send(client, instance, observed, &notice, now).await {
            Ok(()) => assessment.record(notice.record),
            Err(cause) => {
                failed.get_or_insert(Error::SendEvent { reason: notice.reason, cause });
            }
        }
    }
    // The same order as in the status it is compared with.
    assessment.status.announced.sort_by(|a, b| a.type_.cmp(&b.type_));
    write::status(client, not_kept, observed, &assessment.status).await?;
    failed.map_or(Ok(()), Err)
}

/// Sends one Event; that it was sent before is success.
///
/// # Errors
/// Where it could not be sent.
pub async fn send(
    client: &Client,
    instance: &str,
    observed: &Observed,
    notice: &Notice,
    now: DateTime<Utc>,
) -> Result<(), Cause> {
    let Observed { namespace, name, uid, .. } = observed;
    let secret = observed
        .spec
        .as_ref()
        .ok()
        .and_then(|spec| spec.secret_ref.as_ref())
        .map(|secret| json!({"apiVersion": "v1", "kind": "Secret", "namespace": namespace, "name": secret.name}));
    let mut event = json!({
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": notice.event_name(name, uid), "namespace": namespace},
        "eventTime": now.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        "reportingController": REPORTER,
        "reportingInstance": instance,
        "action": "Assess",
        "type": if notice.warning { "Warning" } else { "Normal" },
        "reason": notice.reason,
        "note": notice.note,
        "regarding": {
            "apiVersion": format!("{GROUP}/{VERSION}"),
            "kind": "TenantCredential",
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
    let sent = request::send(client, Method::POST, &path, Some("application/json"), body, Sensitivity::Open).await;
    match sent {
        Ok(_) => {
            tracing::info!(object = %format_args!("{namespace}/{name}"), reason = notice.reason, "Event sent");
            Ok(())
        }
        // Sent before a crash, by a second replica, or by a try whose answer was lost.
        Err(cause) if cause.reason() == Some("AlreadyExists") => Ok(()),
        Err(cause) => Err(cause),
    }
}
