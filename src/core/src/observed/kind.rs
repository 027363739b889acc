//! The two kinds of object that are watched, assessed and written, as far as that is the same for both.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::api::conditions::ConditionType;
use crate::api::stored::Stored;
use crate::api::{MDMTenantSpec, MDMTenantStatus, TenantCredentialSpec, TenantCredentialStatus, decode};

/// A kind of object.
pub trait WatchedKind: Clone + Copy + Debug + Send + Sync + 'static {
    /// What the user declares.
    type Spec: Clone + Debug + PartialEq + Send + Sync;
    /// What the operator says.
    type Status: Stored + Clone + Debug + Send + Sync;
    /// The kind's name.
    const KIND: &'static str;
    /// Its name in paths.
    const PLURAL: &'static str;

    /// Whether the operator does its work without them where they can't be listed.
    const IS_OPTIONAL: bool;

    /// The spec, or the path of what can't be understood in it.
    ///
    /// # Errors
    /// A sentence that names the field and quotes nothing of its content.
    fn decode(spec: &Value) -> Result<Self::Spec, String>;

    /// What can be understood of a spec that as a whole can't.
    fn decode_part(spec: &Value) -> Option<Self::Spec>;

    /// Removes the texts other than those of conditions. Each assessment makes them anew, and the caches keep none.
    fn strip(status: &mut Self::Status);

    /// The Secret that its Events are about, too.
    fn secret(spec: &Self::Spec) -> Option<&str>;

    /// A hash of what the status says because of the spec, the Secret or the clock, and not because of what the status
    /// contained before. A different gist is news, whoever else writes the status.
    fn gist(status: &Self::Status) -> u64;
}

fn hash(gist: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    gist.hash(&mut hasher);
    hasher.finish()
}

/// TenantCredentials.
#[derive(Clone, Copy, Debug)]
pub enum CredentialKind {}

/// MDMTenants.
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
