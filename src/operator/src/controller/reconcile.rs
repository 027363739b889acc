//! One object in two steps: what it holds is found; then, with what stands around it, it is assessed and published.

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

/// How often to ask again where nothing will tell of a change: rights that were granted.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(5);

/// What every reconciliation works with.
pub struct ReconcileContext {
    /// What all writes go through.
    pub publisher: Publisher,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How long a problem that GitOps may cause in passing must last before its Event is sent.
    pub settle: TimeDelta,
    /// Whether Secrets can be read at all.
    pub access: Access,
    /// What is counted.
    pub metrics: Metrics,
}

/// What was found of one object, before what stands around it is looked at.
pub struct SecretReading {
    reading: Result<ReadCredential, Unassessable>,
    /// What it holds, as the others see it.
    pub holder: Option<Holder>,
}

/// What was read, now or before.
struct ReadCredential {
    gathered: Gathered,
    /// What it was read by, where that is no longer the object's own.
    spec: Option<Box<TenantCredentialSpec>>,
    generation: i64,
    /// What could not be read now.
    error: Option<ReconcileError>,
}

/// Why there is nothing to assess.
enum Unassessable {
    /// Its spec can't be understood.
    Invalid,
    /// It could not be read, and never was.
    Failed(ReconcileError),
}

/// What came of it.
pub struct ReconcileOutcome {
    /// When to look at it again, where that is known.
    pub next: Option<DateTime<Utc>>,
    /// What could not be read or written; everything that could be was.
    pub result: Result<(), ReconcileError>,
    /// The object's versions that own writes have replaced.
    pub replaced: Vec<String>,
}

impl From<InvalidPublication> for ReconcileOutcome {
    fn from(InvalidPublication { published: Published { replaced, result }, next }: InvalidPublication) -> Self {
        Self { next, result, replaced }
    }
}

impl ReconcileOutcome {
    /// Counts it. `took` is what all steps took.
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

    /// Of what wrote nothing that is decided on again.
    pub fn of(result: Result<(), ReconcileError>) -> Self {
        Self { next: None, result, replaced: Vec::new() }
    }
}

impl SecretReading {
    /// The state of the Secret that this was found in; `known` is the one that the watch told of.
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

    /// Whether it was read from this state of the Secret.
    pub fn is_of(&self, secret: &SecretVersion) -> bool {
        let read = self.reading.as_ref().ok().and_then(|read| read.gathered.last.last_read.as_ref());
        read.is_some_and(|read| read.uid == secret.uid && read.resource_version == secret.resource_version)
    }
}

/// Finds out what one object holds.
pub async fn find(context: &ReconcileContext, observed: &Observed, secret: Listed<'_>) -> SecretReading {
    let Ok(spec) = &observed.spec else {
        // What it held it holds, as far as can be told without reading it.
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
        // What was said last still goes on in time.
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
    /// It was said, as far as it could be.
    Published(ReconcileOutcome),
    /// The Secret is in another state than was found: this was found in that state.
    Overtaken(Option<SecretVersion>, Box<SecretReading>),
}

/// The objects and Secrets that must be unchanged in the API server before an Event about this object is sent.
pub struct EventPreconditions {
    /// The Secret as the watch told of it.
    pub secret: Option<SecretVersion>,
    /// The others that its verdicts on others rest on, none of them if these were looked at often enough. None while one
    /// of them is about to be looked at.
    pub witnesses: Option<Vec<Witness>>,
    /// True if it was looked at anew already: its Secret may change faster than can be looked at.
    pub is_confirmed: bool,
}

/// For how long a Secret counts as it was fetched.
const FRESH: Duration = Duration::from_secs(10);

/// Says what is to be said of what was found. An Event is sent if the API server has now what it rests on; that the
/// object itself is the one that was observed, the status write makes sure of.
pub async fn say(
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
        Err(Unassessable::Failed(error)) => return PublishAttempt::Published(ReconcileOutcome::of(Err(error))),
        Err(Unassessable::Invalid) => {
            let problem = observed.spec.as_ref().err().map(String::as_str).unwrap_or_default();
            let publisher = &context.publisher;
            let told = invalid::say(publisher, &publisher.credentials, observed, problem, now).await;
            return PublishAttempt::Published(told.into());
        }
    };
    let Some(spec) = former.as_deref().or(observed.spec.as_ref().ok()) else {
        return PublishAttempt::Published(ReconcileOutcome::of(Ok(())));
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
                let found = find(context, observed, listed).await;
                return PublishAttempt::Overtaken(present, Box::new(found));
            }
            Err(cause) => {
                // Time goes on whether the Secret can be looked at or not.
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
