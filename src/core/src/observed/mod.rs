//! An object in the form that the operator keeps in memory: metadata, spec and previous status, without the texts of
//! notifications.
//!
//! Decoding never fails, so that one invalid object does not block the others.

pub mod assessment_context;
pub mod kind;
pub mod last_reading;
pub mod trimmed_meta;

use serde_json::Value;

use self::kind::{CredentialKind, WatchedKind};
use self::trimmed_meta::TrimmedMeta;
use crate::api::Key;
use crate::api::conditions::{Condition, ConditionStatus};
use crate::api::stored::{self, Stored};
use crate::assessment::peers::Holder;

/// A watched object. The texts of its notifications are removed to save memory.
#[derive(Clone, Debug)]
pub struct Observed<K: WatchedKind = CredentialKind> {
    /// The namespace of the object.
    pub namespace: String,
    /// The name of the object.
    pub name: String,
    /// The UID of the object.
    pub uid: String,
    /// The resourceVersion of this state of the object.
    pub resource_version: String,
    /// The generation of the spec.
    pub generation: i64,
    /// The creation time in seconds since 1970. None if the time is unknown.
    pub created: Option<i64>,
    /// The spec, or a sentence that names the invalid field.
    pub spec: Result<K::Spec, String>,
    /// The valid fields of an invalid spec, so that its references to a tenant and a Secret remain in effect. None if
    /// `spec` is valid.
    pub part: Option<Box<K::Spec>>,
    /// The last published status, without the texts.
    pub previous: K::Status,
    /// The hash of the last published status with its texts, to detect without the texts if a new status differs.
    pub status_hash: u64,
    /// The parts of the status that a newer version wrote. They are written back unchanged.
    pub unknown: Option<Box<Value>>,
}

impl<K: WatchedKind> Observed<K> {
    /// Creates an observed object from the parts that the API server returns.
    pub fn new(metadata: &TrimmedMeta, spec: &Value, status: &Value) -> Self {
        let (mut previous, unknown) = stored::decode::<K::Status>(status);
        let status_hash = stored::hash(&previous);
        for condition in previous.keyed_lists().conditions {
            condition.message = String::new();
        }
        K::strip(&mut previous);
        let understood = K::decode(spec);
        let part = understood.is_err().then(|| K::decode_part(spec)).flatten().map(Box::new);
        Self {
            namespace: metadata.namespace.clone(),
            name: metadata.name.clone(),
            uid: metadata.uid.clone(),
            resource_version: metadata.resource_version.clone(),
            generation: metadata.generation,
            created: metadata.created,
            spec: understood,
            part,
            previous,
            status_hash,
            unknown: unknown.map(Box::new),
        }
    }

    /// Returns the spec, or its valid fields if the spec is invalid as a whole.
    pub fn understood(&self) -> Option<&K::Spec> {
        self.spec.as_ref().ok().or(self.part.as_deref())
    }

    /// Returns the namespace and name of the object.
    pub fn key(&self) -> Key {
        Key::new(&self.namespace, &self.name)
    }
}

impl Observed {
    /// Returns this object as a holder, a user of the credential in its last published status. None if the status
    /// contains no credential, or if several MDMs may use a credential of this type.
    pub fn remembered_holder(&self) -> Option<Holder> {
        Holder::remembered(self.created, self.understood()?, &self.previous)
    }

    /// True if the status contains a result for the condition Duplicate (True or False).
    pub fn knows_peers(&self) -> bool {
        let is_known = |c: &Condition| c.type_ == "Duplicate" && c.status != ConditionStatus::Unknown;
        self.previous.conditions.iter().any(is_known)
    }
}
