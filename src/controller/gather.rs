//! Gather: the only reads. One GET of the one Secret, and only where `lastRead` says that it differs.

use std::sync::atomic::{AtomicBool, Ordering};

use http::Method;
use kube::Client;

use tokio::time::Instant;

use super::cache::SecretVersion;
use super::error::Error;
use super::lanes::Lanes;
use super::observed::Observed;
use crate::api::conditions::ConditionType;
use crate::api::reasons::FailureReason;
use crate::api::status::{LastRead, Selection};
use crate::api::{CredentialType, Failure, Key, TenantCredentialSpec, TenantCredentialStatus};
use crate::assessment::{Reading, secret_not_found};
use crate::cluster::request::{self, Sensitivity};
use crate::credential;
use crate::metrics::{Metrics, SecretRead};
use crate::secret::{SecretData, SecretObject};

/// What all readings share.
#[derive(Default)]
pub struct Access {
    /// Whether any Secret could be read since the start. While none could, a refusal is the operator's own failure, and
    /// no verdict on thousands of objects.
    granted: AtomicBool,
    /// Whether the last one could not be, for want of the right.
    refused: AtomicBool,
    lanes: Lanes,
}

impl Access {
    /// Whether no Secret could be read since the start, for want of the right.
    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed) && !self.granted.load(Ordering::Relaxed)
    }
}

/// Reads beside the tasks that wait for the network; none where that ends abnormally.
async fn read(
    access: &Access,
    namespace: &str,
    type_: CredentialType,
    data: SecretData,
    selection: Selection,
) -> Option<Reading> {
    let _turn = access.lanes.turn(namespace).await?;
    let read = move || match credential::read(type_, &data, &selection) {
        Ok(facts) => Reading::Facts(facts),
        Err(failure) => Reading::Failed(failure),
    };
    tokio::task::spawn_blocking(read).await.ok()
}

/// A Secret as the list of Secrets contains it.
#[derive(Clone, Copy)]
pub struct Listed<'a> {
    /// Its version; none if the list does not contain it.
    pub version: Option<&'a SecretVersion>,
    /// True if the list is kept up to date. What an old list does not contain may exist.
    pub is_current: bool,
}

/// What was found, and what is to be remembered of where.
#[derive(Clone)]
pub struct Gathered {
    /// The credential, or why it can't be read.
    pub reading: Reading,
    /// Which state of the Secret that was.
    pub last_read: Option<LastRead>,
    /// Nothing will say when it changes: look again.
    pub look_again: bool,
    /// When the API server told it; none if it was known before.
    pub fetched: Option<Instant>,
}

/// The reading of a TenantCredential: from its spec, from its status where nothing changed, else from its Secret.
///
/// # Errors
/// Where the Secret could not be fetched for a reason that is not the object's own.
pub async fn gather(
    client: &Client,
    access: &Access,
    metrics: &Metrics,
    observed: &Observed,
    spec: &TenantCredentialSpec,
    secret: Listed<'_>,
) -> Result<Gathered, Error> {
    let previous = &observed.previous;
    if spec.type_ == CredentialType::DeclaredExpiry {
        return Ok(declared(spec));
    }
    let kept = |failure| Gathered {
        reading: Reading::Failed(failure),
        last_read: previous.last_read.clone(),
        look_again: false,
        fetched: None,
    };
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
            if let Some(known) = known(previous, &wanted) {
                return Ok(known);
            }
        }
        None if secret.is_current && said(observed, FailureReason::SecretNotFound) => {
            return Ok(kept(secret_not_found(spec)));
        }
        // The watch may not have told of it yet: that there is none is only said once the API server says so.
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
                // Rights may name the Secrets that there are; the list has told that this is none of them.
                Some(403) if secret.version.is_none() && secret.is_current => Ok(kept(secret_not_found(spec))),
                Some(403) if access.granted.load(Ordering::Relaxed) => {
                    Ok(Gathered { look_again: true, ..kept(forbidden(&secret_ref.name)) })
                }
                code => {
                    access.refused.store(matches!(code, Some(401 | 403)), Ordering::Relaxed);
                    Err(Error::ReadSecret { secret: key, cause })
                }
            };
        }
    };
    let fetched = Instant::now();
    access.granted.store(true, Ordering::Relaxed);
    metrics.secret_read(SecretRead::Found);
    let object = SecretData::from_json(&body)
        .map_err(|_| Error::DecodeSecret { secret: key.clone(), problem: "the answer is not a Secret in JSON" })?;
    drop(body);
    let SecretObject { uid, resource_version, data } = object;
    let reading = read(access, &observed.namespace, spec.type_, data, wanted.selection.clone())
        .await
        .ok_or(Error::DecodeSecret { secret: key, problem: "its reading ended abnormally" })?;
    let failure = match &reading {
        Reading::Facts(_) => None,
        Reading::Failed(failure) => Some(failure.clone()),
    };
    // What was read, which may be newer than what the watch has told so far.
    let last_read = LastRead { uid, resource_version, failure, ..wanted };
    Ok(Gathered { reading, last_read: Some(last_read), look_again: false, fetched: Some(fetched) })
}

/// What was said last: what can still be said where the Secret can't be fetched, since time goes on.
pub struct LastSaid {
    /// What was found then.
    pub gathered: Gathered,
    /// The spec, which points where it did then.
    pub spec: TenantCredentialSpec,
    /// The generation that it was said of. What was not read is not said to be assessed.
    pub generation: i64,
}

/// What was said last of an object; none where that was nothing.
pub fn last_said(observed: &Observed, spec: &TenantCredentialSpec) -> Option<LastSaid> {
    let previous = &observed.previous;
    let generation = previous.observed_generation?;
    let is_present = generation == observed.generation;
    let mut spec = spec.clone();
    let mut gathered = as_read(previous);
    if let (Some(read), Some(secret)) = (&previous.last_read, &mut spec.secret_ref) {
        // Only texts are made of it; which keys were read is told by the facts.
        if !is_present {
            secret.name.clone_from(&read.name);
        }
    }
    for reason in [FailureReason::SecretNotFound, FailureReason::Forbidden] {
        if was_said(previous, reason) {
            let failure = match reason {
                _ if !is_present => Failure {
                    reason,
                    message: "the Secret that spec.secretRef named before could not be read".to_owned(),
                },
                FailureReason::Forbidden => {
                    forbidden(spec.secret_ref.as_ref().map_or("", |secret| secret.name.as_str()))
                }
                _ => secret_not_found(&spec),
            };
            let (reading, last_read) = (Reading::Failed(failure), previous.last_read.clone());
            gathered = Some(Gathered { reading, last_read, look_again: false, fetched: None });
        }
    }
    Some(LastSaid { gathered: gathered?, spec, generation })
}

/// Whether this is what was said of the present generation.
fn said(observed: &Observed, reason: FailureReason) -> bool {
    observed.previous.observed_generation == Some(observed.generation) && was_said(&observed.previous, reason)
}

fn was_said(previous: &TenantCredentialStatus, reason: FailureReason) -> bool {
    previous.conditions.iter().any(|c| c.type_ == ConditionType::Ready.as_str() && c.reason == reason.as_str())
}

/// The outcome of the last reading, as the status keeps it.
fn as_read(previous: &TenantCredentialStatus) -> Option<Gathered> {
    let reading = match previous.last_read.as_ref().and_then(|read| read.failure.clone()) {
        Some(failure) => Reading::Failed(failure),
        None => Reading::Facts(previous.credential.clone()?),
    };
    Some(Gathered { reading, last_read: previous.last_read.clone(), look_again: false, fetched: None })
}

/// What the spec itself says.
pub fn declared(spec: &TenantCredentialSpec) -> Gathered {
    let reading = match spec.expiration_time {
        Some(time) => Reading::Facts(credential::declared(time)),
        None => Reading::Failed(Failure {
            reason: FailureReason::InvalidObject,
            message: "spec.expirationTime is missing".to_owned(),
        }),
    };
    Gathered { reading, last_read: None, look_again: false, fetched: None }
}

/// What the status tells of exactly this state of the Secret.
fn known(previous: &TenantCredentialStatus, wanted: &LastRead) -> Option<Gathered> {
    let last = previous.last_read.as_ref()?;
    if (LastRead { failure: None, ..last.clone() }) != *wanted {
        return None;
    }
    as_read(previous)
}

fn forbidden(secret: &str) -> Failure {
    Failure {
        reason: FailureReason::Forbidden,
        message: format!("the API server does not let the operator get Secret {secret} in this namespace"),
    }
}
