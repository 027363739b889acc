//! What a command found of many objects: one shape, whether manifests or a cluster gave them. Each format is one file.

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

/// One TenantCredential, and what is said of it.
#[derive(Clone, Debug)]
pub struct ReportedCredential {
    /// Where it was found.
    pub origin: Origin,
    /// Its namespace and name.
    pub key: Key,
    /// What its user declares, with what it has from its tenant.
    pub spec: TenantCredentialSpec,
    /// What is said of it.
    pub status: TenantCredentialStatus,
}

/// One MDMTenant, and what is said of it.
#[derive(Clone, Debug)]
pub struct ReportedTenant {
    /// Where it was found.
    pub origin: Origin,
    /// Its namespace and name.
    pub key: Key,
    /// What is said of it.
    pub status: MDMTenantStatus,
}

/// What came of all that was looked at.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The command that looked.
    pub command: &'static str,
    /// The time of which all of it is said.
    pub at: DateTime<Utc>,
    /// Sorted by namespace and name.
    pub credentials: Vec<ReportedCredential>,
    /// Likewise.
    pub tenants: Vec<ReportedTenant>,
    /// TenantCredentials that could not be judged for want of something that was not given, and why.
    pub skipped: Vec<Diagnostic>,
    /// TenantCredentials that were judged, but whose state before could not be seen, and why.
    pub not_compared: Vec<Diagnostic>,
    /// What could not be read or understood.
    pub problems: Vec<Diagnostic>,
    /// Parts of folders that are no manifests, and encrypted parts of objects that were judged without them.
    pub passed_over: Vec<Diagnostic>,
    /// Credentials that are others than before, where that is known.
    pub changes: Vec<CredentialChange>,
    /// TenantCredentials that were there before.
    pub removed: Vec<Diagnostic>,
    /// What is good to know of the input as a whole, such as objects that could not be seen.
    pub notes: Vec<Diagnostic>,
    /// The counts of all that was judged, where the report holds a selection of it.
    pub whole: Option<Summary>,
}

/// What became of a credential since before.
#[derive(Clone, Debug)]
pub struct CredentialChange {
    /// Whose.
    pub key: Key,
    /// What the change is.
    pub reason: ChangeReason,
    /// The same in words.
    pub message: String,
}

impl ReportedCredential {
    /// Its state in one word: the reason of its condition Healthy.
    pub fn state(&self) -> Option<&str> {
        state(&self.status.conditions)
    }

    /// True where the credential was not read this time: its file is wrong, locked or gone.
    pub fn is_unreadable(&self) -> bool {
        self.status.conditions.iter().any(|condition| {
            condition.type_ == ConditionType::Ready.as_str() && condition.status == ConditionStatus::False
        })
    }

    /// The last moment of its validity, where that is known.
    pub fn not_after(&self) -> Option<DateTime<Utc>> {
        let facts = self.status.credential.as_ref()?;
        facts.not_after.filter(|_| facts.expiry == Expiry::Known)
    }
}

impl ReportedTenant {
    /// Its state in one word: the reason of its condition Healthy.
    pub fn state(&self) -> Option<&str> {
        state(&self.status.conditions)
    }

    /// What is said of the tenant itself, and not of one of its credentials.
    pub fn own(&self) -> impl Iterator<Item = &TenantNotification> {
        self.status.notifications.iter().filter(|said| said.credential_type.is_none())
    }
}

fn state(conditions: &[Condition]) -> Option<&str> {
    let healthy = conditions.iter().find(|condition| condition.type_ == ConditionType::Healthy.as_str());
    healthy.map(|condition| condition.reason.as_str())
}
