//! Reads the TenantCredential to renew from manifests, such as a base branch or the output of `kubectl get -o yaml`.

use std::io::Read;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::place::{InstalledSecret, RenewalTarget};
use crate::offline::previous::{self, Before, Previous};
use lapsewatch_core::api::{CredentialFacts, Key};
use lapsewatch_core::assessment::peers::{Holder, Peers, is_exclusive};
use lapsewatch_core::messages::verify_remarks;

/// The maximum number of names or problems in a message.
const MOST: usize = 10;

/// The previous state that the manifests describe.
pub struct Manifests {
    previous: Previous,
}

impl Manifests {
    /// Reads all manifests of `paths`.
    pub fn read(paths: &[PathBuf], stdin: &mut dyn Read, now: DateTime<Utc>) -> Self {
        Self { previous: previous::read(paths, stdin, now) }
    }

    /// Returns the TenantCredential with this name. Without a name, returns the only TenantCredential in the manifests.
    ///
    /// # Errors
    /// Returns a sentence if no TenantCredential or more than one matches.
    pub fn place(&self, namespace: Option<&str>, name: Option<&str>) -> Result<RenewalTarget, String> {
        let is_meant = |key: &Key| {
            name.is_none_or(|name| *key.name == *name) && namespace.is_none_or(|namespace| *key.namespace == *namespace)
        };
        let mut meant = self.previous.found().iter().filter(|(key, _)| is_meant(key));
        let (key, before) = match (meant.next(), meant.next()) {
            (Some(only), None) => only,
            (Some(_), Some(_)) => return Err(self.several(is_meant)),
            (None, _) => return Err(self.none(name)),
        };
        Ok(self.renewal_target(key, before))
    }

    fn renewal_target(&self, key: &Key, before: &Before) -> RenewalTarget {
        let problems = self.previous.problems().iter().chain(self.previous.encrypted());
        let mut remarks: Vec<String> = problems.map(|problem| format!("--previous: {problem}")).collect();
        if let Some(more) = remarks.len().checked_sub(MOST).filter(|more| *more > 0) {
            remarks.truncate(MOST);
            remarks.push(verify_remarks::more_problems(more));
        }
        let beside = match self.previous.secret(key, &before.spec) {
            Ok(data) => InstalledSecret::Seen(data),
            Err(why) => {
                remarks.push(verify_remarks::secret_unseen(&before.spec, why));
                InstalledSecret::Unseen
            }
        };
        if let Some(tenant) = before.spec.tenant_ref.as_ref().filter(|_| self.previous.hides_days_of(key, &before.spec))
        {
            remarks.push(verify_remarks::tenant_unseen(&tenant.name, "it is encrypted with sops"));
        }
        RenewalTarget {
            key: Some(key.clone()),
            selection: before.spec.selection(),
            tenant: self.previous.tenant(key, &before.spec).cloned(),
            spec: before.spec.clone(),
            status: before.status.clone(),
            beside,
            created: before.created,
            remarks,
        }
    }

    fn none(&self, name: Option<&str>) -> String {
        let name = name.map(|name| format!(" {name}")).unwrap_or_default();
        let none = format!("there is no TenantCredential{name} in what --previous gives");
        // The unreadable object may be the requested object.
        match self.previous.problems().iter().chain(self.previous.encrypted()).next() {
            Some(problem) => format!("{none}, but {problem}"),
            None => none,
        }
    }

    fn several(&self, is_meant: impl Fn(&Key) -> bool) -> String {
        let names = self.previous.found().keys().filter(|key| is_meant(key)).take(MOST).map(|key| key.to_string());
        format!(
            "--previous gives several TenantCredentials: name one, and with -n its namespace, of {}",
            names.collect::<Vec<_>>().join(", ")
        )
    }

    /// Finds the other TenantCredentials in the manifests that use the new credential. Also returns a remark if some of
    /// the objects could not be read.
    pub fn peers(&mut self, place: &RenewalTarget, facts: &CredentialFacts) -> (Peers, Option<String>) {
        let Some(key) = &place.key else { return (Peers::Pending, None) };
        let unread = match is_exclusive(place.spec.type_) {
            true => self.previous.unread_beside(key, place.spec.type_),
            false => 0,
        };
        let index = &mut self.previous.index;
        index.set(key, Holder::from_facts(place.created, &place.spec, Some(facts), None));
        (Peers::Known(index.view(key)), (unread > 0).then(|| verify_remarks::others_unread(unread)))
    }
}
