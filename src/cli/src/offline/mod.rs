//! Assesses credentials and tenants from manifests without a cluster. `check` and `verify` share this module.

pub mod credentials;
pub mod previous;
pub mod readings;
pub mod tenants;

use lapsewatch_core::api::{Key, TenantCredentialSpec, TenantCredentialStatus};

/// A TenantCredential that can't be assessed from the input, for example because its Secret is missing. Its last status
/// replaces the assessment.
pub struct Unread {
    /// The namespace and name of the object.
    pub key: Key,
    /// The spec of the object.
    pub spec: TenantCredentialSpec,
    /// The status of the object. Empty if the manifest contains no status.
    pub previous: TenantCredentialStatus,
}

/// True if a status contains the facts or the identity of a credential, so that a new credential can be compared.
pub fn knows(status: &TenantCredentialStatus) -> bool {
    status.credential.is_some() || status.accepted_identity.is_some()
}
