//! The API `lapsewatch.dev/v1alpha1`: the objects that users declare and the status that the operator publishes.

mod chain;
pub mod conditions;
pub mod crds;
pub mod credential;
pub mod decode;
mod facts;
pub mod identity;
pub mod key;
mod last_read;
pub mod limits;
pub mod names;
pub mod pending_events;
pub mod reasons;
pub mod status;
pub mod stored;
pub mod tenant;
pub mod tenant_status;

pub use credential::{CredentialType, TenantCredential, TenantCredentialSpec};
pub use key::Key;
pub use status::{CredentialFacts, Failure, Severity, TenantCredentialStatus};
pub use tenant::{MDMTenant, MDMTenantSpec};
pub use tenant_status::MDMTenantStatus;

/// The group of the API.
pub const GROUP: &str = "lapsewatch.dev";
/// The only version of the API.
pub const VERSION: &str = "v1alpha1";
