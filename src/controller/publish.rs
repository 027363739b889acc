//! Publish: the only writes. Events under deterministic names, then one status write.

use chrono::{DateTime, Utc};
use http::Method;
use kube::Client;
use serde_json::{Value, json};

use super::error::{Cause, Error};
use super::observed::{self, Observed};
use super::request::{self, Sensitivity};
use crate::api::{GROUP, VERSION};
use crate::assessment::Assessment;
use crate::assessment::notices::Notice;

/// The field manager of all writes.
pub const MANAGER: &str = "lapsewatch";
/// What reports the Events.
const REPORTER: &str = "lapsewatch.dev/operator";
const APPLY: &str = "application/apply-patch+yaml";
const MERGE: &str = "application/merge-patch+json";

/// Sends the Events that are due, then writes the status where it differs from what was observed. An Event that can't
/// be sent stays due and does not delay the status.
///
/// # Errors
/// The status write's failure, else the first Event's.
pub async fn publish(
    client: &Client,
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
    if observed::hash(&assessment.status) != observed.status_hash {
        write(client, observed, &assessment).await?;
    }
    failed.map_or(Ok(()), Err)
}

async fn send(
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
    let sent =
        request::send(client, Method::POST, &path, Some("application/json"), bytes(&event), Sensitivity::Open).await;
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

async fn write(client: &Client, observed: &Observed, assessment: &Assessment) -> Result<(), Error> {
    let mut status = serde_json::to_value(&assessment.status).unwrap_or_default();
    if let Some(unknown) = &observed.unknown {
        observed::with_unknown(&mut status, unknown);
    }
    let body = json!({
        "apiVersion": format!("{GROUP}/{VERSION}"),
        "kind": "TenantCredential",
        "metadata": {"name": observed.name, "namespace": observed.namespace, "resourceVersion": observed.resource_version},
        "status": status,
    });
    let path = format!("{}/status?fieldManager={MANAGER}&force=true", path(observed));
    patch(client, &path, APPLY, &body).await
}

/// Says of an object that can't be understood just that, and leaves all else of its status as it is.
///
/// # Errors
/// Where its conditions can't be read or written.
pub async fn invalid(client: &Client, observed: &Observed, problem: &str, now: DateTime<Utc>) -> Result<(), Error> {
    const REASON: &str = "InvalidObject";
    let generation = Some(observed.generation);
    let said = observed.previous.conditions.iter().any(|condition| {
        condition.type_ == "Ready" && condition.reason == REASON && condition.observed_generation == generation
    });
    if said {
        return Ok(());
    }
    // An apply would take away what it does not name, so this names the list of conditions, and all of it.
    let body = request::send(client, Method::GET, &path(observed), None, Vec::new(), Sensitivity::Open)
        .await
        .map_err(Error::WriteStatus)?;
    let object: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut conditions = object.pointer("/status/conditions").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_ready = |condition: &Value| condition.get("type").and_then(Value::as_str) == Some("Ready");
    let now = crate::assessment::words::at(now);
    let since = conditions
        .iter()
        .find(|condition| is_ready(condition) && condition.get("status").and_then(Value::as_str) == Some("False"))
        .and_then(|condition| condition.get("lastTransitionTime").cloned());
    let ready = json!({
        "type": "Ready", "status": "False", "reason": REASON, "observedGeneration": generation,
        "lastTransitionTime": since.unwrap_or_else(|| now.into()),
        "message": format!("{problem}: correct it; where a newer version of lapsewatch wrote it, run that version"),
    });
    match conditions.iter_mut().find(|condition| is_ready(condition)) {
        Some(condition) => *condition = ready,
        None => conditions.insert(0, ready),
    }
    let resource_version = object.pointer("/metadata/resourceVersion").cloned().unwrap_or_default();
    let body = json!({"metadata": {"resourceVersion": resource_version}, "status": {"conditions": conditions}});
    let path = format!("{}/status?fieldManager={MANAGER}", path(observed));
    patch(client, &path, MERGE, &body).await
}

async fn patch(client: &Client, path: &str, content_type: &str, body: &Value) -> Result<(), Error> {
    match request::send(client, Method::PATCH, path, Some(content_type), bytes(body), Sensitivity::Open).await {
        Ok(_) => Ok(()),
        // Gone meanwhile: nobody is left to tell.
        Err(cause) if cause.code() == Some(404) => Ok(()),
        Err(cause) if cause.reason() == Some("Conflict") => Err(Error::Conflict),
        Err(cause) => Err(Error::WriteStatus(cause)),
    }
}

fn path(observed: &Observed) -> String {
    format!("/apis/{GROUP}/{VERSION}/namespaces/{}/tenantcredentials/{}", observed.namespace, observed.name)
}

fn bytes(body: &Value) -> Vec<u8> {
    body.to_string().into_bytes()
}
