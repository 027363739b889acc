//! A holder: a TenantCredential whose Secret contains a certain credential, reduced to the properties that matter to
//! the other holders of this credential.

use std::sync::Arc;

use crate::api::credential::Override;
use crate::api::identity;
use crate::api::reasons::FailureReason;
use crate::api::status::Expiry;
use crate::api::{CredentialFacts, CredentialType, Key, TenantCredentialSpec, TenantCredentialStatus};
use crate::assessment::{Reading, normalize};

/// A SHA-256 fingerprint.
pub(super) type Fingerprint = [u8; 32];

/// The expiry of a credential, in the order that determines which of two credentials is newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// The credential contains no expiry date.
    Unknown,
    /// The expiry in seconds since 1970.
    Known(i64),
    /// The credential does not expire.
    Never,
}

/// A TenantCredential whose Secret contains a credential that only one MDM may use (see [`is_exclusive`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The creation time of the object in seconds since 1970. None if the object does not exist yet.
    pub created: Option<i64>,
    /// The type of the credential.
    pub type_: CredentialType,
    /// The name of the Secret that contains the credential.
    pub secret: Arc<str>,
    /// True if the object claims a shared VPP token with an override.
    pub claims: bool,
    /// The name of the tenant. None if the object names no tenant.
    pub tenant: Option<Arc<str>>,
    /// The fingerprint of the credential.
    pub fingerprint: Fingerprint,
    /// The identity of the credential. None for types whose credentials are not superseded by a newer credential of
    /// the same identity.
    pub identity: Option<Arc<str>>,
    /// The expiry of the credential.
    pub end: End,
}

/// True if only one MDM at a time may use a credential of this type.
pub fn is_exclusive(type_: CredentialType) -> bool {
    !matches!(type_, CredentialType::X509Certificate | CredentialType::DeclaredExpiry)
}

impl Holder {
    /// Creates the holder of an object from the `facts` that were last read and the present `failure`, if any. None if
    /// the object uses no credential of an exclusive type, for example because its Secret or Secret key is missing.
    /// After other failures, the object still counts as a holder.
    pub fn from_facts(
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

    /// Creates the holder of an object from a reading. If the credential can't be read, the facts in `previous` are
    /// used.
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
            // The facts are normalized as in the status. After a restart, `remembered` then creates the same holder.
            Reading::Facts(facts) => {
                Self::from_facts(created, spec, Some(&normalize::facts(facts.clone(), spec)), None)
            }
            Reading::Failed(failure) => {
                Self::from_facts(created, spec, previous.credential.as_ref(), Some(failure.reason))
            }
        }
    }

    /// Creates the holder of an object from its last status, without reading its Secret.
    pub fn remembered(
        created: Option<i64>,
        spec: &TenantCredentialSpec,
        previous: &TenantCredentialStatus,
    ) -> Option<Self> {
        let not_found = FailureReason::SecretNotFound;
        let is_gone = previous.conditions.iter().any(|c| c.type_ == "Ready" && c.reason == not_found.as_str());
        let read = previous.last_read.as_ref().and_then(|read| read.failure.as_ref());
        let failure = if is_gone { Some(not_found) } else { read.map(|failure| failure.reason) };
        Self::from_facts(created, spec, previous.credential.as_ref(), failure)
    }

    pub(super) fn rank(&self, key: &Key) -> Rank {
        Rank { created: self.created.unwrap_or(i64::MAX), key: key.clone() }
    }

    /// Returns the namespace and name of the Secret. `key` is the namespace and name of the TenantCredential.
    pub(super) fn place(&self, key: &Key) -> Key {
        Key { namespace: key.namespace.clone(), name: self.secret.clone() }
    }
}

/// Parses a fingerprint of 64 hexadecimal digits. None if the text has another form.
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

/// The sort key of a holder: older objects come first. Objects of the same age are ordered by namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Rank {
    created: i64,
    pub key: Key,
}
