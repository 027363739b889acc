//! An object as the caches keep it: ids, spec and memory, without the texts.
//!
//! Decoding never fails, so that one object that can't be understood stops no other.

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

/// An object without what only its readers need.
#[derive(Clone, Debug)]
pub struct Observed<K: WatchedKind = CredentialKind> {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// The version that this is.
    pub resource_version: String,
    /// The generation of its spec.
    pub generation: i64,
    /// When it was created, in seconds since 1970.
    pub created: Option<i64>,
    /// What the user declares, or the part of it that can't be understood.
    pub spec: Result<K::Spec, String>,
    /// What can be understood of a spec that as a whole can't: whose it is, and what it holds, goes on.
    pub part: Option<Box<K::Spec>>,
    /// What was said before, without the texts.
    pub previous: K::Status,
    /// Of the whole status, to tell whether another one differs from it.
    pub status_hash: u64,
    /// What a newer version wrote into the status: it is written back as it is.
    pub unknown: Option<Box<Value>>,
}

impl<K: WatchedKind> Observed<K> {
    /// From the parts of an object, as the API server has them.
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

    /// What the user declares, as far as that can be understood.
    pub fn understood(&self) -> Option<&K::Spec> {
        self.spec.as_ref().ok().or(self.part.as_deref())
    }

    /// Its namespace and name.
    pub fn key(&self) -> Key {
        Key::new(&self.namespace, &self.name)
    }
}

impl Observed {
    /// The claim of this object on a credential when an assessment was last published, before this start.
    pub fn remembered_holder(&self) -> Option<Holder> {
        Holder::remembered(self.created, self.understood()?, &self.previous)
    }

    /// Whether it was said before who else holds the same.
    pub fn knows_peers(&self) -> bool {
        let is_known = |c: &Condition| c.type_ == "Duplicate" && c.status != ConditionStatus::Unknown;
        self.previous.conditions.iter().any(is_known)
    }
}
