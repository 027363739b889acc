//! Which credentials could not be held against their state before: to compare nothing must not look as if all were well.

use std::collections::BTreeSet;

use crate::manifests::ManifestObjects;
use crate::offline::knows;
use crate::offline::previous::Previous;
use crate::report::{Diagnostic, Report, ReportedCredential};
use crate::source::ObjectKind;
use lapsewatch_core::api::{CredentialType, Key, TenantCredentialSpec, TenantCredentialStatus, stored};
use lapsewatch_core::messages::verify_remarks;

/// The state before beside the state now.
pub struct Comparison<'a> {
    previous: &'a Previous,
    /// The TenantCredentials of which something is known to hold them against.
    known: BTreeSet<Key>,
    /// What is encrypted now.
    sealed_now: BTreeSet<[u8; 32]>,
}

impl<'a> Comparison<'a> {
    /// `objects` are those of now, with the statuses that `previous` lent them.
    pub fn new(previous: &'a Previous, objects: &ManifestObjects) -> Self {
        let is_known = |status| knows(&stored::decode::<TenantCredentialStatus>(status).0);
        let known = objects.credentials.iter().filter(|(_, manifest)| is_known(&manifest.status));
        Self {
            previous,
            known: known.map(|(key, _)| key.clone()).collect(),
            sealed_now: objects.sealed.iter().map(|sealed| sealed.digest()).collect(),
        }
    }

    /// Enters what could not be compared into the report. What can't be another credential by other evidence is told and
    /// fails nothing.
    pub fn tell(&self, report: &mut Report) {
        for one in &report.credentials {
            let Some(why) = self.obstacle(one) else { continue };
            let is_vouched_for = one.spec.type_ == CredentialType::X509Certificate || is_pinned(&one.spec, one);
            let message = verify_remarks::not_compared(&why, is_vouched_for);
            let object = Some((ObjectKind::TenantCredential, one.key.clone()));
            let list = if is_vouched_for { &mut report.passed_over } else { &mut report.not_compared };
            list.push(Diagnostic { origin: one.origin.clone(), object, message });
        }
    }

    /// The reason why a credential that was read could not be compared, where there is one.
    fn obstacle(&self, one: &ReportedCredential) -> Option<String> {
        // A date that someone declares has no identity, and none is older than another one.
        let has_nothing_to_compare = one.spec.type_ == CredentialType::DeclaredExpiry || one.is_unreadable();
        if has_nothing_to_compare || self.known.contains(&one.key) {
            return None;
        }
        self.previous.obstacle(&one.key, &self.sealed_now)
    }
}

fn is_pinned(spec: &TenantCredentialSpec, one: &ReportedCredential) -> bool {
    let has_pins = spec.expected_identities.as_ref().is_some_and(|pins| !pins.is_empty());
    // With pins, an identity is accepted only where one of them names it.
    let identity = one.status.credential.as_ref().and_then(|facts| facts.identity.as_ref());
    has_pins && identity.is_some() && one.status.accepted_identity.as_ref() == identity
}
