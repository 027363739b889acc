//! Credentials and tenants from manifests, assessed without a cluster. `check` and `verify` share this.

pub mod credentials;
pub mod previous;
pub mod readings;
pub mod tenants;

use lapsewatch_core::api::{Key, TenantCredentialSpec, TenantCredentialStatus};

/// A credential whose Secret is not in the input, with the status that the manifest contains.
pub struct Unread {
    /// The object.
    pub key: Key,
    /// Its spec.
    pub spec: TenantCredentialSpec,
    /// Its status. Empty if the manifest contains none.
    pub previous: TenantCredentialStatus,
}

/// True if a status contains something that a credential can be compared with.
pub fn knows(status: &TenantCredentialStatus) -> bool {
    status.credential.is_some() || status.accepted_identity.is_some()
}
