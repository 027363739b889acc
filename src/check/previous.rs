//! What was said before: by the manifests of a base branch, or by what a cluster gave of its objects.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::credentials;
use super::tenants::{self, Tenants};
use crate::api::{Key, MDMTenantSpec, TenantCredentialSpec, TenantCredentialStatus};
use crate::assessment::peers::Index;
use crate::manifests::{self, Objects, Problem};
use crate::report::{Origin, Report};
use crate::secret::SecretData;

/// All that was found before.
pub struct Previous {
    found: BTreeMap<Key, Before>,
    tenants: Tenants,
    objects: Objects,
    /// Who held what.
    pub index: Index,
}

/// A TenantCredential as it was.
pub struct Before {
    /// Where it was found; none where its Secret was not given.
    pub origin: Option<Origin>,
    /// What its user declared.
    pub spec: TenantCredentialSpec,
    /// What was said of it: by its status, and by its Secret where that was given.
    pub status: TenantCredentialStatus,
    /// When it was created, in seconds since 1970.
    pub created: Option<i64>,
}

/// Reads all that `paths` name; `-` is `stdin`.
pub fn read(paths: &[PathBuf], stdin: &mut dyn Read, now: DateTime<Utc>) -> Previous {
    let mut objects = manifests::read(paths, stdin);
    let created: BTreeMap<Key, i64> = objects
        .credentials
        .iter()
        .filter_map(|(key, one)| Some((key.clone(), one.metadata.creation_timestamp.as_ref()?.0.as_second())))
        .collect();
    let tenants = tenants::take(&mut objects);
    let mut all = credentials::read(&mut objects, &mut Report::default());
    let checked = all.assess(&tenants, now).into_iter().map(|one| (one.key, Some(one.origin), one.spec, one.status));
    let checked: Vec<_> = checked.collect();
    let unread = std::mem::take(&mut all.unread).into_iter().map(|one| (one.key, None, one.spec, one.previous));
    let found = checked.into_iter().chain(unread).map(|(key, origin, spec, status)| {
        let created = created.get(&key).copied();
        (key, Before { origin, spec, status, created })
    });
    Previous { found: found.collect(), tenants, objects, index: all.index }
}

impl Previous {
    /// The TenantCredentials.
    pub fn found(&self) -> &BTreeMap<Key, Before> {
        &self.found
    }

    /// The tenant of one of them.
    pub fn tenant(&self, key: &Key, spec: &TenantCredentialSpec) -> Option<&MDMTenantSpec> {
        self.tenants.of(key, spec).0
    }

    /// The Secret of one of them, where it was given and can be decoded.
    pub fn secret(&self, key: &Key, spec: &TenantCredentialSpec) -> Option<SecretData> {
        let name = spec.secret_ref.as_ref()?.name.as_str();
        let secret = self.objects.secrets.get(&Key { namespace: key.namespace.clone(), name: name.into() })?;
        if secret.is_encrypted { None } else { secret.decode().ok() }
    }

    /// What could not be read or understood.
    pub fn problems(&self) -> &[Problem] {
        &self.objects.problems
    }
}
