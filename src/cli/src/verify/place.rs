//! Describes the target of a renewal: the TenantCredential, its last status, and the present values of its Secret.

use chrono::{DateTime, TimeDelta, Utc};

use crate::local_files::{self, LocalCredential};
use lapsewatch_core::api::status::KeySelection;
use lapsewatch_core::api::{CredentialType, Key, MDMTenantSpec, TenantCredentialSpec, TenantCredentialStatus};
use lapsewatch_core::assessment::peers::Peers;
use lapsewatch_core::assessment::{AssessmentInput, TenantContext, assess, tenant};
use lapsewatch_core::messages::verify_remarks;
use lapsewatch_core::secret::SecretData;

/// The present Secret of the TenantCredential, before the renewal.
pub enum InstalledSecret {
    /// The Secret was read and has these values.
    Seen(SecretData),
    /// The Secret does not exist.
    Missing,
    /// The Secret could not be read.
    Unseen,
}

/// The TenantCredential whose credential is renewed, and its state before the renewal.
pub struct RenewalTarget {
    /// The namespace and name of the object. None if only files are compared.
    pub key: Option<Key>,
    /// The spec of the object.
    pub spec: TenantCredentialSpec,
    /// The Secret keys that the spec names.
    pub selection: KeySelection,
    /// The last status of the object.
    pub status: TenantCredentialStatus,
    /// The present Secret. If only files are compared, the values of the present files.
    pub beside: InstalledSecret,
    /// The spec of the tenant. None if the tenant was not read.
    pub tenant: Option<MDMTenantSpec>,
    /// The object's creation time, in seconds since 1970-01-01 UTC.
    pub created: Option<i64>,
    /// Remarks for the user, for example on a tenant or a Secret that could not be read.
    pub remarks: Vec<String>,
}

impl RenewalTarget {
    /// Applies the settings of the tenant. If the present Secret was read, replaces `status` by an assessment of the
    /// credential in this Secret. The status from the cluster may be outdated or missing.
    pub fn settle(&mut self, now: DateTime<Utc>) {
        self.spec = tenant::inherit(&self.spec, self.tenant.as_ref()).into_owned();
        let reading = match &self.beside {
            InstalledSecret::Seen(data) => lapsewatch_core::read(self.spec.type_, data, &self.selection).into(),
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

    /// Returns the tenant of the object for the assessment.
    pub fn whose(&self) -> TenantContext<'_> {
        self.tenant.as_ref().map_or(TenantContext::Unnamed, |spec| TenantContext::Found(tenant::side(spec)))
    }

    /// Creates a target without an object in a cluster, to compare new files with the files in `beside`.
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
