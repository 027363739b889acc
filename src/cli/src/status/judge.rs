//! Judging: no stored verdict is trusted. What was last read is assessed again, and held against what is stored.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::harmless::harmless;
use super::holder_indexes::{HolderIndexes, PeerViews};
use super::read::{ClusterContents, ListedCredential};
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

/// The caller's time.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    /// What it is.
    pub now: DateTime<Utc>,
    /// Whether it was asked for, and is not the clock's.
    pub is_asked: bool,
}

/// One TenantCredential, judged.
pub struct StatusRow {
    /// What is said of it.
    pub credential: report::ReportedCredential,
    /// The object's UID.
    pub uid: String,
}

/// The MDMTenants of a context, by name.
pub type TenantsByName = HashMap<Key, Arc<Observed<TenantKind>>>;

/// All credentials of a context, and when time alone changes something.
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

impl Judge<'_> {
    fn judge(&self, spec: &TenantCredentialSpec) -> (StatusRow, Option<DateTime<Utc>>) {
        let observed = &self.seen.observed;
        let now = self.time.now;
        let tenant = self.tenant(spec);
        let said_days = self.said_days(spec);
        let mut spec = spec.clone();
        if let Some(days) = &said_days
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
            Some(found) => self.assess(found, said_days, tenant.clone()),
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
            spec: harmless(tenant::inherit(&spec, declared).into_owned()),
            status: harmless(status),
        };
        (StatusRow { credential, uid: observed.uid.clone() }, next)
    }

    /// The tenant that it names, where that can be told.
    fn tenant(&self, spec: &TenantCredentialSpec) -> NamedTenant {
        let Some(named) = spec.tenant_ref.as_ref().filter(|_| self.context.knows_tenants) else {
            return NamedTenant::Unnamed;
        };
        let key = Key { namespace: self.seen.observed.key().namespace, name: named.name.as_str().into() };
        match self.tenants.get(&key) {
            Some(tenant) => NamedTenant::Found(tenant.clone()),
            None => NamedTenant::NotFound,
        }
    }

    /// What is said of what was found; and, where it is of the present spec, whether what is stored says the same.
    /// `said_days`: those by which the operator said it, where the caller can't see them.
    fn assess(
        &self,
        found: &KnownAssessment,
        said_days: Option<Option<Vec<u16>>>,
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
        if let Some(days) = said_days {
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

    /// Where the tenant can't be seen, its days can't either: days by which the operator can have said what it said.
    fn said_days(&self, spec: &TenantCredentialSpec) -> Option<Option<Vec<u16>>> {
        let is_own = spec.warn_before_days.as_ref().is_some_and(|days| !days.is_empty());
        if self.context.knows_tenants || spec.tenant_ref.is_none() || is_own {
            return None;
        }
        let stored = &self.seen.observed.previous;
        let expiring = stored.conditions.iter().find(|c| c.type_ == ConditionType::Expiring.as_str());
        let days = expiring.and_then(|c| c.reason.strip_prefix("Within")?.strip_suffix("Days")?.parse::<u16>().ok());
        Some(match days {
            // The last stage of some types is worse than those before.
            Some(days) if stored.severity < Some(Severity::Warning) && days > 1 => Some(vec![days, 1]),
            Some(days) => Some(vec![days]),
            None if expiring.is_some_and(|c| c.reason == "OutsideWindow") => Some(vec![1]),
            None => None,
        })
    }

    /// Whether nothing is to be warned of by the days that are known.
    fn is_outside(&self, spec: &TenantCredentialSpec) -> bool {
        let facts = self.seen.observed.previous.credential.as_ref();
        let days = expiry::warning_days(spec);
        facts.is_some_and(|facts| {
            expiry::stage(spec.type_, facts, &days, self.time.now) == lapsewatch_core::verdict::Stage::Outside
        })
    }
}

fn created(observed: &Observed) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(observed.created?, 0)
}

/// What is said of what no operator has read.
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
