//! Restores the last reading of a credential from the status. An assessment continues from this reading while the
//! Secret can't be fetched, because certificates expire in the meantime.

use super::Observed;
use crate::api::conditions::ConditionType;
use crate::api::reasons::FailureReason;
use crate::api::status::LastRead;
use crate::api::{Failure, TenantCredentialSpec, TenantCredentialStatus};
use crate::assessment::{Reading, secret_not_found};
use crate::credential;

/// A reading of a credential, and the state of the Secret that was read.
#[derive(Clone, Debug)]
pub struct LastReading {
    /// The credential, or the reason why it can't be read.
    pub reading: Reading,
    /// The state of the Secret. None for a DeclaredExpiry and before the first reading.
    pub last_read: Option<LastRead>,
}

impl LastReading {
    /// Creates a failed reading. `last_read` is the state of the Secret at the last reading, which remains in the
    /// status.
    pub fn failed(failure: Failure, last_read: Option<LastRead>) -> Self {
        Self { reading: Reading::Failed(failure), last_read }
    }

    /// Creates the reading of a DeclaredExpiry, whose date is in the spec.
    pub fn from_spec(spec: &TenantCredentialSpec) -> Self {
        let reading = match spec.expiration_time {
            Some(time) => Reading::Facts(credential::declared(time)),
            None => Reading::Failed(Failure {
                reason: FailureReason::InvalidObject,
                message: "spec.expirationTime is missing".to_owned(),
            }),
        };
        Self { reading, last_read: None }
    }

    /// Returns the last reading, as far as the status contains it. None if the status contains no facts and no failure.
    pub fn from_status(previous: &TenantCredentialStatus) -> Option<Self> {
        let reading = match previous.last_read.as_ref().and_then(|read| read.failure.clone()) {
            Some(failure) => Reading::Failed(failure),
            None => Reading::Facts(previous.credential.clone()?),
        };
        Some(Self { reading, last_read: previous.last_read.clone() })
    }

    /// Returns the last reading from the status, so that the same Secret is not read again. None if the Secret was in
    /// another state than `wanted` when it was read.
    pub fn of_state(previous: &TenantCredentialStatus, wanted: &LastRead) -> Option<Self> {
        let last = previous.last_read.as_ref()?;
        if (LastRead { failure: None, ..last.clone() }) != *wanted {
            return None;
        }
        Self::from_status(previous)
    }
}

/// The input of the assessment that was published last, to repeat this assessment while the Secret can't be read.
pub struct KnownAssessment {
    /// The last reading of the credential.
    pub last: LastReading,
    /// The spec, with the name of the Secret that was read.
    pub spec: TenantCredentialSpec,
    /// The generation that was assessed. A newer generation counts as assessed only after its Secret was read.
    pub generation: i64,
}

impl KnownAssessment {
    /// Returns the basis of the last published assessment. None if no assessment was published.
    pub fn from_status(observed: &Observed, spec: &TenantCredentialSpec) -> Option<Self> {
        let previous = &observed.previous;
        let generation = previous.observed_generation?;
        let is_present = generation == observed.generation;
        let mut spec = spec.clone();
        let mut last = LastReading::from_status(previous);
        if let (Some(read), Some(secret)) = (&previous.last_read, &mut spec.secret_ref) {
            // A newer spec may name another Secret. The messages must name the Secret that was read.
            if !is_present {
                secret.name.clone_from(&read.name);
            }
        }
        for reason in [FailureReason::SecretNotFound, FailureReason::Forbidden] {
            if was_published(previous, reason) {
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
                last = Some(LastReading::failed(failure, previous.last_read.clone()));
            }
        }
        Some(Self { last: last?, spec, generation })
    }
}

/// True if the published status reports this failure as the reason of Ready, for the current generation.
pub fn is_published(observed: &Observed, reason: FailureReason) -> bool {
    observed.previous.observed_generation == Some(observed.generation) && was_published(&observed.previous, reason)
}

fn was_published(previous: &TenantCredentialStatus, reason: FailureReason) -> bool {
    previous.conditions.iter().any(|c| c.type_ == ConditionType::Ready.as_str() && c.reason == reason.as_str())
}

/// Creates the failure for a Secret that the operator is not permitted to read.
pub fn forbidden(secret: &str) -> Failure {
    Failure {
        reason: FailureReason::Forbidden,
        message: format!("the API server does not let the operator get Secret {secret} in this namespace"),
    }
}
