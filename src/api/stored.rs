//! The status as it is stored: what of it this version understands, and what a newer version wrote beside that.
//!
//! Decoding never fails: what can't be understood is left out, entry by entry.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::conditions::ConditionType;
use super::{TenantCredentialStatus, limits};

/// Hash of a status as it would be written.
pub fn hash(status: &TenantCredentialStatus) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(status).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

/// Hash of a status as it stands in an object.
pub fn hash_of(raw: &Value) -> u64 {
    hash(&decode(raw).0)
}

/// The status, and what of it is of a newer version.
pub fn decode(raw: &Value) -> (TenantCredentialStatus, Option<Value>) {
    let mut status = TenantCredentialStatus::deserialize(raw).unwrap_or_else(|_| salvage(raw));
    status.conditions.retain(|c| is_known(&c.type_));
    status.announced.retain(|a| is_known(&a.type_));
    let known = serde_json::to_value(&status).unwrap_or_default();
    let unknown = beyond(raw, &known);
    (status, unknown)
}

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
    ConditionType::ALL.iter().any(|known| known.as_str() == type_)
}

/// A field of this version that could not be understood is replaced, not kept beside its successor.
fn is_field(name: &str) -> bool {
    const FIELDS: [&str; 11] = [
        "observedGeneration",
        "severity",
        "credential",
        "acceptedIdentity",
        "newest",
        "lastChange",
        "duplicates",
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_field_of_the_schema_is_known_as_one() {
        let crd = crate::api::crds::all().remove(0).1;
        let schema = crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/status/properties").unwrap();
        for name in schema.as_object().unwrap().keys() {
            assert!(is_field(name), "{name}");
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
        let (status, unknown) = decode(&raw);
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
}
