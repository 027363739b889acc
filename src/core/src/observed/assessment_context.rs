//! Assesses an observed object in its context. The operator and the `status` command share this code, so that both
//! reach the same verdicts.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::Observed;
use super::kind::TenantKind;
use super::last_reading::LastReading;
use crate::api::{MDMTenantSpec, TenantCredentialSpec};
use crate::assessment::peers::Peers;
use crate::assessment::{self, Assessment, AssessmentInput, tenant};

/// The facts outside an object on which its assessment depends.
#[derive(Clone, Default)]
pub struct AssessmentContext {
    /// The other TenantCredentials with the same credential, as far as known.
    pub peers: Peers,
    /// The tenant that the object names.
    pub tenant: NamedTenant,
}

/// The tenant that an object names.
#[derive(Clone, Debug, Default)]
pub enum NamedTenant {
    /// The object names no tenant.
    #[default]
    Unnamed,
    /// The object names a tenant, but tenants can't be listed.
    Unseen,
    /// The named tenant does not exist.
    NotFound,
    /// The named tenant as it was last observed.
    Found(Arc<Observed<TenantKind>>),
}

impl NamedTenant {
    /// Returns the spec of the tenant. None if no tenant was found or its spec is invalid.
    pub fn spec(&self) -> Option<&MDMTenantSpec> {
        match self {
            Self::Found(tenant) => tenant.spec.as_ref().ok(),
            _ => None,
        }
    }
}

impl AssessmentContext {
    /// Assesses an object from its last reading. `generation` is the generation of `spec`. After a change of the spec,
    /// this is the previous generation until the Secret of the new spec is read.
    pub fn assess(
        self,
        observed: &Observed,
        spec: &TenantCredentialSpec,
        generation: i64,
        last: LastReading,
        now: DateTime<Utc>,
        settle: TimeDelta,
    ) -> Assessment {
        let spec = match self.tenant {
            NamedTenant::Unseen => tenant::inherit_unseen(spec, &observed.previous),
            _ => tenant::inherit(spec, self.tenant.spec()),
        };
        let tenant = match &self.tenant {
            NamedTenant::Unnamed | NamedTenant::Unseen => assessment::TenantContext::Unnamed,
            NamedTenant::NotFound => assessment::TenantContext::NotFound,
            NamedTenant::Found(_) => {
                assessment::TenantContext::Found(self.tenant.spec().map(tenant::side).unwrap_or_default())
            }
        };
        assessment::assess(AssessmentInput {
            uid: &observed.uid,
            generation,
            spec: &spec,
            previous: &observed.previous,
            reading: last.reading,
            last_read: last.last_read,
            peers: self.peers.clone(),
            tenant,
            now,
            settle,
        })
    }
}
