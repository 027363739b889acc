//! Reads MDMTenants, supplies the settings that their credentials inherit, and assesses the status of each tenant.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Unread;
use crate::manifests::encrypted_object::EncryptedObject;
use crate::manifests::rules::Rules;
use crate::manifests::{Manifest, ManifestObjects};
use crate::report::{self, Origin};
use crate::source::{ManifestProblem, ObjectKind, SourceLocation};
use lapsewatch_core::api::{CredentialType, Key, MDMTenantSpec, MDMTenantStatus, TenantCredentialSpec, decode, stored};
use lapsewatch_core::assessment::TenantContext;
use lapsewatch_core::assessment::tenant::{self, TenantInput, TenantMember};
use lapsewatch_core::messages::verify_remarks;

/// All valid MDMTenants of the input, and the encrypted objects, among which further tenants and their credentials may
/// be.
pub struct CheckedTenants {
    declared: BTreeMap<Key, Declared>,
    /// The encrypted objects, both tenants and TenantCredentials.
    sealed: Vec<EncryptedObject>,
}

struct Declared {
    place: SourceLocation,
    spec: MDMTenantSpec,
    generation: i64,
    previous: MDMTenantStatus,
}

/// Moves the MDMTenants and the encrypted objects out of `objects`. For a tenant that the API server or the operator
/// would refuse, adds the reasons to the problems of `objects`.
pub fn take(objects: &mut ManifestObjects) -> CheckedTenants {
    let mut all = BTreeMap::new();
    let mut rules = None;
    for (key, manifest) in std::mem::take(&mut objects.tenants) {
        let rules = rules.get_or_insert_with(|| Rules::for_crd("mdmtenants.yaml"));
        match declared(rules, &key, &manifest) {
            Ok(declared) => drop(all.insert(key, declared)),
            Err(problems) => objects.problems.extend(problems),
        }
    }
    CheckedTenants { declared: all, sealed: std::mem::take(&mut objects.sealed) }
}

fn declared(rules: &Rules, key: &Key, manifest: &Manifest) -> Result<Declared, Vec<ManifestProblem>> {
    let problem = |what| ManifestProblem::about(manifest.place.clone(), ObjectKind::MDMTenant, key, what);
    // The spec of a tenant may be missing, because every field in it is optional.
    let broken = if manifest.spec.is_null() { Vec::new() } else { rules.broken(&manifest.spec) };
    if !broken.is_empty() {
        return Err(broken.iter().map(|fault| problem(fault.to_string())).collect());
    }
    Ok(Declared {
        place: manifest.place.clone(),
        spec: decode::tenant(&manifest.spec).map_err(|what| vec![problem(what)])?,
        generation: manifest.metadata.generation.unwrap_or_default(),
        previous: stored::decode(&manifest.status).0,
    })
}

impl CheckedTenants {
    /// Returns the tenant's settings for a credential. A tenant that is not in the input may exist in the cluster. The
    /// credential is then assessed as if it named no tenant.
    pub fn inherited_by(&self, key: &Key, spec: &TenantCredentialSpec) -> (Option<&MDMTenantSpec>, TenantContext<'_>) {
        match spec.tenant_key(key).and_then(|tenant| self.declared.get(&tenant)) {
            Some(declared) => (Some(&declared.spec), TenantContext::Found(tenant::side(&declared.spec))),
            None => (None, TenantContext::Unnamed),
        }
    }

    /// Returns a sentence if the warning days of a credential are unknown, because its tenant, which may set them, is
    /// encrypted. None if the days are known.
    pub fn hides_days_of(&self, key: &Key, spec: &TenantCredentialSpec) -> Option<String> {
        let tenant = spec.tenant_key(key).filter(|tenant| !self.declared.contains_key(tenant))?;
        let is_it =
            |one: &&EncryptedObject| one.is_a(ObjectKind::MDMTenant) && one.may_be(ObjectKind::MDMTenant, &tenant);
        self.sealed.iter().find(is_it).filter(|_| !spec.has_own_warning_days())?;
        Some(format!("its warning days are those of MDMTenant {}, which is encrypted with sops", tenant.name))
    }

    /// Returns a note if a credential's warning days may come from a tenant that is not in the input.
    pub fn absent(&self, key: &Key, spec: &TenantCredentialSpec) -> Option<String> {
        let tenant = spec
            .tenant_key(key)
            .filter(|tenant| !spec.has_own_warning_days() && !self.declared.contains_key(tenant))?;
        Some(verify_remarks::tenant_absent(&tenant.name))
    }

    /// Returns the encrypted objects, both tenants and TenantCredentials.
    pub fn sealed(&self) -> &[EncryptedObject] {
        &self.sealed
    }

    /// Returns the encrypted TenantCredentials whose name and type can be read.
    pub fn sealed_credentials(&self) -> Vec<Unread> {
        let known = self.sealed.iter().filter_map(EncryptedObject::credential);
        known
            .map(|(key, spec, status)| Unread { key, spec: spec.clone(), previous: stored::decode(status).0 })
            .collect()
    }

    /// Returns the required credential types of a tenant, without the types that an encrypted TenantCredential may
    /// have. Such a type would be reported as missing although a credential of this type may exist.
    fn required(&self, tenant: &Key, declared: &Declared) -> Option<Vec<CredentialType>> {
        let required = declared.spec.required_credentials.clone()?;
        let may_be_there = |type_| self.sealed.iter().any(|one| one.may_belong_to(tenant, type_));
        Some(required.into_iter().filter(|type_| !may_be_there(*type_)).collect())
    }

    /// Assesses the status of each tenant from its assessed credentials, and from the last status of its other
    /// credentials.
    pub fn assess(
        &self,
        checked: &[report::ReportedCredential],
        unread: &[Unread],
        now: DateTime<Utc>,
    ) -> Vec<report::ReportedTenant> {
        let mut members: BTreeMap<Key, CheckedMembers<'_>> = BTreeMap::new();
        for one in checked {
            if let Some(tenant) = one.spec.tenant_key(&one.key) {
                members.entry(tenant).or_default().checked.push(one);
            }
        }
        for one in unread {
            if let Some(tenant) = one.spec.tenant_key(&one.key) {
                members.entry(tenant).or_default().unread.push(one);
            }
        }
        let none = CheckedMembers::default();
        let page = |(key, declared): (&Key, &Declared)| {
            let required = self.required(key, declared);
            declared.assess(key, required, members.get(key).unwrap_or(&none), now)
        };
        self.declared.iter().map(page).collect()
    }
}

/// The TenantCredentials of one tenant.
#[derive(Default)]
struct CheckedMembers<'a> {
    checked: Vec<&'a report::ReportedCredential>,
    unread: Vec<&'a Unread>,
}

impl Declared {
    fn assess(
        &self,
        key: &Key,
        required: Option<Vec<CredentialType>>,
        of: &CheckedMembers<'_>,
        now: DateTime<Utc>,
    ) -> report::ReportedTenant {
        let spec = MDMTenantSpec { required_credentials: required, ..self.spec.clone() };
        let checked = of.checked.iter().map(|one| TenantMember::from_status(&one.key.name, &one.spec, &one.status));
        let unread = of.unread.iter().map(|one| TenantMember::from_status(&one.key.name, &one.spec, &one.previous));
        let members: Vec<TenantMember<'_>> = checked.chain(unread).collect();
        // All credentials of a tenant are in its namespace, and `of.checked` is sorted by name, so a binary search
        // finds them.
        let of_name = |name: &str| of.checked.binary_search_by(|one| (*one.key.name).cmp(name)).ok();
        let words = |name: &str, type_: &str, reason: &str| {
            let one = of.checked.get(of_name(name)?)?;
            one.status.notifications.iter().find(|said| said.type_ == type_ && said.reason == reason).cloned()
        };
        let page = tenant::assess(&TenantInput {
            name: &key.name,
            generation: self.generation,
            spec: &spec,
            previous: &self.previous,
            members: &members,
            words: &words,
            now,
            settle: TimeDelta::zero(),
        });
        report::ReportedTenant { origin: Origin::Manifest(self.place.clone()), key: key.clone(), status: page.status }
    }
}
