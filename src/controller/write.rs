//! The status write: one server-side apply, and what is done where that does not leave the status as it should be.
//!
//! An apply takes away only what nobody else owns, and is refused as a whole where the definition lacks one field. Then
//! a merge patch says the rest: of what differs, and of nothing else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use http::Method;
use kube::Client;
use serde_json::{Map, Value, json};

use super::error::Error;
use super::kind::Kind;
use super::observed::Observed;
use crate::api::stored::{self, Stored};
use crate::api::{GROUP, Key, VERSION};
use crate::cluster::request::{self, Cause, Sensitivity};

/// The field manager of all writes.
pub const MANAGER: &str = "lapsewatch";
const APPLY: &str = "application/apply-patch+yaml";
const MERGE: &str = "application/merge-patch+json";

/// The statuses of which the API server does not keep all, as where its definition is older than this version: by the
/// object, its version after the write, and what was to be written. Trying again would change nothing.
#[derive(Default)]
pub struct NotKept {
    writes: Mutex<HashMap<Key, (String, u64)>>,
    said: AtomicBool,
}

impl NotKept {
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

    /// The object is gone.
    pub fn forget(&self, key: &Key) {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Writes the status where it differs from what was observed. Enters the object's versions that are no more into
/// `replaced`, also where only a part could be written.
///
/// # Errors
/// Where it could not be written; a conflict where the object is no longer the one that this was decided on.
pub async fn status<K: Kind>(
    client: &Client,
    not_kept: &NotKept,
    observed: &Observed<K>,
    status: &K::Status,
    replaced: &mut Vec<String>,
) -> Result<(), Error> {
    let hash = stored::hash(status);
    let key = observed.key();
    if hash == observed.status_hash || not_kept.is_known(&key, &observed.resource_version, hash) {
        return Ok(());
    }
    let mut wanted = serde_json::to_value(status).unwrap_or_default();
    if let Some(unknown) = &observed.unknown {
        K::Status::with_unknown(&mut wanted, unknown);
    }
    let applied = apply(client, observed, &wanted).await;
    let mut present = observed.resource_version.clone();
    let mut wrote = |object: &Value| {
        let version = version_of(object);
        if version != present {
            replaced.push(std::mem::replace(&mut present, version));
        }
    };
    if let Ok(Some(object)) = &applied {
        wrote(object);
    }
    let written = match applied {
        Ok(Some(object)) if stored::hash_of::<K::Status>(status_of(&object)) == hash => return Ok(()),
        Ok(object) => object,
        // Refused for what is in it: a part may be taken all the same.
        Err(Error::WriteStatus(cause)) if matches!(cause.code(), Some(400 | 422 | 500)) => {
            let object = get(client, observed).await?;
            if object.as_ref().is_some_and(|object| version_of(object) != observed.resource_version) {
                return Err(Error::Conflict);
            }
            object
        }
        Err(error) => return Err(error),
    };
    let Some(object) = written else { return Ok(()) };
    let object = match difference(status_of(&object), &wanted) {
        Some(rest) => merge(client, observed, &version_of(&object), rest).await?,
        None => Some(object),
    };
    object.as_ref().inspect(|object| wrote(object));
    if let Some(object) = object
        && stored::hash_of::<K::Status>(status_of(&object)) != hash
    {
        not_kept.remember(K::KIND, key, version_of(&object), hash);
    }
    Ok(())
}

/// The object as it is now; none where it is gone.
///
/// # Errors
/// Where it could not be read.
pub async fn get<K: Kind>(client: &Client, observed: &Observed<K>) -> Result<Option<Value>, Error> {
    let path = path(observed, "");
    answer(request::send(client, Method::GET, &path, None, Vec::new(), Sensitivity::Open).await)
}

/// Changes just this of the status of exactly this version; gives the object, or none where it is gone.
///
/// # Errors
/// Where it could not be written.
pub async fn merge<K: Kind>(
    client: &Client,
    observed: &Observed<K>,
    version: &str,
    status: Value,
) -> Result<Option<Value>, Error> {
    let body = json!({"metadata": {"resourceVersion": version}, "status": status});
    patch(client, &path(observed, &format!("/status?fieldManager={MANAGER}")), MERGE, &body).await
}

async fn apply<K: Kind>(client: &Client, observed: &Observed<K>, status: &Value) -> Result<Option<Value>, Error> {
    let body = json!({
        "apiVersion": format!("{GROUP}/{VERSION}"),
        "kind": K::KIND,
        "metadata": {"name": observed.name, "namespace": observed.namespace, "resourceVersion": observed.resource_version},
        "status": status,
    });
    patch(client, &path(observed, &format!("/status?fieldManager={MANAGER}&force=true")), APPLY, &body).await
}

async fn patch(client: &Client, path: &str, content_type: &str, body: &Value) -> Result<Option<Value>, Error> {
    let body = body.to_string().into_bytes();
    answer(request::send(client, Method::PATCH, path, Some(content_type), body, Sensitivity::Open).await)
}

fn answer<T: AsRef<[u8]>>(answer: Result<T, Cause>) -> Result<Option<Value>, Error> {
    match answer {
        // What is no JSON broke on its way.
        Ok(body) => serde_json::from_slice(body.as_ref()).map(Some).map_err(|_| Error::WriteStatus(Cause::Connection)),
        // Gone meanwhile: nobody is left to tell.
        Err(cause) if cause.code() == Some(404) => Ok(None),
        Err(cause) if cause.reason() == Some("Conflict") => Err(Error::Conflict),
        Err(cause) => Err(Error::WriteStatus(cause)),
    }
}

fn path<K: Kind>(observed: &Observed<K>, rest: &str) -> String {
    let (namespace, plural, name) = (&observed.namespace, K::PLURAL, &observed.name);
    format!("/apis/{GROUP}/{VERSION}/namespaces/{namespace}/{plural}/{name}{rest}")
}

/// An object's version.
pub fn version_of(object: &Value) -> String {
    object.pointer("/metadata/resourceVersion").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn status_of(object: &Value) -> &Value {
    object.get("status").unwrap_or(&Value::Null)
}

/// The merge patch that makes `wanted` of `live`, if it takes one.
fn difference(live: &Value, wanted: &Value) -> Option<Value> {
    let (Value::Object(live), Value::Object(wanted)) = (live, wanted) else {
        return (live != wanted).then(|| wanted.clone());
    };
    let mut patch = Map::new();
    for (name, value) in wanted {
        let differs = match live.get(name) {
            Some(live) => difference(live, value),
            None => Some(value.clone()),
        };
        patch.extend(differs.map(|value| (name.clone(), value)));
    }
    patch.extend(live.keys().filter(|name| !wanted.contains_key(*name)).map(|name| (name.clone(), Value::Null)));
    (!patch.is_empty()).then_some(Value::Object(patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_names_only_what_differs_and_takes_away_what_is_too_much() {
        let live =
            json!({"same": 1, "other": "a", "deep": {"same": [1], "more": true}, "more": {"a": 1}, "list": [1, 2]});
        let wanted = json!({"same": 1, "other": "b", "deep": {"same": [1]}, "list": [2, 1], "new": {"b": 2}});
        assert_eq!(
            difference(&live, &wanted),
            Some(json!({"other": "b", "deep": {"more": null}, "more": null, "list": [2, 1], "new": {"b": 2}}))
        );
        assert_eq!(difference(&live, &live), None);
        assert_eq!(difference(&Value::Null, &wanted), Some(wanted));
    }

    #[test]
    fn what_is_not_kept_is_not_tried_again_on_the_same_version() {
        let not_kept = NotKept::default();
        let key = Key::new("ns", "a");
        not_kept.remember("TenantCredential", key.clone(), "7".to_owned(), 1);
        assert!(not_kept.is_known(&key, "7", 1));
        assert!(!not_kept.is_known(&key, "8", 1) && !not_kept.is_known(&key, "7", 2));
        not_kept.forget(&key);
        assert!(!not_kept.is_known(&key, "7", 1));
    }
}
