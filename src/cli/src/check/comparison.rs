//! Reports the credentials that could not be compared with their previous state (`--previous`). Without this report,
//! the user would believe that these credentials were compared and have not changed.

use std::collections::BTreeSet;

use crate::manifests::ManifestObjects;
use crate::offline::knows;
use crate::offline::previous::Previous;
use crate::report::{Diagnostic, Report, ReportedCredential};
use crate::source::ObjectKind;
use lapsewatch_core::api::{CredentialType, Key, TenantCredentialSpec, TenantCredentialStatus, stored};
use lapsewatch_core::messages::verify_remarks;

/// The previous state, and the facts about the present state that show which credentials can't be compared.
pub struct Comparison<'a> {
    previous: &'a Previous,
    /// The TenantCredentials whose previous status contains facts or an identity to compare with.
    known: BTreeSet<Key>,
    /// SHA-256 of each encrypted object in the present state. An encrypted previous object with the same digest is the
    /// same object, unchanged.
    sealed_now: BTreeSet<[u8; 32]>,
}

impl<'a> Comparison<'a> {
    /// Prepares the comparison. `objects` is the present state, into which [`Previous::lend`] has already copied the
    /// previous statuses.
    pub fn new(previous: &'a Previous, objects: &ManifestObjects) -> Self {
        let is_known = |status| knows(&stored::decode::<TenantCredentialStatus>(status).0);
        let known = objects.credentials.iter().filter(|(_, manifest)| is_known(&manifest.status));
        Self {
            previous,
            known: known.map(|(key, _)| key.clone()).collect(),
            sealed_now: objects.sealed.iter().map(|sealed| sealed.digest()).collect(),
        }
    }

    /// Reports each credential that could not be compared with its previous state. The comparison would detect a wrong
    /// identity. Therefore no comparison is needed for a type without a fixed identity, or if `expectedIdentities`
    /// contains the identity. Such a credential only gets a note, which does not change the exit code.
    pub fn add_not_compared(&self, report: &mut Report) {
        for one in &report.credentials {
            let Some(why) = self.obstacle(one) else { continue };
            let is_vouched_for = one.spec.type_ == CredentialType::X509Certificate || is_pinned(&one.spec, one);
            let message = verify_remarks::not_compared(&why, is_vouched_for);
            let object = Some((ObjectKind::TenantCredential, one.key.clone()));
            let list = if is_vouched_for { &mut report.passed_over } else { &mut report.not_compared };
            list.push(Diagnostic { origin: one.origin.clone(), object, message });
        }
    }

    /// Returns the reason why a credential that was read could not be compared. None if the credential was compared, or
    /// has nothing to compare: no file, or unreadable content.
    fn obstacle(&self, one: &ReportedCredential) -> Option<String> {
        // The date of a DeclaredExpiry has no identity and can't be older than a previous credential.
        let has_nothing_to_compare = one.spec.type_ == CredentialType::DeclaredExpiry || one.is_unreadable();
        if has_nothing_to_compare || self.known.contains(&one.key) {
            return None;
        }
        self.previous.obstacle(&one.key, &self.sealed_now)
    }
}

fn is_pinned(spec: &TenantCredentialSpec, one: &ReportedCredential) -> bool {
    let has_pins = spec.expected_identities.as_ref().is_some_and(|pins| !pins.is_empty());
    // If the spec has `expectedIdentities`, only an identity in this list becomes the accepted identity.
    let identity = one.status.credential.as_ref().and_then(|facts| facts.identity.as_ref());
    has_pins && identity.is_some() && one.status.accepted_identity.as_ref() == identity
}
