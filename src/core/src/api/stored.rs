//! Decodes a stored status into the parts that this version supports and the parts that a newer version wrote.
//!
//! Decoding never fails: invalid parts are left out, entry by entry.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::conditions::{Condition, ConditionType};
use super::pending_events::EventRecords;
use super::status::{Announced, EventBudget, PendingEvent};
use super::{TenantCredentialStatus, limits};

/// The type of the entries of `announced` and `pendingEvents` for an object whose spec can't be decoded.
pub const INVALID_OBJECT: &str = "InvalidObject";
/// The entry of `announced` and `pendingEvents` for an issuer in the chain that expires before the certificate.
pub const ISSUER_EXPIRY: &str = "IssuerExpiry";
/// The entry for a private key that can't be read although the spec names its Secret key.
pub const KEY_UNREADABLE: &str = "KeyUnreadable";
/// The entry for a value of a Secret that contains several certificates of the same identity.
pub const SEVERAL_CERTIFICATES: &str = "SeveralCertificates";
/// The entries for findings that are announced under their own names and not under the type of their condition.
pub const SEPARATELY_ANNOUNCED: [&str; 3] = [ISSUER_EXPIRY, KEY_UNREADABLE, SEVERAL_CERTIFICATES];

/// The parts of a status that change one entry at a time, and the budget of Events.
pub struct KeyedLists<'a> {
    /// The conditions.
    pub conditions: &'a mut Vec<Condition>,
    /// The Events that were sent.
    pub announced: &'a mut Vec<Announced>,
    /// The Events that are about to be sent.
    pub pending_events: &'a mut Vec<PendingEvent>,
    /// The budget of Events.
    pub event_budget: &'a mut Option<EventBudget>,
}

/// A status that is decoded without errors and written back without loss. Implemented for each kind of object.
pub trait Stored: Serialize + DeserializeOwned + Default {
    /// The JSON names of the status fields.
    const FIELDS: &'static [&'static str];

    /// True if this version writes entries of this type in the keyed lists.
    fn is_known(type_: &str) -> bool;

    /// Returns the conditions.
    fn conditions(&self) -> &[Condition];

    /// Returns the lists whose entries have a `type` as the key, and the budget of Events.
    fn keyed_lists(&mut self) -> KeyedLists<'_>;

    /// Returns the records of the object's Events.
    fn events(&self) -> EventRecords<'_>;

    /// Adds to `status` the parts that a newer version wrote (`unknown`), as far as the limits of the API permit.
    fn with_unknown(status: &mut Value, unknown: &Value) {
        add::<Self>(status, unknown);
    }
}

impl Stored for TenantCredentialStatus {
    const FIELDS: &'static [&'static str] = &[
        "observedGeneration",
        "severity",
        "credential",
        "acceptedIdentity",
        "newest",
        "lastChange",
        "duplicates",
        "moreDuplicates",
        "notifications",
        "announced",
        "pendingEvents",
        "eventBudget",
        "lastRead",
        "conditions",
    ];

    fn is_known(type_: &str) -> bool {
        type_ == INVALID_OBJECT
            || SEPARATELY_ANNOUNCED.contains(&type_)
            || ConditionType::ALL.iter().any(|known| known.as_str() == type_)
    }

    fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    fn keyed_lists(&mut self) -> KeyedLists<'_> {
        let Self { conditions, announced, pending_events, event_budget, .. } = self;
        KeyedLists { conditions, announced, pending_events, event_budget }
    }

    fn events(&self) -> EventRecords<'_> {
        EventRecords { announced: &self.announced, pending: &self.pending_events, budget: self.event_budget.as_ref() }
    }
}

/// Returns the hash of a status in the form in which it is written.
pub fn hash<S: Stored>(status: &S) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(status).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

/// Returns the hash of a stored status, without the parts that this version does not support.
pub fn hash_of<S: Stored>(raw: &Value) -> u64 {
    hash(&decode::<S>(raw).0)
}

/// Decodes a stored status. Returns the supported parts, and the parts that only a newer version supports, if any.
pub fn decode<S: Stored>(raw: &Value) -> (S, Option<Value>) {
    let mut status = S::deserialize(raw).unwrap_or_else(|_| salvage(raw));
    let KeyedLists { conditions, announced, pending_events, .. } = status.keyed_lists();
    conditions.retain(|c| S::is_known(&c.type_));
    announced.retain(|a| S::is_known(&a.type_));
    pending_events.retain(|pending| S::is_known(&pending.type_));
    let known = serde_json::to_value(&status).unwrap_or_default();
    let unknown = beyond::<S>(raw, &known);
    (status, unknown)
}

/// Decodes only the valid parts of an invalid status, field by field and entry by entry.
fn salvage<S: Stored>(raw: &Value) -> S {
    let Value::Object(fields) = raw else { return S::default() };
    let understood =
        |name: &str, value: Value| S::deserialize(Value::Object(Map::from_iter([(name.to_owned(), value)]))).is_ok();
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
    S::deserialize(Value::Object(kept)).unwrap_or_default()
}

/// The lists whose entries have a `type` as the key. An older and a newer version can write different types.
const KEYED_LISTS: [&str; 3] = ["conditions", "announced", "pendingEvents"];

/// Returns the parts of `raw` that `known` does not contain.
fn beyond<S: Stored>(raw: &Value, known: &Value) -> Option<Value> {
    let (Value::Object(raw), Value::Object(known)) = (raw, known) else { return None };
    let mut rest = Map::new();
    for (name, value) in raw {
        let left = match (known.get(name), value) {
            (_, Value::Array(items)) if KEYED_LISTS.contains(&name.as_str()) => {
                let items: Vec<Value> = items
                    .iter()
                    .filter(|item| item.get("type").and_then(Value::as_str).is_some_and(|type_| !S::is_known(type_)))
                    .cloned()
                    .collect();
                (!items.is_empty()).then_some(Value::Array(items))
            }
            (Some(known), value) => beyond::<S>(value, known),
            (None, Value::Null) => None,
            (None, value) => (!is_field::<S>(name)).then(|| value.clone()),
        };
        if let Some(left) = left {
            rest.insert(name.clone(), left);
        }
    }
    (!rest.is_empty()).then_some(Value::Object(rest))
}

/// True if this version writes the field. An invalid value of such a field is not kept, because the next write replaces
/// the value.
fn is_field<S: Stored>(name: &str) -> bool {
    S::FIELDS.contains(&name)
}

fn add<S: Stored>(status: &mut Value, unknown: &Value) {
    let (Value::Object(status), Value::Object(unknown)) = (status, unknown) else { return };
    for (name, value) in unknown {
        match (status.get_mut(name), value) {
            (Some(Value::Array(items)), Value::Array(more)) => {
                let room = limits::ENTRIES.saturating_sub(items.len());
                items.extend(more.iter().take(room).cloned());
            }
            (Some(own), value) => add::<S>(own, value),
            // If this version writes no value for one of its own fields, unknown parts inside this field are dropped
            // too.
            (None, value) if !is_field::<S>(name) || value.is_array() => {
                status.insert(name.clone(), value.clone());
            }
            (None, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::MDMTenantStatus;

    #[test]
    fn every_field_of_the_schema_is_known_as_one() {
        let kinds =
            crate::api::crds::all().into_iter().zip([is_field::<TenantCredentialStatus>, is_field::<MDMTenantStatus>]);
        for ((file, crd), is_field) in kinds {
            let schema = crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/status/properties").unwrap();
            for name in schema.as_object().unwrap().keys() {
                assert!(is_field(name), "{file}: {name}");
            }
        }
    }

    #[test]
    fn what_is_broken_is_left_out_and_what_is_newer_is_kept_apart() {
        let raw = json!({
            "severity": "Catastrophic", "acceptedIdentity": "a", "forecast": [1],
            "credential": {"identity": "a", "expiry": "Known", "keyMatch": "Matches", "attestation": 3},
            "announced": [{"type": "Expiring"}, {"type": "Ready", "reason": "Malformed", "episode": 2, "reminder": 0, "time": "2030-01-01T00:00:00Z"}],
            "conditions": [{"type": "Quantum", "status": "True"}],
        });
        let (status, unknown) = decode::<TenantCredentialStatus>(&raw);
        assert_eq!((status.severity, status.accepted_identity.as_deref()), (None, Some("a")));
        assert_eq!(status.announced.iter().map(|a| a.type_.as_str()).collect::<Vec<_>>(), ["Ready"]);
        assert!(status.conditions.is_empty());
        assert_eq!(
            unknown,
            Some(json!({
                "forecast": [1], "credential": {"attestation": 3}, "conditions": [{"type": "Quantum", "status": "True"}],
            }))
        );
    }

    #[test]
    fn a_tenants_status_is_salvaged_and_carried_over_alike() {
        let raw = json!({
            "severity": "Catastrophic", "forecast": [1], "credentials": {"total": 2, "archived": 3},
            "notifications": [{"type": "Expired"}],
            "announced": [
                {"type": "MissingCredential", "reason": "MissingCredential", "episode": 2, "reminder": 0, "time": "2030-01-01T00:00:00Z"},
                {"type": "Expiring", "reason": "ExpiresWithin30Days", "episode": 1, "reminder": 0, "time": "2030-01-01T00:00:00Z"},
            ],
            "conditions": [{"type": "Quantum", "status": "True"}],
        });
        let (status, unknown) = decode::<MDMTenantStatus>(&raw);
        assert_eq!((status.severity, status.credentials.as_ref().map(|c| c.total)), (None, Some(2)));
        assert_eq!(status.announced.iter().map(|a| a.type_.as_str()).collect::<Vec<_>>(), ["MissingCredential"]);
        assert!(status.notifications.is_empty() && status.conditions.is_empty());
        let unknown = unknown.unwrap();
        assert_eq!((&unknown["forecast"], &unknown["credentials"]), (&json!([1]), &json!({"archived": 3})));
        assert_eq!(unknown["announced"][0]["type"], "Expiring");
        let mut written = serde_json::to_value(&status).unwrap();
        MDMTenantStatus::with_unknown(&mut written, &unknown);
        assert_eq!(written["credentials"], json!({"total": 2, "archived": 3}));
        assert_eq!(written["conditions"], json!([{"type": "Quantum", "status": "True"}]));
    }
}
