//! Reconciles one TenantCredential in two steps: reads its credential, then assesses it with regard to other holders
//! and the tenant, and publishes the assessment.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::cache::SecretVersion;
use super::confirm::{self, Witness};
use super::error::ReconcileError;
use super::gather::{self, Access, Gathered, Listed};
use super::invalid::{self, InvalidPublication};
use super::publish::{Publication, Published, Publisher};
use crate::metrics::Metrics;
use lapsewatch_cluster::clock::Clock;
use lapsewatch_core::api::TenantCredentialSpec;
use lapsewatch_core::api::reasons::FailureReason;
use lapsewatch_core::assessment::notices::Notice;
use lapsewatch_core::assessment::peers::Holder;
use lapsewatch_core::assessment::{Assessment, Reading};
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::assessment_context::AssessmentContext;
use lapsewatch_core::observed::kind::{CredentialKind, WatchedKind};
use lapsewatch_core::observed::last_reading::KnownAssessment;

/// The time after which an object is read again if no watch reports the awaited change, such as a granted permission.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(5);

/// The settings and clients that all reconciliations share.
pub struct ReconcileContext {
    /// The publisher of all writes.
    pub publisher: Publisher,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The wait before the Event of a problem that GitOps may cause temporarily. The Event is sent only if the problem
    /// lasts this long.
    pub settle: TimeDelta,
    /// The state that all reads of Secrets share.
    pub access: Access,
    /// The counters of the operator's work.
    pub metrics: Metrics,
}

/// The credential that one object uses, or the failure to read it. Other holders and the tenant are not considered yet.
pub struct SecretReading {
    reading: Result<ReadCredential, Unassessable>,
    /// The object as a holder of its credential, for the verdicts on other objects. None if its credential is not
    /// known.
    pub holder: Option<Holder>,
}

/// A reading from this reconciliation or, if the Secret could not be fetched, from the status.
struct ReadCredential {
    gathered: Gathered,
    /// The spec of the last reading, if this reconciliation's read failed. None if the object's own spec applies.
    spec: Option<Box<TenantCredentialSpec>>,
    generation: i64,
    /// The failure of this reconciliation's read, if any.
    error: Option<ReconcileError>,
}

/// The reasons why no assessment is possible.
enum Unassessable {
    /// The spec can't be decoded.
    Invalid,
    /// The Secret could not be fetched, and the status contains no reading.
    Failed(ReconcileError),
}

/// The outcome of a reconciliation.
pub struct ReconcileOutcome {
    /// The time of the next reconciliation, if known.
    pub next: Option<DateTime<Utc>>,
    /// The first failure. All other reads and writes were done.
    pub result: Result<(), ReconcileError>,
    /// The resourceVersions of the object that own writes have replaced.
    pub replaced: Vec<String>,
}

impl From<InvalidPublication> for ReconcileOutcome {
    fn from(InvalidPublication { published: Published { replaced, result }, next }: InvalidPublication) -> Self {
        Self { next, result, replaced }
    }
}

impl ReconcileOutcome {
    /// Counts the reconciliation. `took` is the duration of all steps.
    pub fn counted(self, metrics: &Metrics, kind: &'static str, took: Duration) -> Self {
        let failed = self.result.as_ref().err();
        metrics.reconciled(
            kind,
            took,
            failed.map(ReconcileError::step),
            matches!(failed, Some(ReconcileError::Conflict)),
        );
        self
    }

    /// Returns an outcome without a status write and without a next reconciliation.
    pub fn without_write(result: Result<(), ReconcileError>) -> Self {
        Self { next: None, result, replaced: Vec::new() }
    }
}

impl SecretReading {
    /// Returns the version of the Secret on which the reading is based. If the reading does not determine the version,
    /// the result is `known`, which the watch reported. None if the Secret does not exist.
    fn basis(&self, known: Option<&SecretVersion>) -> Option<SecretVersion> {
        let Ok(ReadCredential { gathered, error: None, .. }) = &self.reading else { return known.cloned() };
        match (&gathered.last.reading, &gathered.last.last_read) {
            (Reading::Failed(failure), _) if failure.reason == FailureReason::SecretNotFound => None,
            (Reading::Failed(failure), _) if failure.reason == FailureReason::Forbidden => known.cloned(),
            (_, Some(read)) => {
                Some(SecretVersion { uid: read.uid.clone(), resource_version: read.resource_version.clone() })
            }
            (_, None) => known.cloned(),
        }
    }

    /// True unless the Secret could not be fetched.
    pub fn is_read(&self) -> bool {
        match &self.reading {
            Ok(read) => read.error.is_none(),
            Err(Unassessable::Invalid) => true,
            Err(Unassessable::Failed(_)) => false,
        }
    }

    /// True if the credential was read from this version of the Secret.
    pub fn is_of(&self, secret: &SecretVersion) -> bool {
        let read = self.reading.as_ref().ok().and_then(|read| read.gathered.last.last_read.as_ref());
        read.is_some_and(|read| read.uid == secret.uid && read.resource_version == secret.resource_version)
    }
}

/// Reads the credential of one object.
pub async fn read_credential(context: &ReconcileContext, observed: &Observed, secret: Listed<'_>) -> SecretReading {
    let Ok(spec) = &observed.spec else {
        // Without a valid spec the Secret is not read. The last known holder stays valid while the Secret may exist.
        let holder = observed.remembered_holder().filter(|_| secret.version.is_some() || !secret.is_current);
        return SecretReading { reading: Err(Unassessable::Invalid), holder };
    };
    let reading = match gather::gather(
        &context.publisher.client,
        &context.access,
        &context.metrics,
        observed,
        spec,
        secret,
    )
    .await
    {
        Ok(gathered) => Ok(ReadCredential { gathered, spec: None, generation: observed.generation, error: None }),
        // The last reading is assessed again, because deadlines pass even if the Secret can't be fetched.
        Err(error) => match KnownAssessment::from_status(observed, spec) {
            Some(KnownAssessment { last, spec, generation }) => {
                Ok(ReadCredential { gathered: last.into(), spec: Some(Box::new(spec)), generation, error: Some(error) })
            }
            None => Err(Unassessable::Failed(error)),
        },
    };
    let holder = reading
        .as_ref()
        .ok()
        .and_then(|read| Holder::from_reading(observed.created, spec, &observed.previous, &read.gathered.last.reading));
    SecretReading { reading, holder }
}

/// The result of an attempt to publish an assessment.
pub enum PublishAttempt {
    /// The assessment was published, as far as possible.
    Published(ReconcileOutcome),
    /// The Secret has a different version in the API server. Contains that version and its reading.
    Overtaken(Option<SecretVersion>, Box<SecretReading>),
}

/// The objects and Secrets that must be unchanged in the API server before an Event about this object is sent.
pub struct EventPreconditions {
    /// The version of the Secret that the watch reported.
    pub secret: Option<SecretVersion>,
    /// The other objects on which verdicts about sharing are based. Empty after too many failed attempts. None while
    /// any of these objects is about to be read.
    pub witnesses: Option<Vec<Witness>>,
    /// True if the Secret was read again already. A Secret is not confirmed twice, because its content may change
    /// faster than lapsewatch can read the Secret.
    pub is_confirmed: bool,
}

/// The time for which a fetched Secret counts as current.
const FRESH: Duration = Duration::from_secs(10);

/// Assesses a reading and publishes the result. An Event is sent only if its preconditions match the API server. The
/// object's own version is not compared here, because the status write verifies it.
pub async fn assess_and_publish(
    context: &ReconcileContext,
    observed: &Observed,
    found: SecretReading,
    around: AssessmentContext,
    grounds: EventPreconditions,
) -> PublishAttempt {
    let now = context.clock.now().trunc_subsecs(0);
    let basis = found.basis(grounds.secret.as_ref());
    let ReadCredential { gathered, spec: former, generation, error } = match found.reading {
        Ok(read) => read,
        Err(Unassessable::Failed(error)) => {
            return PublishAttempt::Published(ReconcileOutcome::without_write(Err(error)));
        }
        Err(Unassessable::Invalid) => {
            let problem = observed.spec.as_ref().err().map(String::as_str).unwrap_or_default();
            let publisher = &context.publisher;
            let told = invalid::publish_invalid(publisher, &publisher.credentials, observed, problem, now).await;
            return PublishAttempt::Published(told.into());
        }
    };
    let Some(spec) = former.as_deref().or(observed.spec.as_ref().ok()) else {
        return PublishAttempt::Published(ReconcileOutcome::without_write(Ok(())));
    };
    let look_again = gathered.look_again.then_some(now + LOOK_AGAIN);
    let is_fresh = grounds.is_confirmed || gathered.fetched.is_some_and(|fetched| fetched.elapsed() < FRESH);
    let Assessment { status, mut notices, doubtful, next } =
        around.assess(observed, spec, generation, gathered.last, now, context.settle);
    let next = next.into_iter().chain(look_again).min();
    let publisher = &context.publisher;
    let mut unconfirmed = None;
    if !notices.is_empty() {
        let secret = observed.spec.as_ref().ok().and_then(CredentialKind::secret).filter(|_| !is_fresh);
        match confirm::secret_now(&publisher.client, &observed.namespace, secret, basis.as_ref()).await {
            Ok(present) if present == basis => {}
            Ok(present) => {
                let listed = Listed { version: present.as_ref(), is_current: true };
                let found = read_credential(context, observed, listed).await;
                return PublishAttempt::Overtaken(present, Box::new(found));
            }
            Err(cause) => {
                // Events about deadlines do not depend on the Secret's current version.
                notices.retain(Notice::is_of_time);
                unconfirmed = Some(ReconcileError::ConfirmEvent(cause));
            }
        }
        if notices.iter().any(Notice::is_of_others) {
            let others = match grounds.witnesses {
                Some(witnesses) => match confirm::are_current(&publisher.client, &witnesses).await {
                    Ok(true) => None,
                    Ok(false) => Some(ReconcileError::Conflict),
                    Err(cause) => Some(ReconcileError::ConfirmEvent(cause)),
                },
                None => Some(ReconcileError::Conflict),
            };
            if others.is_some() {
                notices.retain(|notice| !notice.is_of_others());
                unconfirmed = unconfirmed.or(others);
            }
        }
    }
    let publication = Publication { status, notices, doubtful };
    let Published { replaced, result } = publisher.publish(&publisher.credentials, observed, publication, now).await;
    let result = result.and(unconfirmed.map_or(Ok(()), Err));
    PublishAttempt::Published(ReconcileOutcome { next, result: error.map_or(result, Err), replaced })
}
