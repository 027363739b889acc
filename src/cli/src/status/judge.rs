//! Assesses each TenantCredential again from the facts that the operator read last. If the stored status differs from
//! the new assessment, adds the finding that the stored status is stale.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::holder_indexes::{HolderIndexes, PeerViews};
use super::read::{ClusterContents, ListedCredential};
use super::sanitize_object::sanitize_object;
use crate::report::{self, Origin};
use lapsewatch_core::api::conditions::{Condition, ConditionStatus, ConditionType};
use lapsewatch_core::api::{CredentialType, Key, Severity, TenantCredentialSpec, TenantCredentialStatus};
use lapsewatch_core::assessment::peers::Peers;
use lapsewatch_core::assessment::staleness::{self, TOLERANCE};
use lapsewatch_core::assessment::{Assessment, expiry, tenant};
use lapsewatch_core::messages;
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::assessment_context::{AssessmentContext, NamedTenant};
use lapsewatch_core::observed::kind::TenantKind;
use lapsewatch_core::observed::last_reading::{KnownAssessment, LastReading};
use lapsewatch_core::verdict::{Stage, days_within};

/// The time of the assessment.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    /// The time for which the objects are assessed.
    pub now: DateTime<Utc>,
    /// True if the time is from `--at` instead of the clock. A stored status may then differ without a fault of the
    /// operator.
    pub is_asked: bool,
}

/// One assessed TenantCredential.
pub struct StatusRow {
    /// The credential with its new status.
    pub credential: report::ReportedCredential,
    /// The UID of the Kubernetes object, which identifies its event in a calendar.
    pub uid: String,
}

/// The MDMTenants of a context, by namespace and name.
pub type TenantsByName = HashMap<Key, Arc<Observed<TenantKind>>>;

/// Assesses all credentials of a context. Also returns the next time at which an assessment changes only because time
/// passes, such as at a warning stage.
pub fn credentials(
    at: usize,
    context: &ClusterContents,
    tenants: &TenantsByName,
    crowd: &HolderIndexes,
    time: Time,
) -> (Vec<StatusRow>, Option<DateTime<Utc>>) {
    let mut next = None;
    let mut rows = Vec::with_capacity(context.credentials.len());
    for seen in &context.credentials {
        let Ok(spec) = &seen.observed.spec else { continue };
        let judge = Judge { context, tenants, seen, time, beside: crowd.beside(at, seen) };
        let (row, changes) = judge.judge(spec);
        next = next.into_iter().chain(changes).min();
        rows.push(row);
    }
    (rows, next)
}

struct Judge<'a> {
    context: &'a ClusterContents,
    tenants: &'a TenantsByName,
    seen: &'a ListedCredential,
    time: Time,
    beside: PeerViews,
}

/// The warning days with which the operator assessed a credential.
enum StoredDays {
    /// The caller can read the warning days.
    Visible,
    /// The caller can't list the tenant that may contain the warning days. The days are derived from the stored status,
    /// if the status shows any.
    Hidden(Option<Vec<u16>>),
}

impl Judge<'_> {
    fn judge(&self, spec: &TenantCredentialSpec) -> (StatusRow, Option<DateTime<Utc>>) {
        let observed = &self.seen.observed;
        let now = self.time.now;
        let tenant = self.tenant(spec);
        let stored_days = self.stored_days(spec);
        let mut spec = spec.clone();
        if let StoredDays::Hidden(days) = &stored_days
            && self.is_outside(&spec)
        {
            spec.warn_before_days.clone_from(days);
        }
        let found = match spec.type_ {
            CredentialType::DeclaredExpiry => Some(KnownAssessment {
                last: LastReading::from_spec(&spec),
                spec: spec.clone(),
                generation: observed.generation,
            }),
            _ => KnownAssessment::from_status(observed, &spec),
        };
        let (status, next) = match &found {
            Some(found) => self.assess(found, stored_days, tenant.clone()),
            None => (never_read(observed.generation), None),
        };
        let mut status = status;
        match observed.previous.observed_generation {
            None => staleness::add(&mut status, staleness::never_looked_at(created(observed), now)),
            Some(generation) if generation != observed.generation => {
                staleness::add(&mut status, staleness::spec_changed(now));
            }
            Some(_) if found.is_none() => {
                staleness::add(&mut status, staleness::never_looked_at(created(observed), now));
            }
            Some(_) => {}
        }
        let declared = tenant.spec();
        let credential = report::ReportedCredential {
            origin: Origin::Cluster(self.context.label.clone()),
            key: observed.key(),
            spec: sanitize_object(tenant::inherit(&spec, declared).into_owned()),
            status: sanitize_object(status),
        };
        (StatusRow { credential, uid: observed.uid.clone() }, next)
    }

    /// Returns the tenant that the credential names. If the caller can't list MDMTenants, the result is the same as for
    /// a credential without a tenant.
    fn tenant(&self, spec: &TenantCredentialSpec) -> NamedTenant {
        let Some(named) = spec.tenant_ref.as_ref().filter(|_| self.context.knows_tenants) else {
            return NamedTenant::Unnamed;
        };
        let key = self.seen.observed.key().beside(&named.name);
        match self.tenants.get(&key) {
            Some(tenant) => NamedTenant::Found(tenant.clone()),
            None => NamedTenant::NotFound,
        }
    }

    /// Assesses the facts that the operator read last. If the stored status belongs to the present generation of the
    /// spec but differs from the assessment, adds a notification that the status is stale.
    ///
    /// The clocks of caller and operator may differ. Therefore the stored status must also differ from the assessments
    /// for the time [`TOLERANCE`] earlier and later. `stored_days` comes from [`Self::stored_days`].
    fn assess(
        &self,
        found: &KnownAssessment,
        stored_days: StoredDays,
        tenant: NamedTenant,
    ) -> (TenantCredentialStatus, Option<DateTime<Utc>>) {
        let KnownAssessment { last, spec, generation } = found;
        let observed = &self.seen.observed;
        let at = |spec: &TenantCredentialSpec, peers: &Peers, time: DateTime<Utc>| -> Assessment {
            let context = AssessmentContext { peers: peers.clone(), tenant: tenant.clone() };
            context.assess(observed, spec, *generation, last.clone(), time, TimeDelta::zero())
        };
        let Assessment { mut status, next, .. } = at(spec, &self.beside.shown, self.time.now);
        if observed.previous.observed_generation != Some(observed.generation) {
            return (status, next);
        }
        let mut as_said = Cow::Borrowed(spec);
        if let StoredDays::Hidden(days) = stored_days {
            as_said.to_mut().warn_before_days = days;
        }
        let stored = &observed.previous;
        let differs = |time| staleness::of_credential(stored, &at(&as_said, &self.beside.compared, time).status);
        let now = self.time.now;
        let present =
            match self.beside.shown == self.beside.compared && as_said.warn_before_days == spec.warn_before_days {
                true => staleness::of_credential(stored, &status),
                false => differs(now),
            };
        if let Some(difference) = present
            && differs(now - TOLERANCE).is_some()
            && differs(now + TOLERANCE).is_some()
        {
            staleness::add(&mut status, staleness::notification(&difference, self.time.is_asked, now));
        }
        (status, next)
    }

    /// Derives warning days from the stored status, if the days are set in a tenant that the caller can't list. The
    /// derived days are chosen so that an assessment results in the stored warning stage. `Visible` if the caller can
    /// read the warning days.
    fn stored_days(&self, spec: &TenantCredentialSpec) -> StoredDays {
        if self.context.knows_tenants || spec.tenant_ref.is_none() || spec.has_own_warning_days() {
            return StoredDays::Visible;
        }
        let stored = &self.seen.observed.previous;
        let expiring = stored.conditions.iter().find(|c| c.type_ == ConditionType::Expiring.as_str());
        let days = expiring.and_then(|c| days_within(&c.reason));
        StoredDays::Hidden(match days {
            // For some types, only the last warning stage has severity Warning. The stored severity is lower, so this
            // is not the last stage, and a later stage of 1 day is added.
            Some(days) if stored.severity < Some(Severity::Warning) && days > 1 => Some(vec![days, 1]),
            Some(days) => Some(vec![days]),
            None if expiring.is_some_and(|c| c.reason == "OutsideWindow") => Some(vec![1]),
            None => None,
        })
    }

    /// True if the present time is before the first warning stage, by the warning days that the caller can read.
    fn is_outside(&self, spec: &TenantCredentialSpec) -> bool {
        let facts = self.seen.observed.previous.credential.as_ref();
        let days = expiry::warning_days(spec);
        facts.is_some_and(|facts| expiry::stage(spec.type_, facts, &days, self.time.now) == Stage::Outside)
    }
}

fn created(observed: &Observed) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(observed.created?, 0)
}

/// Returns the status to show for a credential that no operator has read.
fn never_read(generation: i64) -> TenantCredentialStatus {
    let condition = |type_: ConditionType| Condition {
        type_: type_.as_str().to_owned(),
        status: ConditionStatus::Unknown,
        observed_generation: Some(generation),
        last_transition_time: DateTime::UNIX_EPOCH,
        reason: "Pending".to_owned(),
        message: messages::NEVER_READ.to_owned(),
    };
    let conditions = vec![condition(ConditionType::Ready), condition(ConditionType::Healthy)];
    TenantCredentialStatus { severity: Some(Severity::None), conditions, ..TenantCredentialStatus::default() }
}
