//! A TenantCredential as the caches keep it: ids, spec and memory, without the texts.
//!
//! Decoding never fails, so that one object that can't be understood stops no other.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::slim::Slim;
use crate::api::conditions::ConditionType;
use crate::api::{TenantCredential, TenantCredentialSpec, TenantCredentialStatus, decode, limits};

/// A TenantCredential without what only its readers need.
#[derive(Clone, Debug)]
pub struct Observed {
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
    /// What the user declares, or the part of it that can't be understood.
    pub spec: Result<TenantCredentialSpec, String>,
    /// What was said before, without the texts.
    pub previous: TenantCredentialStatus,
    /// Of the whole status, to tell whether another one differs from it.
    pub status_hash: u64,
    /// What a newer version wrote into the status: it is written back as it is.
    pub unknown: Option<Box<Value>>,
}

/// As it comes from the API server.
#[derive(Clone, Debug)]
pub struct Wire {
    meta: ObjectMeta,
    observed: Observed,
}

impl Wire {
    /// What is kept of it.
    pub fn into_observed(self) -> Observed {
        self.observed
    }
}

impl Resource for Wire {
    type DynamicType = ();
    type Scope = k8s_openapi::NamespaceResourceScope;

    fn kind(_: &()) -> Cow<'_, str> {
        TenantCredential::kind(&())
    }
    fn group(_: &()) -> Cow<'_, str> {
        TenantCredential::group(&())
    }
    fn version(_: &()) -> Cow<'_, str> {
        TenantCredential::version(&())
    }
    fn plural(_: &()) -> Cow<'_, str> {
        TenantCredential::plural(&())
    }
    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }
    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.meta
    }
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    metadata: Slim,
    #[serde(default)]
    spec: Value,
    #[serde(default)]
    status: Value,
}

impl<'de> Deserialize<'de> for Wire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Raw { metadata, spec, status } = Raw::deserialize(deserializer)?;
        let observed = Observed::new(&metadata, &spec, &status);
        Ok(Self { meta: metadata.for_watcher(), observed })
    }
}

impl Observed {
    /// From the parts of an object, as the API server or a manifest has them.
    pub fn new(metadata: &Slim, spec: &Value, status: &Value) -> Self {
        let (mut previous, unknown) = decode_status(status);
        let status_hash = hash(&previous);
        strip(&mut previous);
        Self {
            namespace: metadata.namespace.clone(),
            name: metadata.name.clone(),
            uid: metadata.uid.clone(),
            resource_version: metadata.resource_version.clone(),
            generation: metadata.generation,
            spec: decode::spec(spec),
            previous,
            status_hash,
            unknown: unknown.map(Box::new),
        }
    }
}

/// Hash of a status as it would be written.
pub fn hash(status: &TenantCredentialStatus) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(status).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

/// Hash of a status as it stands in an object.
pub fn hash_of(raw: &Value) -> u64 {
    hash(&decode_status(raw).0)
}

/// The status, and what of it is of a newer version.
fn decode_status(raw: &Value) -> (TenantCredentialStatus, Option<Value>) {
    let mut status = TenantCredentialStatus::deserialize(raw).unwrap_or_else(|_| salvage(raw));
    status.conditions.retain(|c| KNOWN.iter().any(|known| c.type_ == known.as_str()));
    status.announced.retain(|a| KNOWN.iter().any(|known| a.type_ == known.as_str()));
    let known = serde_json::to_value(&status).unwrap_or_default();
    let unknown = beyond(raw, &known);
    (status, unknown)
}

const KNOWN: [ConditionType; 7] = [
    ConditionType::Ready,
    ConditionType::Healthy,
    ConditionType::Expiring,
    ConditionType::Expired,
    ConditionType::IdentityChanged,
    ConditionType::KeyMismatch,
    ConditionType::Regressed,
];

/// What can be understood of a status that as a whole can't: field by field, entry by entry.
fn salvage(raw: &Value) -> TenantCredentialStatus {
    let Value::Object(fields) = raw else { return TenantCredentialStatus::default() };
    let understood = |name: &str, value: Value| {
        TenantCredentialStatus::deserialize(Value::Object(Map::from_iter([(name.to_owned(), value)]))).is_ok()
    };
    let mut kept = Map::new();
    for (name, value) in fields {
        let value = match value {
            Value::Array(items) => Value::Array(
                items.iter().filter(|item| understood(name, Value::Array(vec![(*item).clone()]))).cloned().collect(),
            ),
            value => value.clone(),
        };
        if understood(name, value.clone()) {
            kept.insert(name.clone(), value);
        }
    }
    TenantCredentialStatus::deserialize(Value::Object(kept)).unwrap_or_default()
}

/// Lists of which each type of entry has its own owner.
const KEYED_LISTS: [&str; 2] = ["conditions", "announced"];

/// What `raw` has and `known` has not.
fn beyond(raw: &Value, known: &Value) -> Option<Value> {
    let (Value::Object(raw), Value::Object(known)) = (raw, known) else { return None };
    let mut rest = Map::new();
    for (name, value) in raw {
        let left = match (known.get(name), value) {
            (_, Value::Array(items)) if KEYED_LISTS.contains(&name.as_str()) => {
                let items: Vec<Value> = items
                    .iter()
                    .filter(|item| item.get("type").and_then(Value::as_str).is_some_and(|type_| !is_known(type_)))
                    .cloned()
                    .collect();
                (!items.is_empty()).then_some(Value::Array(items))
            }
            (Some(known), value) => beyond(value, known),
            (None, Value::Null) => None,
            (None, value) => (!is_field(name)).then(|| value.clone()),
        };
        if let Some(left) = left {
            rest.insert(name.clone(), left);
        }
    }
    (!rest.is_empty()).then_some(Value::Object(rest))
}

fn is_known(type_: &str) -> bool {
    KNOWN.iter().any(|known| known.as_str() == type_)
}

/// A field of this version that could not be understood is replaced, not kept beside its successor.
fn is_field(name: &str) -> bool {
    const FIELDS: [&str; 10] = [
        "observedGeneration",
        "severity",
        "credential",
        "acceptedIdentity",
        "newest",
        "lastChange",
        "notifications",
        "announced",
        "lastRead",
        "conditions",
    ];
    FIELDS.contains(&name)
}

/// Adds to `status` what a newer version wrote beside it, as far as the API's limits leave room.
pub fn with_unknown(status: &mut Value, unknown: &Value) {
    let (Value::Object(status), Value::Object(unknown)) = (status, unknown) else { return };
    for (name, value) in unknown {
        match (status.get_mut(name), value) {
            (Some(Value::Array(items)), Value::Array(more)) => {
                let room = limits::ENTRIES.saturating_sub(items.len());
                items.extend(more.iter().take(room).cloned());
            }
            (Some(own), value) => with_unknown(own, value),
            // A part that is no longer written takes its unknown fields with it.
            (None, value) if !is_field(name) || value.is_array() => {
                status.insert(name.clone(), value.clone());
            }
            (None, _) => {}
        }
    }
}

/// Texts are made anew at each assessment: none is kept in memory.
fn strip(status: &mut TenantCredentialStatus) {
    for condition in &mut status.conditions {
        condition.message = String::new();
    }
    for notification in &mut status.notifications {
        notification.message = String::new();
        notification.impact = String::new();
        notification.remedy = String::new();
        notification.runbook_url = None;
    }
}
