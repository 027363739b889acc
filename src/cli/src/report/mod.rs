//! Defines the report of a command about many objects from manifests or a cluster. Each output format has its own file.

mod diagnostic;
pub mod finding;
pub mod gate;
mod github;
pub mod json;
mod junit;
mod markdown;
mod sarif;
pub mod summary;
mod table;

use chrono::{DateTime, Utc};

use lapsewatch_core::api::conditions::{Condition, ConditionStatus, ConditionType};
use lapsewatch_core::api::reasons::ChangeReason;
use lapsewatch_core::api::status::Expiry;
use lapsewatch_core::api::tenant_status::TenantNotification;
use lapsewatch_core::api::{Key, MDMTenantStatus, TenantCredentialSpec, TenantCredentialStatus};

pub use diagnostic::{Diagnostic, Origin};
pub use finding::ReportedFinding;
pub use gate::Gate;
pub use github::write as github;
pub use json::write as json;
pub use junit::write as junit;
pub use markdown::write as markdown;
pub use sarif::write as sarif;
pub use summary::Summary;
pub use table::block;
pub use table::write as table;

/// One TenantCredential with its assessed status.
#[derive(Clone, Debug)]
pub struct ReportedCredential {
    /// The origin of the TenantCredential.
    pub origin: Origin,
    /// The namespace and name of the TenantCredential.
    pub key: Key,
    /// The spec, with the values inherited from the tenant.
    pub spec: TenantCredentialSpec,
    /// The assessed status.
    pub status: TenantCredentialStatus,
}

/// One MDMTenant with its assessed status.
#[derive(Clone, Debug)]
pub struct ReportedTenant {
    /// The origin of the MDMTenant.
    pub origin: Origin,
    /// The namespace and name of the MDMTenant.
    pub key: Key,
    /// The assessed status.
    pub status: MDMTenantStatus,
}

/// The results for all objects that a command examined.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The name of the command.
    pub command: &'static str,
    /// The time to which the results apply.
    pub at: DateTime<Utc>,
    /// The assessed TenantCredentials, sorted by namespace and name.
    pub credentials: Vec<ReportedCredential>,
    /// The assessed MDMTenants, sorted by namespace and name.
    pub tenants: Vec<ReportedTenant>,
    /// TenantCredentials that could not be assessed because the input lacks something, with the reasons.
    pub skipped: Vec<Diagnostic>,
    /// Assessed TenantCredentials whose previous state could not be read, with the reasons.
    pub not_compared: Vec<Diagnostic>,
    /// Parts of the input that could not be read. They make the command fail.
    pub problems: Vec<Diagnostic>,
    /// Ignored parts of the input, which do not change the exit code: for example unusable Secrets, encrypted fields,
    /// and files in folders that are not manifests.
    pub passed_over: Vec<Diagnostic>,
    /// Credentials that differ from the previous state.
    pub changes: Vec<CredentialChange>,
    /// TenantCredentials of the previous state that the input does not contain.
    pub removed: Vec<Diagnostic>,
    /// Notes on the input as a whole, such as objects that could not be listed.
    pub notes: Vec<Diagnostic>,
    /// The counts before `--min-severity` removed objects from this report. None if no object was removed by severity.
    pub whole: Option<Summary>,
}

/// A change of a credential since the previous state.
#[derive(Clone, Debug)]
pub struct CredentialChange {
    /// The namespace and name of the TenantCredential.
    pub key: Key,
    /// The kind of change.
    pub reason: ChangeReason,
    /// The change in words.
    pub message: String,
}

impl ReportedCredential {
    /// Returns the state in one word: the reason of the condition Healthy.
    pub fn state(&self) -> Option<&str> {
        state(&self.status.conditions)
    }

    /// True if the credential could not be read: its condition Ready is False.
    pub fn is_unreadable(&self) -> bool {
        self.status.conditions.iter().any(|condition| {
            condition.type_ == ConditionType::Ready.as_str() && condition.status == ConditionStatus::False
        })
    }

    /// Returns the last moment at which the credential is valid. None if this moment is unknown.
    pub fn not_after(&self) -> Option<DateTime<Utc>> {
        let facts = self.status.credential.as_ref()?;
        facts.not_after.filter(|_| facts.expiry == Expiry::Known)
    }
}

impl ReportedTenant {
    /// Returns the state in one word: the reason of the condition Healthy.
    pub fn state(&self) -> Option<&str> {
        state(&self.status.conditions)
    }

    /// Returns the findings of the tenant itself, without the findings of its credentials.
    pub fn own(&self) -> impl Iterator<Item = &TenantNotification> {
        self.status.notifications.iter().filter(|said| said.credential_type.is_none())
    }
}

fn state(conditions: &[Condition]) -> Option<&str> {
    let healthy = conditions.iter().find(|condition| condition.type_ == ConditionType::Healthy.as_str());
    healthy.map(|condition| condition.reason.as_str())
}
