//! A holder: as much of a TenantCredential as others need to know of it.

use std::sync::Arc;

use crate::api::credential::Override;
use crate::api::identity;
use crate::api::reasons::FailureReason;
use crate::api::status::Expiry;
use crate::api::{CredentialFacts, CredentialType, Key, TenantCredentialSpec, TenantCredentialStatus};
use crate::assessment::{Reading, normalize};

/// SHA-256.
pub(super) type Fingerprint = [u8; 32];

/// When a credential ends, as far as that tells which of two is newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// It carries no date of its own.
    Unknown,
    /// In seconds since 1970.
    Known(i64),
    /// It does not end.
    Never,
}

/// One that holds a credential of an exclusive type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// When the object was created, in seconds since 1970; none where it is only going to be.
    pub created: Option<i64>,
    /// Of what type it is.
    pub type_: CredentialType,
    /// The Secret it is read from.
    pub secret: Arc<str>,
    /// Whether it assumes control of a shared token.
    pub claims: bool,
    /// Its tenant's name.
    pub tenant: Option<Arc<str>>,
    /// The credential's fingerprint.
    pub fingerprint: Fingerprint,
    /// The credential's identity, where a newer one of the same identity supersedes it.
    pub identity: Option<Arc<str>>,
    /// When it ends.
    pub end: End,
}

/// Whether only one at a time may use a credential of this type.
pub fn is_exclusive(type_: CredentialType) -> bool {
    !matches!(type_, CredentialType::X509Certificate | CredentialType::DeclaredExpiry)
}

impl Holder {
    /// What an object holds, if it does: `facts` as last read, `failure` where they can't be read now. One whose Secret or
    /// key is gone holds nothing; one that is unreadable otherwise still does.
    pub fn of(
        created: Option<i64>,
        spec: &TenantCredentialSpec,
        facts: Option<&CredentialFacts>,
        failure: Option<FailureReason>,
    ) -> Option<Self> {
        if !is_exclusive(spec.type_)
            || matches!(failure, Some(FailureReason::SecretNotFound | FailureReason::KeyNotFound))
        {
            return None;
        }
        let facts = facts?;
        let superseded = matches!(spec.type_, CredentialType::APNsCertificate | CredentialType::DEPToken);
        Some(Self {
            created,
            type_: spec.type_,
            secret: spec.secret_ref.as_ref()?.name.as_str().into(),
            claims: spec.vpp_token.as_ref().and_then(|vpp| vpp.override_) == Some(Override::Enabled),
            tenant: spec.tenant_ref.as_ref().map(|tenant| tenant.name.as_str().into()),
            fingerprint: fingerprint(facts.fingerprint.as_deref()?)?,
            identity: facts.identity.as_deref().filter(|_| superseded).map(|name| identity::canonical(name).into()),
            end: match (facts.expiry, facts.not_after) {
                (Expiry::Known, Some(end)) => End::Known(end.timestamp()),
                (Expiry::Never, _) => End::Never,
                _ => End::Unknown,
            },
        })
    }

    /// The claim of an object on what was read. `previous` has the facts of an earlier reading, which count while the
    /// credential can't be read.
    pub fn from_reading(
        created: Option<i64>,
        spec: &TenantCredentialSpec,
        previous: &TenantCredentialStatus,
        reading: &Reading,
    ) -> Option<Self> {
        if !is_exclusive(spec.type_) {
            return None;
        }
        match reading {
            // The facts are normalized as they are published, so that a restart finds the same claim in the status.
            Reading::Facts(facts) => Self::of(created, spec, Some(&normalize::facts(facts.clone(), spec)), None),
            Reading::Failed(failure) => Self::of(created, spec, previous.credential.as_ref(), Some(failure.reason)),
        }
    }

    /// What an object held when something was last said of it.
    pub fn remembered(
        created: Option<i64>,
        spec: &TenantCredentialSpec,
        previous: &TenantCredentialStatus,
    ) -> Option<Self> {
        let not_found = FailureReason::SecretNotFound;
        let is_gone = previous.conditions.iter().any(|c| c.type_ == "Ready" && c.reason == not_found.as_str());
        let read = previous.last_read.as_ref().and_then(|read| read.failure.as_ref());
        let failure = if is_gone { Some(not_found) } else { read.map(|failure| failure.reason) };
        Self::of(created, spec, previous.credential.as_ref(), failure)
    }

    pub(super) fn rank(&self, key: &Key) -> Rank {
        Rank { created: self.created.unwrap_or(i64::MAX), key: key.clone() }
    }

    /// The Secret, by namespace and name.
    pub(super) fn place(&self, key: &Key) -> Key {
        Key { namespace: key.namespace.clone(), name: self.secret.clone() }
    }
}

/// From 64 hex digits.
fn fingerprint(hex: &str) -> Option<Fingerprint> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// The order of age: older ones first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Rank {
    created: i64,
    pub key: Key,
}
