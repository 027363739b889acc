//! The code that TenantCredentials and MDMTenants share, because the operator watches, assesses and publishes both.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::api::conditions::ConditionType;
use crate::api::stored::Stored;
use crate::api::{MDMTenantSpec, MDMTenantStatus, TenantCredentialSpec, TenantCredentialStatus, decode};

/// A kind of custom resource that the operator watches.
pub trait WatchedKind: Clone + Copy + Debug + Send + Sync + 'static {
    /// The spec, as users declare it.
    type Spec: Clone + Debug + PartialEq + Send + Sync;
    /// The status, as the operator publishes it.
    type Status: Stored + Clone + Debug + Send + Sync;
    /// The name of the kind.
    const KIND: &'static str;
    /// The plural name of the kind, as in URL paths.
    const PLURAL: &'static str;

    /// True if the operator also works without permission to list objects of this kind.
    const IS_OPTIONAL: bool;

    /// Decodes a spec.
    ///
    /// # Errors
    /// Returns a sentence that names the invalid field and does not quote its content.
    fn decode(spec: &Value) -> Result<Self::Spec, String>;

    /// Decodes only the valid fields of an invalid spec. None if the type is unknown, and always for an MDMTenant.
    fn decode_part(spec: &Value) -> Option<Self::Spec>;

    /// Removes the texts of notifications to save memory in the caches. Each assessment writes the texts again.
    fn strip(status: &mut Self::Status);

    /// Returns the name of the Secret that the object uses. Events of the object name this Secret as the related
    /// object.
    fn secret(spec: &Self::Spec) -> Option<&str>;

    /// Hashes the parts of a status that follow from the spec, the Secret or the clock, and not from the previous
    /// status. If another program keeps overwriting the status, the operator delays its own writes. A new hash means
    /// that there is news, and the status is written at once nevertheless.
    fn gist(status: &Self::Status) -> u64;
}

fn hash(gist: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    gist.hash(&mut hasher);
    hasher.finish()
}

/// The kind TenantCredential.
#[derive(Clone, Copy, Debug)]
pub enum CredentialKind {}

/// The kind MDMTenant.
#[derive(Clone, Copy, Debug)]
pub enum TenantKind {}

impl WatchedKind for CredentialKind {
    type Spec = TenantCredentialSpec;
    type Status = TenantCredentialStatus;
    const KIND: &'static str = "TenantCredential";
    const PLURAL: &'static str = "tenantcredentials";
    const IS_OPTIONAL: bool = false;

    fn decode(spec: &Value) -> Result<Self::Spec, String> {
        decode::spec(spec)
    }

    fn decode_part(spec: &Value) -> Option<Self::Spec> {
        decode::part(spec)
    }

    fn strip(status: &mut Self::Status) {
        for notification in &mut status.notifications {
            notification.message = String::new();
            notification.impact = String::new();
            notification.remedy = String::new();
            notification.runbook_url = None;
        }
    }

    fn secret(spec: &Self::Spec) -> Option<&str> {
        spec.secret_ref.as_ref().map(|secret| secret.name.as_str())
    }

    fn gist(status: &Self::Status) -> u64 {
        let read = status.last_read.as_ref().map(|read| (&read.name, &read.uid, &read.resource_version));
        let stages = [ConditionType::Expiring, ConditionType::Expired].map(ConditionType::as_str);
        let stages = status.conditions.iter().filter(|condition| stages.contains(&condition.type_.as_str()));
        let stages: Vec<_> = stages.map(|stage| (&stage.type_, &stage.reason)).collect();
        hash((status.observed_generation, read, stages))
    }
}

impl WatchedKind for TenantKind {
    type Spec = MDMTenantSpec;
    type Status = MDMTenantStatus;
    const KIND: &'static str = "MDMTenant";
    const PLURAL: &'static str = "mdmtenants";
    const IS_OPTIONAL: bool = true;

    fn decode(spec: &Value) -> Result<Self::Spec, String> {
        decode::tenant(spec)
    }

    fn decode_part(_: &Value) -> Option<Self::Spec> {
        None
    }

    fn strip(status: &mut Self::Status) {
        for notification in &mut status.notifications {
            notification.message = String::new();
            notification.impact = String::new();
            notification.remedy = String::new();
            notification.runbook_url = None;
            notification.contact = None;
            notification.names = Vec::new();
        }
        status.agenda = Vec::new();
    }

    fn secret(_: &Self::Spec) -> Option<&str> {
        None
    }

    fn gist(status: &Self::Status) -> u64 {
        let states = status.credentials.iter().flat_map(|counts| &counts.states);
        let states: Vec<_> = states.map(|state| (&state.state, state.count)).collect();
        let next = status.next_deadline.as_ref().map(|next| (next.time, &next.name));
        let said: Vec<_> = status.notifications.iter().map(|n| (&n.type_, &n.reason, &n.names, n.deadline)).collect();
        hash((status.observed_generation, states, next, said))
    }
}
