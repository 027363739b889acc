//! Computes the status of each MDMTenant from its assessed credentials. If the stored status is stale, adds a finding
//! about this.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::judge::{StatusRow, Time};
use super::read::ClusterContents;
use super::sanitize_object::sanitize_object;
use crate::report::{self, Origin};
use lapsewatch_core::api::tenant_status::TenantNotification;
use lapsewatch_core::api::{Key, MDMTenantStatus, TenantCredentialSpec};
use lapsewatch_core::assessment::staleness;
use lapsewatch_core::assessment::tenant::{self, TenantInput, TenantMember};
use lapsewatch_core::observed::Observed;
use lapsewatch_core::observed::kind::TenantKind;

/// A credential of a tenant. `row` is the assessed credential. If the spec as a whole can't be decoded, `row` is None
/// and `spec` is the part that can be decoded.
struct Ours<'a> {
    row: Option<&'a StatusRow>,
    observed: &'a Observed,
    spec: &'a TenantCredentialSpec,
}

/// Returns the status of each tenant of a context. `rows` are the assessed credentials of the same context.
pub fn tenants(context: &ClusterContents, rows: &[StatusRow], time: Time) -> Vec<report::ReportedTenant> {
    let judged: HashMap<&Key, &StatusRow> = rows.iter().map(|row| (&row.credential.key, row)).collect();
    let mut members: HashMap<Key, Vec<Ours<'_>>> = HashMap::new();
    for seen in &context.credentials {
        let observed = &seen.observed;
        let Some(spec) = observed.understood() else { continue };
        let key = observed.key();
        let Some(tenant) = spec.tenant_key(&key) else { continue };
        let row = judged.get(&key).copied();
        members.entry(tenant).or_default().push(Ours { row, observed, spec });
    }
    let page = |tenant: &Observed<TenantKind>| {
        let ours = members.get(&tenant.key()).map(Vec::as_slice).unwrap_or_default();
        page(context, tenant, ours, time)
    };
    context.tenants.iter().filter_map(|tenant| page(tenant)).collect()
}

fn page(
    context: &ClusterContents,
    observed: &Observed<TenantKind>,
    ours: &[Ours<'_>],
    time: Time,
) -> Option<report::ReportedTenant> {
    let spec = observed.spec.as_ref().ok()?;
    let now = time.now;
    let present: Vec<TenantMember<'_>> = ours
        .iter()
        .map(|one| match one.row {
            Some(row) => {
                TenantMember::from_status(&row.credential.key.name, &row.credential.spec, &row.credential.status)
            }
            None => TenantMember::from_status(&one.observed.name, one.spec, &one.observed.previous),
        })
        .collect();
    let words = |name: &str, type_: &str, reason: &str| {
        let one = ours.iter().filter_map(|one| one.row).find(|row| *row.credential.key.name == *name)?;
        let said = &one.credential.status.notifications;
        said.iter().find(|said| said.type_ == type_ && said.reason == reason).cloned()
    };
    let assess = |members: &[TenantMember<'_>], words: tenant::TellWords<'_>| {
        let input = TenantInput {
            name: &observed.name,
            generation: observed.generation,
            spec,
            previous: &observed.previous,
            members,
            words,
            now,
            settle: TimeDelta::zero(),
        };
        tenant::assess(&input).status
    };
    let mut status = assess(&present, &words);
    let said = match observed.previous.observed_generation {
        None => {
            let created = observed.created.and_then(|created| chrono::DateTime::from_timestamp(created, 0));
            Some(staleness::never_looked_at(created, now))
        }
        Some(generation) if generation != observed.generation => Some(staleness::spec_changed(now)),
        Some(_) => {
            // The operator derives a tenant's status from the stored statuses of the credentials, so this comparison
            // also uses the stored statuses. If the status of a credential is itself stale, only the credential gets
            // the finding, and not the tenant.
            let stored: Vec<TenantMember<'_>> = ours
                .iter()
                .map(|one| TenantMember::from_status(&one.observed.name, one.spec, &one.observed.previous))
                .collect();
            let difference = staleness::of_tenant(&observed.previous, &assess(&stored, &|_, _, _| None));
            difference.map(|difference| staleness::notification(&difference, false, now))
        }
    };
    if let Some(said) = said {
        add(
            &mut status,
            TenantNotification {
                credential_type: None,
                type_: said.type_,
                reason: said.reason,
                severity: said.severity,
                since: said.since,
                deadline: None,
                message: said.message,
                impact: said.impact,
                remedy: said.remedy,
                runbook_url: None,
                contact: None,
                names: Vec::new(),
                more: None,
            },
        );
    }
    Some(report::ReportedTenant {
        origin: Origin::Cluster(context.label.clone()),
        key: observed.key(),
        status: sanitize_object(status),
    })
}

/// Inserts a notification into the notifications and the agenda, so that both stay sorted by severity, worst first.
fn add(status: &mut MDMTenantStatus, notification: TenantNotification) {
    let at = status.notifications.partition_point(|other| other.severity >= notification.severity);
    status.severity = Some(status.severity.unwrap_or_default().max(notification.severity));
    status.agenda.insert(at.min(status.agenda.len()), lapsewatch_core::messages::tenant::agenda(&notification));
    status.notifications.insert(at, notification);
}
