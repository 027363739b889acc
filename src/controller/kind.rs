//! The two kinds of object that are watched, assessed and written, as far as that is the same for both.

use std::fmt::Debug;

use kube::Resource;
use serde_json::Value;

use crate::api::stored::Stored;
use crate::api::{
    MDMTenant, MDMTenantSpec, MDMTenantStatus, TenantCredential, TenantCredentialSpec, TenantCredentialStatus, decode,
};

/// A kind of object.
pub trait Kind: Clone + Copy + Debug + Send + Sync + 'static {
    /// Its type in the API.
    type Object: Resource<DynamicType = ()>;
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
}

/// TenantCredentials.
#[derive(Clone, Copy, Debug)]
pub enum Credential {}

/// MDMTenants.
#[derive(Clone, Copy, Debug)]
pub enum Tenant {}

impl Kind for Credential {
    type Object = TenantCredential;
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
}

impl Kind for Tenant {
    type Object = MDMTenant;
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
}
