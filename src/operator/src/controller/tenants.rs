//! The work on MDMTenants: computes the status of each tenant from the statuses of its credentials, and starts to
//! publish it.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use kube::Client;
use tokio::time::Instant;

use super::confirm::{self, Witness};
use super::credentials::CONFIRMATIONS;
use super::error::ReconcileError;
use super::invalid;
use super::operator::{Operator, TaskResult};
use super::publish::{Publication, Published};
use super::reconcile::ReconcileOutcome;
use lapsewatch_core::api::status::Notification;
use lapsewatch_core::api::{Key, MDMTenantSpec};
use lapsewatch_core::assessment::tenant::{self, TenantAssessment, TenantInput, TenantMember};
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::{TenantKind, WatchedKind};
use lapsewatch_core::observed::last_reading::KnownAssessment;

/// The number of members whose Secrets are confirmed before an Event of the tenant is sent: the members with the latest
/// condition transitions.
const DECIDING: usize = 5;

/// The cached state on which the Events of a tenant are based.
#[derive(Default)]
struct PageGrounds {
    /// True if a member is about to be read. Its status may be older than its Secret, so no Event is sent.
    is_unsettled: bool,
    /// All members by name and resourceVersion. None after too many failed attempts; then the list is not compared.
    members: Option<Vec<(String, String)>>,
    /// The members whose Secrets are compared with the API server.
    deciding: Vec<Witness>,
}

/// Checks that the API server has the state on which the Events of a tenant are based.
async fn confirm_page(
    client: &Client,
    observed: &Observed<TenantKind>,
    grounds: &PageGrounds,
) -> Result<(), ReconcileError> {
    let PageGrounds { is_unsettled, members, deciding } = grounds;
    if *is_unsettled {
        return Err(ReconcileError::Conflict);
    }
    let is_so = async {
        let is_same = match members {
            Some(members) => confirm::are_members(client, observed, members).await?,
            None => true,
        };
        Ok(is_same && confirm::are_current(client, deciding).await?)
    };
    match is_so.await {
        Ok(true) => Ok(()),
        Ok(false) => Err(ReconcileError::Conflict),
        Err(cause) => Err(ReconcileError::ConfirmEvent(cause)),
    }
}

/// Returns the time of the last condition transition of a credential.
fn last_transition(observed: &Observed) -> Option<DateTime<Utc>> {
    observed.previous.conditions.iter().map(|condition| condition.last_transition_time).max()
}

impl Operator {
    /// Queues a tenant through the debouncer.
    pub fn call_tenant(&mut self, key: Key) {
        if self.is_known(&key) && self.cache.get_tenant(&key).is_some() {
            self.tenants.pace.call(key, Instant::now());
        }
    }

    /// Forgets a deleted tenant.
    pub fn forget_tenant(&mut self, key: &Key) {
        self.tenants.queue.forget(key);
        self.tenants.pace.forget(key);
        self.tenants.own_writes.forget(key);
        self.context.publisher.tenants.forget(key);
    }

    /// Computes the status of the next tenant and starts to publish it. Returns false if no tenant is queued.
    pub fn start_tenant(&mut self) -> bool {
        let Some(key) = self.tenants.queue.start() else { return false };
        let Some(observed) = self.cache.get_tenant(&key).cloned() else {
            self.tenants.queue.done(&key, None);
            return true;
        };
        if self.tenants.own_writes.is_behind(&key, &observed.resource_version) {
            self.tenants.queue.defer(&key);
            return true;
        }
        let context = self.context.clone();
        let now = context.clock.now().trunc_subsecs(0);
        match &observed.spec {
            Ok(spec) => {
                let TenantAssessment { status, mut notices, doubtful, next } = self.page(&key, &observed, spec, now);
                let grounds = if notices.is_empty() { PageGrounds::default() } else { self.page_grounds(&key) };
                self.tasks.spawn(async move {
                    let begun = Instant::now();
                    let publisher = &context.publisher;
                    let confirmed = match notices.is_empty() {
                        true => Ok(()),
                        false => confirm_page(&publisher.client, &observed, &grounds).await,
                    };
                    if confirmed.is_err() {
                        notices.clear();
                    }
                    let publication = Publication { status, notices, doubtful };
                    let Published { replaced, result } =
                        publisher.publish(&publisher.tenants, &observed, publication, now).await;
                    let outcome = ReconcileOutcome { next, result: result.and(confirmed), replaced };
                    TaskResult::Paged(key, outcome.counted(&context.metrics, TenantKind::KIND, begun.elapsed()))
                });
            }
            Err(problem) => {
                let problem = problem.clone();
                self.tasks.spawn(async move {
                    let begun = Instant::now();
                    let publisher = &context.publisher;
                    let told = invalid::publish_invalid(publisher, &publisher.tenants, &observed, &problem, now).await;
                    let outcome = ReconcileOutcome::from(told);
                    TaskResult::Paged(key, outcome.counted(&context.metrics, TenantKind::KIND, begun.elapsed()))
                });
            }
        }
        true
    }

    /// Returns the state on which the Events of a tenant are based. After too many failed attempts the state is no
    /// longer compared, so members that change continuously can't delay Events forever.
    fn page_grounds(&self, key: &Key) -> PageGrounds {
        let mut members: Vec<(Key, &Arc<Observed>)> = self.cache.members(key).collect();
        let is_tried = self.tenants.queue.failures(key) >= CONFIRMATIONS;
        let versions = members.iter().map(|(_, observed)| (observed.name.clone(), observed.resource_version.clone()));
        let versions = (!is_tried).then(|| versions.collect());
        let is_unsettled = !is_tried && members.iter().any(|(key, _)| !self.credentials.queue.is_idle(key));
        members.sort_by_key(|(_, observed)| Reverse(last_transition(observed)));
        members.truncate(if is_tried { 0 } else { DECIDING });
        let deciding = members.into_iter().map(|(key, _)| self.witness(key)).collect();
        PageGrounds { is_unsettled, members: versions, deciding }
    }

    fn page(
        &self,
        key: &Key,
        observed: &Observed<TenantKind>,
        spec: &MDMTenantSpec,
        now: DateTime<Utc>,
    ) -> TenantAssessment {
        let of_tenant: Vec<(Key, &Arc<Observed>)> = self.cache.members(key).collect();
        let member = |observed| -> Option<TenantMember<'_>> {
            let observed: &Observed = observed;
            Some(TenantMember::from_status(&observed.name, observed.understood()?, &observed.previous))
        };
        let members: Vec<TenantMember<'_>> = of_tenant.iter().filter_map(|(_, observed)| member(observed)).collect();
        // The cache contains no messages. The messages that the tenant status shows are computed again from the last
        // readings.
        let words = |name: &str, type_: &str, reason: &str| -> Option<Notification> {
            let at = of_tenant.binary_search_by(|(key, _)| (*key.name).cmp(name)).ok()?;
            let (key, observed) = of_tenant.get(at)?;
            let last = KnownAssessment::from_status(observed, observed.understood()?)?;
            let around = self.assessment_context(key, observed);
            let assessment = around.assess(observed, &last.spec, last.generation, last.last, now, self.context.settle);
            assessment.status.notifications.into_iter().find(|said| said.type_ == type_ && said.reason == reason)
        };
        tenant::assess(&TenantInput {
            name: &observed.name,
            generation: observed.generation,
            spec,
            previous: &observed.previous,
            members: &members,
            words: &words,
            now,
            settle: self.context.settle,
        })
    }
}
