//! Fills the spec of a credential with values of its tenant, for values that the credential does not set.

use std::borrow::Cow;

use crate::api::conditions::ConditionType;
use crate::api::credential::Owner;
use crate::api::tenant::Environment;
use crate::api::{MDMTenantSpec, TenantCredentialSpec, TenantCredentialStatus};
use crate::assessment::expiry;
use crate::messages::Side;
use crate::verdict::days_within;

/// Returns the spec for the assessment of a credential. Warning days, contact and runbook come from the tenant if the
/// credential does not set them. The account is not inherited, because each certificate may have been created with
/// another account.
pub fn inherit<'a>(spec: &'a TenantCredentialSpec, tenant: Option<&MDMTenantSpec>) -> Cow<'a, TenantCredentialSpec> {
    let Some(tenant) = tenant else { return Cow::Borrowed(spec) };
    let days = match spec.has_own_warning_days() {
        false => tenant.warn_before_days.as_ref().and_then(|days| days.for_type(spec.type_)),
        true => None,
    };
    let own = |part: fn(&Owner) -> &Option<String>| spec.owner.as_ref().is_some_and(|owner| part(owner).is_some());
    let theirs = |part: fn(&Owner) -> &Option<String>| match own(part) {
        true => None,
        false => tenant.owner.as_ref().and_then(|owner| part(owner).clone()),
    };
    let (contact, runbook) = (theirs(|owner| &owner.contact), theirs(|owner| &owner.runbook_url));
    if days.is_none() && contact.is_none() && runbook.is_none() {
        return Cow::Borrowed(spec);
    }
    let mut effective = spec.clone();
    if let Some(days) = days {
        effective.warn_before_days = Some(days.to_vec());
    }
    if contact.is_some() || runbook.is_some() {
        let owner = effective.owner.get_or_insert_default();
        owner.contact = contact.or(owner.contact.take());
        owner.runbook_url = runbook.or(owner.runbook_url.take());
    }
    Cow::Owned(effective)
}

/// Returns the spec for the assessment of a credential whose tenant can't be read. Without warning days of its own, the
/// default warning days apply. If the status contains a warning at another number of days, this number is added,
/// because it may come from the tenant.
pub fn inherit_unseen<'a>(
    spec: &'a TenantCredentialSpec,
    previous: &TenantCredentialStatus,
) -> Cow<'a, TenantCredentialSpec> {
    let expiring = previous.conditions.iter().find(|c| c.type_ == ConditionType::Expiring.as_str());
    let within = expiring.and_then(|c| days_within(&c.reason));
    let Some(within) = within.filter(|_| !spec.has_own_warning_days()) else { return Cow::Borrowed(spec) };
    let mut days = expiry::warning_days(spec).into_owned();
    if days.contains(&within) {
        return Cow::Borrowed(spec);
    }
    days.push(within);
    Cow::Owned(TenantCredentialSpec { warn_before_days: Some(days), ..spec.clone() })
}

/// Returns the environment and the support account of a tenant, which identify the MDM in messages about a shared
/// credential.
pub fn side(tenant: &MDMTenantSpec) -> Side<'_> {
    Side {
        environment: tenant.environment.map(Environment::as_str),
        support_account: tenant.support_account.as_deref(),
    }
}
