//! Reads the credential of a TenantCredential: at most one GET of its Secret, and only if `status.lastRead` does not
//! match the listed version. No other module fetches the content of Secrets.

use std::sync::atomic::{AtomicBool, Ordering};

use http::Method;
use kube::Client;

use tokio::time::Instant;

use super::cache::SecretVersion;
use super::error::ReconcileError;
use super::read_slots::ReadSlots;
use crate::metrics::{Metrics, SecretRead};
use lapsewatch_cluster::request::{self, Sensitivity};
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::api::status::{KeySelection, LastRead};
use lapsewatch_core::api::{CredentialType, Key, TenantCredentialSpec};
use lapsewatch_core::assessment::{Reading, secret_not_found};
use lapsewatch_core::credential;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::last_reading::{LastReading, forbidden, is_published};
use lapsewatch_core::secret::{SecretData, SecretObject};

/// The state that all reads of Secrets share: the results of past requests, and the slots that limit concurrency.
#[derive(Default)]
pub struct Access {
    /// True if any Secret could be read since the start. Until then, a refusal concerns the operator itself and is not
    /// published as a verdict on each object.
    granted: AtomicBool,
    /// True if the last failed read was refused for lack of permission.
    refused: AtomicBool,
    lanes: ReadSlots,
}

impl Access {
    /// True if no Secret could be read since the start, for lack of permission.
    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed) && !self.granted.load(Ordering::Relaxed)
    }
}

/// Reads a credential on a blocking thread. None if the thread ended abnormally.
async fn read(
    access: &Access,
    namespace: &str,
    type_: CredentialType,
    data: SecretData,
    selection: KeySelection,
) -> Option<Reading> {
    let _turn = access.lanes.turn(namespace).await?;
    let read = move || Reading::from(lapsewatch_core::read(type_, &data, &selection));
    tokio::task::spawn_blocking(read).await.ok()
}

/// A Secret as the list of Secrets contains it.
#[derive(Clone, Copy)]
pub struct Listed<'a> {
    /// The version of the Secret. None if the list does not contain the Secret.
    pub version: Option<&'a SecretVersion>,
    /// True if the list is kept up to date. A Secret that an outdated list does not contain may exist.
    pub is_current: bool,
}

/// A reading, with the time of its request and the need to repeat it.
pub struct Gathered {
    /// The credential or the failure that was read, with the version of the Secret.
    pub last: LastReading,
    /// True if the object must be read again later, because no watch reports when a missing permission is granted.
    pub look_again: bool,
    /// The time of the API server's answer. None if no request was necessary.
    pub fetched: Option<Instant>,
}

impl From<LastReading> for Gathered {
    fn from(last: LastReading) -> Self {
        Self { last, look_again: false, fetched: None }
    }
}

/// Returns the reading of a TenantCredential: from its spec if its type has no Secret, from its status if nothing
/// changed, else from its Secret.
///
/// # Errors
/// If the Secret could not be fetched, for a reason that does not concern this object alone.
pub async fn gather(
    client: &Client,
    access: &Access,
    metrics: &Metrics,
    observed: &Observed,
    spec: &TenantCredentialSpec,
    secret: Listed<'_>,
) -> Result<Gathered, ReconcileError> {
    let previous = &observed.previous;
    if spec.type_ == CredentialType::DeclaredExpiry {
        return Ok(LastReading::from_spec(spec).into());
    }
    let kept = |failure| Gathered::from(LastReading::failed(failure, previous.last_read.clone()));
    let Some(secret_ref) = &spec.secret_ref else { return Ok(kept(secret_not_found(spec))) };
    let mut wanted = LastRead {
        name: secret_ref.name.clone(),
        selection: spec.selection(),
        reader_revision: credential::READER_REVISION,
        ..LastRead::default()
    };
    match secret.version {
        Some(secret) => {
            wanted.uid.clone_from(&secret.uid);
            wanted.resource_version.clone_from(&secret.resource_version);
            if let Some(known) = LastReading::of_state(previous, &wanted) {
                return Ok(known.into());
            }
        }
        None if secret.is_current && is_published(observed, FailureReason::SecretNotFound) => {
            return Ok(kept(secret_not_found(spec)));
        }
        // The watch may not have reported the Secret yet. Only the API server can confirm that the Secret does not
        // exist.
        None => {}
    }
    let key = Key::new(&observed.namespace, &secret_ref.name);
    let path = format!("/api/v1/namespaces/{}/secrets/{}", key.namespace, key.name);
    let body = match request::send(client, Method::GET, &path, None, Vec::new(), Sensitivity::Secret).await {
        Ok(body) => body,
        Err(cause) => {
            metrics.secret_read(match cause.code() {
                Some(404) if cause.is_not_found() => SecretRead::NotFound,
                Some(401 | 403) => SecretRead::Refused,
                _ => SecretRead::Failed,
            });
            return match cause.code() {
                Some(404) if cause.is_not_found() => {
                    Ok(Gathered { fetched: Some(Instant::now()), ..kept(secret_not_found(spec)) })
                }
                // Permissions may name individual Secrets. Then a GET of a missing Secret may be refused, and only the
                // list shows that the Secret does not exist.
                Some(403) if secret.version.is_none() && secret.is_current => Ok(kept(secret_not_found(spec))),
                Some(403) if access.granted.load(Ordering::Relaxed) => {
                    Ok(Gathered { look_again: true, ..kept(forbidden(&secret_ref.name)) })
                }
                code => {
                    access.refused.store(matches!(code, Some(401 | 403)), Ordering::Relaxed);
                    Err(ReconcileError::ReadSecret { secret: key, cause })
                }
            };
        }
    };
    let fetched = Instant::now();
    access.granted.store(true, Ordering::Relaxed);
    metrics.secret_read(SecretRead::Found);
    let object = SecretData::from_json(&body).map_err(|_| ReconcileError::DecodeSecret {
        secret: key.clone(),
        problem: "the answer is not a Secret in JSON",
    })?;
    drop(body);
    let SecretObject { uid, resource_version, data } = object;
    let reading = read(access, &observed.namespace, spec.type_, data, wanted.selection.clone())
        .await
        .ok_or(ReconcileError::DecodeSecret { secret: key, problem: "its reading ended abnormally" })?;
    let failure = match &reading {
        Reading::Facts(_) => None,
        Reading::Failed(failure) => Some(failure.clone()),
    };
    // The version that was read may be newer than the version that the watch has reported.
    let last_read = LastRead { uid, resource_version, failure, ..wanted };
    Ok(Gathered {
        last: LastReading { reading, last_read: Some(last_read) },
        look_again: false,
        fetched: Some(fetched),
    })
}
