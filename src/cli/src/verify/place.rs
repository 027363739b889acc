//! The place that the new credential would stand in: the object, what is known of it, and what stands beside it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::local_files::{self, LocalCredential};
use lapsewatch_core::api::status::KeySelection;
use lapsewatch_core::api::{CredentialType, Key, MDMTenantSpec, TenantCredentialSpec, TenantCredentialStatus};
use lapsewatch_core::assessment::peers::Peers;
use lapsewatch_core::assessment::{AssessmentInput, Reading, TenantContext, assess, tenant};
use lapsewatch_core::credential;
use lapsewatch_core::messages::verify_remarks;
use lapsewatch_core::secret::SecretData;

/// What is in the Secret now.
pub enum InstalledSecret {
    /// All of this.
    Seen(SecretData),
    /// There is no Secret.
    Missing,
    /// It could not be seen.
    Unseen,
}

/// The place.
pub struct RenewalTarget {
    /// The object; none where only files are compared.
    pub key: Option<Key>,
    /// What its user declares.
    pub spec: TenantCredentialSpec,
    /// Which keys of the Secret are named.
    pub selection: KeySelection,
    /// What was said of it last.
    pub status: TenantCredentialStatus,
    /// What its Secret holds.
    pub beside: InstalledSecret,
    /// Its tenant, where that was seen.
    pub tenant: Option<MDMTenantSpec>,
    /// When it was created, in seconds since 1970.
    pub created: Option<i64>,
    /// What was seen and what was not.
    pub remarks: Vec<String>,
}

impl RenewalTarget {
    /// With what the object has from its tenant, and what an operator that is up to date would say of what is in place.
    pub fn settle(&mut self, now: DateTime<Utc>) {
        self.spec = tenant::inherit(&self.spec, self.tenant.as_ref()).into_owned();
        let reading = match &self.beside {
            InstalledSecret::Seen(data) => match credential::read(self.spec.type_, data, &self.selection) {
                Ok(facts) => Reading::Facts(facts),
                Err(failure) => Reading::Failed(failure),
            },
            InstalledSecret::Missing => {
                self.remarks.push(verify_remarks::no_secret(&self.spec));
                return;
            }
            InstalledSecret::Unseen => return,
        };
        let assessment = assess(AssessmentInput {
            uid: "",
            generation: self.status.observed_generation.unwrap_or_default(),
            spec: &self.spec,
            previous: &self.status,
            reading,
            last_read: None,
            peers: Peers::Pending,
            tenant: self.whose(),
            now,
            settle: TimeDelta::zero(),
        });
        self.status = assessment.status;
    }

    /// Whose it is.
    pub fn whose(&self) -> TenantContext<'_> {
        self.tenant.as_ref().map_or(TenantContext::Unnamed, |spec| TenantContext::Found(tenant::side(spec)))
    }

    /// For files that are compared with each other, of this type.
    pub fn of_files(type_: CredentialType, beside: LocalCredential) -> Self {
        Self {
            key: None,
            spec: local_files::spec(type_),
            selection: beside.selection,
            status: TenantCredentialStatus::default(),
            beside: InstalledSecret::Seen(beside.data),
            tenant: None,
            created: None,
            remarks: Vec::new(),
        }
    }
}
