//! MDMTenants: what their credentials have from them, and their pages.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::Unread;
use crate::api::{Key, MDMTenantSpec, MDMTenantStatus, TenantCredentialSpec, decode, stored};
use crate::assessment::Tenant;
use crate::assessment::tenant::{self, Input, Member};
use crate::manifests::rules::Rules;
use crate::manifests::{Kind, Manifest, Objects, Place, Problem};
use crate::report::{self, Origin};

/// All MDMTenants.
pub struct Tenants(BTreeMap<Key, Declared>);

struct Declared {
    place: Place,
    spec: MDMTenantSpec,
    generation: i64,
    previous: MDMTenantStatus,
}

/// Takes all of them; what the API server or the operator would refuse is told to `objects`.
pub fn take(objects: &mut Objects) -> Tenants {
    let mut tenants = BTreeMap::new();
    let mut rules = None;
    for (key, manifest) in std::mem::take(&mut objects.tenants) {
        let rules = rules.get_or_insert_with(|| Rules::of("mdmtenants.yaml"));
        match declared(rules, &key, &manifest) {
            Ok(declared) => drop(tenants.insert(key, declared)),
            Err(problems) => objects.problems.extend(problems),
        }
    }
    Tenants(tenants)
}

fn declared(rules: &Rules, key: &Key, manifest: &Manifest) -> Result<Declared, Vec<Problem>> {
    let problem = |what| Problem::of(manifest.place.clone(), Kind::MDMTenant, key, what);
    // All of a tenant's spec is optional.
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

fn named_by(key: &Key, spec: &TenantCredentialSpec) -> Option<Key> {
    let tenant = spec.tenant_ref.as_ref()?;
    Some(Key { namespace: key.namespace.clone(), name: tenant.name.as_str().into() })
}

impl Tenants {
    /// What a credential has from its tenant. One that is not among what was given need not be missing in the cluster.
    pub fn of(&self, key: &Key, spec: &TenantCredentialSpec) -> (Option<&MDMTenantSpec>, Tenant<'_>) {
        match named_by(key, spec).and_then(|tenant| self.0.get(&tenant)) {
            Some(declared) => (Some(&declared.spec), Tenant::Found(tenant::side(&declared.spec))),
            None => (None, Tenant::Unnamed),
        }
    }

    /// The page of each, among the credentials that were checked and those that were skipped.
    pub fn assess(&self, checked: &[report::Credential], unread: &[Unread], now: DateTime<Utc>) -> Vec<report::Tenant> {
        let mut theirs: HashMap<Key, Credentials<'_>> = HashMap::new();
        for one in checked {
            if let Some(tenant) = named_by(&one.key, &one.spec) {
                theirs.entry(tenant).or_default().checked.push(one);
            }
        }
        for one in unread {
            if let Some(tenant) = named_by(&one.key, &one.spec) {
                theirs.entry(tenant).or_default().unread.push(one);
            }
        }
        self.0.iter().map(|(key, of)| of.assess(key, &theirs.remove(key).unwrap_or_default(), now)).collect()
    }
}

/// The credentials of one tenant, in their order.
#[derive(Default)]
struct Credentials<'a> {
    checked: Vec<&'a report::Credential>,
    unread: Vec<&'a Unread>,
}

impl Declared {
    fn assess(&self, key: &Key, of: &Credentials<'_>, now: DateTime<Utc>) -> report::Tenant {
        let skipped = of.unread.iter().map(|one| Member::of(&one.key.name, &one.spec, &one.previous));
        let ours = of.checked.iter();
        let members: Vec<Member<'_>> =
            ours.clone().map(|one| Member::of(&one.key.name, &one.spec, &one.status)).chain(skipped).collect();
        let words = |name: &str, type_: &str, reason: &str| {
            let one = ours.clone().find(|one| *one.key.name == *name)?;
            one.status.notifications.iter().find(|said| said.type_ == type_ && said.reason == reason).cloned()
        };
        let page = tenant::assess(&Input {
            name: &key.name,
            generation: self.generation,
            spec: &self.spec,
            previous: &self.previous,
            members: &members,
            words: &words,
            now,
            settle: TimeDelta::zero(),
        });
        report::Tenant { origin: Origin::Manifest(self.place.clone()), key: key.clone(), status: page.status }
    }
}
