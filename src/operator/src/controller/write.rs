//! Writes a status: one JSON patch (RFC 6902) that replaces the whole status if the object still has the expected
//! resourceVersion.
//!
//! A single request never stores half a status. A server-side apply would not suffice, because it can't remove the
//! fields of other field managers. Removing them would need a second request, and between the two requests the status
//! would mix two points in time. The patch preserves unknown fields that other programs wrote, and the API server
//! rejects the patch if the object has changed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use http::Method;
use kube::Client;
use serde_json::{Value, json};

use super::error::ReconcileError;
use lapsewatch_cluster::request::{self, RequestError, Sensitivity};
use lapsewatch_core::api::stored::{self, Stored};
use lapsewatch_core::api::{GROUP, Key, VERSION};
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::WatchedKind;

/// The field manager of all writes.
pub const MANAGER: &str = "lapsewatch";

/// The statuses that the API server stores only in part, for example because its CustomResourceDefinition is older than
/// this version of lapsewatch. The key is the object; the value is its resourceVersion after the write and the hash of
/// the intended status. The same status is not written again to the same resourceVersion, because that would change
/// nothing.
#[derive(Default)]
pub struct PrunedStatuses {
    writes: Mutex<HashMap<Key, (String, u64)>>,
    said: AtomicBool,
}

impl PrunedStatuses {
    fn is_known(&self, key: &Key, version: &str, hash: u64) -> bool {
        let writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        writes.get(key).is_some_and(|(at, wanted)| at == version && *wanted == hash)
    }

    fn remember(&self, kind: &str, key: Key, version: String, hash: u64) {
        if !self.said.swap(true, Ordering::Relaxed) {
            tracing::error!(
                object = %key, kind,
                advice = "install this version's: lapsewatch crds | kubectl apply --server-side -f -",
                "the API server does not keep all of a status: its definition is of another version"
            );
        }
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (version, hash));
    }

    /// Forgets a deleted object.
    pub fn forget(&self, key: &Key) {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// The stored state that a write replaces.
pub struct StoredVersion {
    /// The object's resourceVersion.
    pub version: String,
    /// The hash of the object's status.
    pub hash: u64,
}

impl StoredVersion {
    /// Returns the state that the watch reported.
    pub fn from_observed<K: WatchedKind>(observed: &Observed<K>) -> Self {
        Self { version: observed.resource_version.clone(), hash: observed.status_hash }
    }
}

/// The result of a status write that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteResult {
    /// The object has the intended status, with or without a write.
    Stands,
    /// The object is gone.
    Gone,
}

/// Writes the status if it differs from the stored state `stand`, and updates `stand`. Adds the replaced
/// resourceVersion to `replaced`.
///
/// # Errors
/// If the status could not be written. The error is a conflict if the object no longer has the resourceVersion of
/// `stand`.
pub async fn status<K: WatchedKind>(
    client: &Client,
    not_kept: &PrunedStatuses,
    observed: &Observed<K>,
    stand: &mut StoredVersion,
    status: &K::Status,
    replaced: &mut Vec<String>,
) -> Result<WriteResult, ReconcileError> {
    let hash = stored::hash(status);
    let key = observed.key();
    if hash == stand.hash || not_kept.is_known(&key, &stand.version, hash) {
        return Ok(WriteResult::Stands);
    }
    // A status that can't be serialized must not replace the stored status.
    let mut wanted = serde_json::to_value(status).map_err(|_| ReconcileError::WriteStatus(RequestError::Request))?;
    if let Some(unknown) = &observed.unknown {
        K::Status::with_unknown(&mut wanted, unknown);
    }
    let Some(object) = replace(client, observed, &stand.version, &wanted).await? else { return Ok(WriteResult::Gone) };
    let version = version_of(&object);
    if version != stand.version {
        replaced.push(std::mem::replace(&mut stand.version, version));
    }
    stand.hash = stored::hash_of::<K::Status>(object.get("status").unwrap_or(&Value::Null));
    if stand.hash != hash {
        not_kept.remember(K::KIND, key, stand.version.clone(), hash);
    }
    Ok(WriteResult::Stands)
}

/// Reads the object. None if the object is gone.
///
/// # Errors
/// If the object could not be read.
pub async fn get<K: WatchedKind>(client: &Client, observed: &Observed<K>) -> Result<Option<Value>, ReconcileError> {
    let path = path(observed, "");
    answer(request::send(client, Method::GET, &path, None, Vec::new(), Sensitivity::Open).await)
}

/// Replaces the status of exactly this resourceVersion. Returns the object. None if the object is gone.
///
/// # Errors
/// If the status could not be written.
pub async fn replace<K: WatchedKind>(
    client: &Client,
    observed: &Observed<K>,
    version: &str,
    status: &Value,
) -> Result<Option<Value>, ReconcileError> {
    let body = json!([
        {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
        // The operation add also works if the object has no status yet (RFC 6902, section 4.1).
        {"op": "add", "path": "/status", "value": status},
    ]);
    let (path, body) = (path(observed, &format!("/status?fieldManager={MANAGER}")), body.to_string().into_bytes());
    let sent =
        request::send(client, Method::PATCH, &path, Some("application/json-patch+json"), body, Sensitivity::Open).await;
    answer(sent)
}

fn answer<T: AsRef<[u8]>>(answer: Result<T, RequestError>) -> Result<Option<Value>, ReconcileError> {
    match answer {
        // A successful answer that is not JSON was damaged in transit.
        Ok(body) => serde_json::from_slice(body.as_ref())
            .map(Some)
            .map_err(|_| ReconcileError::WriteStatus(RequestError::NoObject)),
        // The object was deleted meanwhile, so no write is needed.
        Err(cause) if cause.is_not_found() => Ok(None),
        Err(cause) if cause.reason() == Some("Conflict") => Err(ReconcileError::Conflict),
        Err(cause) => Err(ReconcileError::WriteStatus(cause)),
    }
}

fn path<K: WatchedKind>(observed: &Observed<K>, rest: &str) -> String {
    let (namespace, plural, name) = (&observed.namespace, K::PLURAL, &observed.name);
    format!("/apis/{GROUP}/{VERSION}/namespaces/{namespace}/{plural}/{name}{rest}")
}

/// Returns the resourceVersion of an object.
pub fn version_of(object: &Value) -> String {
    object.pointer("/metadata/resourceVersion").and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_not_tried_again_on_the_same_version() {
        let not_kept = PrunedStatuses::default();
        let key = Key::new("ns", "a");
        not_kept.remember("TenantCredential", key.clone(), "7".to_owned(), 1);
        assert!(not_kept.is_known(&key, "7", 1));
        assert!(!not_kept.is_known(&key, "8", 1) && !not_kept.is_known(&key, "7", 2));
        not_kept.forget(&key);
        assert!(!not_kept.is_known(&key, "7", 1));
    }
}
