//! The work on TenantCredentials: starts reads, enters the results into the index of holders (the objects that use each
//! credential), and starts publications.

use tokio::time::Instant;

use super::confirm::Witness;
use super::gather::Listed;
use super::knowledge_gaps::exclusive_type;
use super::operator::{AT_ONCE, Operator, TaskResult};
use super::reconcile::{EventPreconditions, PublishAttempt, assess_and_publish, read_credential};
use super::startup_barrier::Transition;
use super::work::{CredentialWork, PendingAssessment};
use lapsewatch_core::api::Key;
use lapsewatch_core::assessment::peers::Holder;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::assessment_context::AssessmentContext;
use lapsewatch_core::observed::kind::{CredentialKind, WatchedKind};

/// The most other holders that are compared with the API server before an Event about a shared credential is sent.
const WITNESSES: usize = 4;
/// The number of failed attempts after which an Event no longer waits for other objects. The backoff of these attempts
/// takes about two minutes, in which a broken watch is detected.
pub const CONFIRMATIONS: u32 = 7;

impl Operator {
    /// Queues a TenantCredential, unless the first lists of its namespace are still incomplete.
    pub fn call(&mut self, key: Key) {
        if self.is_known(&key) {
            self.credentials.queue.call(key);
        }
    }

    /// Queues all TenantCredentials.
    pub fn call_all(&mut self) {
        self.cache.keys().cloned().collect::<Vec<_>>().into_iter().for_each(|key| self.call(key));
    }

    /// Starts to publish the next reading. Returns false if no reading is ready.
    pub fn start_credential(&mut self) -> bool {
        let Some(looked) = self.credentials.found.pop_front() else { return false };
        if self.is_outdated(&looked) {
            self.credentials.queue.requeue(looked.key);
            return true;
        }
        let PendingAssessment { key, observed, secret, found, took, is_confirmed, .. } = looked;
        let around = self.assessment_context(&key, &observed);
        self.credentials.blind.assessed(&observed, &around.peers);
        let context = self.context.clone();
        let grounds = EventPreconditions { secret, witnesses: self.witnesses(&key), is_confirmed };
        self.tasks.spawn(async move {
            let begun = Instant::now();
            let said = assess_and_publish(&context, &observed, *found, around, grounds).await;
            let took = took + begun.elapsed();
            match said {
                PublishAttempt::Published(outcome) => {
                    TaskResult::Said(key, outcome.counted(&context.metrics, CredentialKind::KIND, took))
                }
                PublishAttempt::Overtaken(secret, found) => {
                    let (is_confirmed, was_held) = (true, false);
                    TaskResult::Overtaken(PendingAssessment {
                        key,
                        observed,
                        secret,
                        found,
                        took,
                        was_held,
                        is_confirmed,
                    })
                }
            }
        });
        true
    }

    /// Returns the other objects on which the verdicts about sharing are based. None while any of these objects is
    /// about to be read. Empty after too many failed attempts, so objects that change continuously can't delay Events
    /// forever.
    fn witnesses(&self, key: &Key) -> Option<Vec<Witness>> {
        if self.credentials.queue.failures(key) >= CONFIRMATIONS {
            return Some(Vec::new());
        }
        let mut keys = self.index.witnesses(key, WITNESSES);
        keys.extend(self.credentials.causes.latest_for(key).cloned());
        keys.sort_unstable();
        keys.dedup();
        // The index may not contain the latest credential of a queued object.
        let is_settled = keys.iter().all(|key| self.credentials.queue.is_looked_at(key));
        is_settled.then(|| keys.into_iter().map(|key| self.witness(key)).collect())
    }

    /// Returns the cached state of an object and its Secret, to be compared with the API server.
    pub fn witness(&self, key: Key) -> Witness {
        let known = self.cache.get(&key);
        let object = known.as_ref().map(|(observed, _)| (observed.uid.clone(), observed.generation));
        let secret = known
            .and_then(|(observed, version)| Some((observed.understood()?.secret_ref.as_ref()?.name.clone(), version)));
        Witness { key, object, secret }
    }

    /// Starts to read the next TenantCredential. Returns false if none is queued or the limits are reached. Finished
    /// readings are published before more objects are read.
    pub fn start_read(&mut self) -> bool {
        if self.reading >= AT_ONCE || self.credentials.found.len() >= AT_ONCE {
            return false;
        }
        let context = self.context.clone();
        let Some(key) = self.credentials.queue.start() else { return false };
        match self.cache.get(&key) {
            Some((observed, _)) if self.credentials.own_writes.is_behind(&key, &observed.resource_version) => {
                self.credentials.queue.defer(&key);
            }
            Some((observed, secret)) => {
                self.reading += 1;
                let is_current = self.cache.knows_secrets_of(&key);
                self.tasks.spawn(async move {
                    let begun = Instant::now();
                    let listed = Listed { version: secret.as_ref(), is_current };
                    let found = Box::new(read_credential(&context, &observed, listed).await);
                    let (took, was_held, is_confirmed) = (begun.elapsed(), false, false);
                    TaskResult::Found(PendingAssessment { key, observed, secret, found, took, was_held, is_confirmed })
                });
            }
            None => {
                self.credentials.queue.done(&key, None);
                self.credentials.barrier.looked_at(&key, Instant::now());
                self.release();
            }
        }
        true
    }

    /// True if the object must be read again instead of publishing this reading. A Secret that changes continuously is
    /// published as last read, and its next version follows.
    fn is_outdated(&mut self, looked: &PendingAssessment) -> bool {
        let PendingAssessment { key, observed, secret, found, was_held, is_confirmed, .. } = looked;
        let overtaken = &mut self.credentials.overtaken;
        let was_overtaken = overtaken.remove(key);
        let Some((present, now)) = self.cache.get(key) else { return true };
        if present.resource_version != observed.resource_version {
            return true;
        }
        if *is_confirmed || now == *secret || now.as_ref().is_some_and(|now| found.is_of(now)) {
            return false;
        }
        let comes_or_goes = now.is_some() != secret.is_some() && !was_overtaken;
        if comes_or_goes {
            overtaken.insert(key.clone());
        }
        comes_or_goes || *was_held
    }

    /// Enters the credential from the object's status into the index before the object is read. Therefore published
    /// verdicts on sharing stay valid if the start-up barrier gives up.
    pub fn remember(&mut self, key: &Key) {
        let Some(holder) = self.cache.get(key).and_then(|(observed, _)| observed.remembered_holder()) else { return };
        self.enter(key, Some(holder));
    }

    /// Enters the object's credential into the index, and queues the objects whose verdicts are affected.
    fn enter(&mut self, key: &Key, holder: Option<Holder>) {
        for other in self.index.set(key, holder) {
            self.credentials.causes.note(&other, key);
            self.call(other);
        }
    }

    /// Enters a reading into the index, queues the affected objects, and releases the reading for publication unless
    /// the start-up barrier holds it back.
    pub fn take_in(&mut self, mut looked: PendingAssessment) {
        let PendingAssessment { key, observed, found, .. } = &mut looked;
        let is_there = self.cache.get(key).is_some();
        let holder = found.holder.take().filter(|_| is_there);
        let CredentialWork { queue, barrier, blind, .. } = &mut self.credentials;
        match exclusive_type(observed).filter(|_| is_there) {
            Some(type_) => blind.looked_at(key, type_, found.is_read()),
            // The object may have been recreated with another type.
            None => blind.forget(key),
        }
        barrier.looked_at(key, Instant::now());
        queue.end_turn(key);
        let waits = barrier.is_closed() && holder.as_ref().is_some_and(|holder| rests_on_others(observed, holder));
        let key = key.clone();
        self.enter(&key, holder);
        if waits {
            looked.was_held = true;
            self.credentials.held.entry(key.namespace.clone()).or_default().push(looked);
        } else {
            self.credentials.found.push_back(looked);
        }
        self.release();
    }

    /// Returns the peers and the tenant of an object, as far as they are known.
    pub fn assessment_context(&self, key: &Key, observed: &Observed) -> AssessmentContext {
        AssessmentContext { peers: self.peers(key, observed), tenant: self.cache.tenant_named_by(observed, key) }
    }

    /// Advances the start-up barrier, and releases the readings that may be published.
    pub fn release(&mut self) {
        let is_listed = self.is_complete();
        match self.credentials.barrier.advance(is_listed, Instant::now()) {
            Transition::None => {}
            Transition::GaveUp => tracing::warn!(
                "a list or an object is missing, and there was no progress for a minute; credentials that no other is \
                 seen to hold stay Pending or keep their last verdict"
            ),
            Transition::Opened => tracing::info!(holders = self.index.len(), "all objects were looked at"),
        }
        let now = Instant::now();
        let CredentialWork { barrier, held, found, .. } = &mut self.credentials;
        let free = |namespace: &str| !barrier.is_closed() || barrier.lets_through(namespace, is_listed, now);
        found.extend(held.extract_if(|namespace, _| free(namespace)).flat_map(|(_, looked)| looked));
        self.call_unsure();
    }

    /// Forgets a deleted object.
    pub fn forget(&mut self, key: &Key) {
        self.credentials.queue.forget(key);
        self.credentials.own_writes.forget(key);
        self.context.publisher.credentials.forget(key);
        self.credentials.blind.forget(key);
        self.credentials.overtaken.remove(key);
        self.credentials.barrier.looked_at(key, Instant::now());
        self.enter(key, None);
        self.credentials.causes.forget(key);
        self.release();
    }
}

/// True if the new verdict on sharing may differ from the status. Such a reading waits for the start-up barrier: a
/// verdict from partial knowledge would be Pending or name fewer holders. Complete knowledge would then require a
/// second write.
fn rests_on_others(observed: &Observed, holder: &Holder) -> bool {
    let before = observed.remembered_holder();
    observed.spec.is_ok()
        && (!observed.knows_peers()
            || !observed.previous.duplicates.is_empty()
            || before.is_none_or(|before| before.fingerprint != holder.fingerprint))
}

#[cfg(test)]
mod tests;
