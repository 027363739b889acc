//! Gather: the only reads. One GET of the one Secret, and only where `lastRead` says that it differs.

use std::sync::atomic::{AtomicBool, Ordering};

use http::Method;
use kube::Client;

use super::cache::{Key, SecretVersion};
use super::error::Error;
use super::observed::Observed;
use super::request::{self, Sensitivity};
use crate::api::reasons::FailureReason;
use crate::api::status::LastRead;
use crate::api::{CredentialType, Failure, TenantCredentialSpec, TenantCredentialStatus};
use crate::assessment::{Reading, secret_not_found};
use crate::credential;
use crate::secret::SecretData;

/// Whether any Secret could be read since the start. While none could, a refusal is the operator's own failure, and no
/// verdict on thousands of objects.
#[derive(Default)]
pub struct Access {
    granted: AtomicBool,
}

/// What was found, and what is to be remembered of where.
pub struct Gathered {
    /// The credential, or why it can't be read.
    pub reading: Reading,
    /// Which state of the Secret that was.
    pub last_read: Option<LastRead>,
    /// Nothing will say when it changes: look again.
    pub look_again: bool,
}

/// The reading of a TenantCredential: from its spec, from its status where nothing changed, else from its Secret.
///
/// # Errors
/// Where the Secret could not be fetched for a reason that is not the object's own.
pub async fn gather(
    client: &Client,
    access: &Access,
    observed: &Observed,
    spec: &TenantCredentialSpec,
    secret: Option<&SecretVersion>,
) -> Result<Gathered, Error> {
    let previous = &observed.previous;
    if spec.type_ == CredentialType::DeclaredExpiry {
        return Ok(declared(spec));
    }
    let kept = |failure| Gathered {
        reading: Reading::Failed(failure),
        last_read: previous.last_read.clone(),
        look_again: false,
    };
    let (Some(secret), Some(secret_ref)) = (secret, &spec.secret_ref) else {
        return Ok(kept(secret_not_found(spec)));
    };
    let wanted = LastRead {
        name: secret_ref.name.clone(),
        uid: secret.uid.clone(),
        resource_version: secret.resource_version.clone(),
        selection: spec.selection(),
        reader_revision: credential::READER_REVISION,
        failure: None,
    };
    if let Some(known) = known(previous, &wanted) {
        return Ok(known);
    }
    let key = Key::new(&observed.namespace, &secret_ref.name);
    let path = format!("/api/v1/namespaces/{}/secrets/{}", key.namespace, key.name);
    let body = match request::send(client, Method::GET, &path, None, Vec::new(), Sensitivity::Secret).await {
        Ok(body) => body,
        Err(cause) => {
            return match cause.code() {
                Some(404) => Ok(kept(secret_not_found(spec))),
                Some(403) if access.granted.load(Ordering::Relaxed) => {
                    Ok(Gathered { look_again: true, ..kept(forbidden(&secret_ref.name)) })
                }
                _ => Err(Error::ReadSecret { secret: key, cause }),
            };
        }
    };
    access.granted.store(true, Ordering::Relaxed);
    let object = SecretData::from_json(&body)
        .map_err(|_| Error::DecodeSecret { secret: key, problem: "the answer is not a Secret in JSON" })?;
    drop(body);
    let reading = match credential::read(spec.type_, &object.data, &wanted.selection) {
        Ok(facts) => Reading::Facts(facts),
        Err(failure) => Reading::Failed(failure),
    };
    let failure = match &reading {
        Reading::Facts(_) => None,
        Reading::Failed(failure) => Some(failure.clone()),
    };
    // What was read, which may be newer than what the watch has told so far.
    let last_read = LastRead { uid: object.uid, resource_version: object.resource_version, failure, ..wanted };
    Ok(Gathered { reading, last_read: Some(last_read), look_again: false })
}

/// What can be said where the Secret can't be fetched: time goes on for what was read last.
pub fn as_last_known(previous: &TenantCredentialStatus) -> Option<Gathered> {
    let reading = match previous.last_read.as_ref().and_then(|read| read.failure.clone()) {
        Some(failure) => Reading::Failed(failure),
        None => Reading::Facts(previous.credential.clone()?),
    };
    Some(Gathered { reading, last_read: previous.last_read.clone(), look_again: false })
}

fn declared(spec: &TenantCredentialSpec) -> Gathered {
    let reading = match spec.expiration_time {
        Some(time) => Reading::Facts(credential::declared(time)),
        None => Reading::Failed(Failure {
            reason: FailureReason::InvalidObject,
            message: "spec.expirationTime is missing".to_owned(),
        }),
    };
    Gathered { reading, last_read: None, look_again: false }
}

/// What the status tells of exactly this state of the Secret.
fn known(previous: &TenantCredentialStatus, wanted: &LastRead) -> Option<Gathered> {
    let last = previous.last_read.as_ref()?;
    if (LastRead { failure: None, ..last.clone() }) != *wanted {
        return None;
    }
    as_last_known(previous)
}

fn forbidden(secret: &str) -> Failure {
    Failure {
        reason: FailureReason::Forbidden,
        message: format!("the API server does not let the operator get Secret {secret} in this namespace"),
    }
}
