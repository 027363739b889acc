//! Recognizes content encrypted with sops: a mapping `sops` in the object, and texts that begin with `ENC[`.

use serde_json::{Map, Value};

/// True if sops has written the object.
pub fn is_encrypted(object: &Value) -> bool {
    object.get("sops").is_some_and(Value::is_object)
}

/// True if sops has encrypted the text.
pub fn is_cipher(text: &str) -> bool {
    text.starts_with("ENC[")
}

/// True if sops has encrypted any part of the value.
pub fn has_cipher(value: &Value) -> bool {
    match value {
        Value::String(text) => is_cipher(text),
        Value::Array(items) => items.iter().any(has_cipher),
        Value::Object(fields) => fields.values().any(has_cipher),
        _ => false,
    }
}

/// The fields that do not affect the assessment: texts for people, and metadata that other tools set. If they are
/// encrypted, the object is assessed without them.
const NOT_NEEDED: [&str; 7] = [
    "metadata.annotations",
    "metadata.labels",
    "spec.displayName",
    "spec.environment",
    "spec.owner",
    "spec.product",
    "spec.supportAccount",
];

/// Removes encrypted values from the fields that are not needed. Returns the paths of the removed spec fields.
pub fn without_what_is_not_needed(object: &mut Value) -> Vec<String> {
    let mut taken = Vec::new();
    for field in NOT_NEEDED {
        let Some((part, name)) = field.split_once('.') else { continue };
        let Some(fields) = object.get_mut(part).and_then(Value::as_object_mut) else { continue };
        let gone = match fields.get_mut(name) {
            Some(Value::Object(inner)) => take(inner).into_iter().map(|inner| format!("{field}.{inner}")).collect(),
            Some(value) if has_cipher(value) => {
                fields.remove(name);
                vec![field.to_owned()]
            }
            _ => Vec::new(),
        };
        if part == "spec" {
            taken.extend(gone);
        }
    }
    taken
}

/// Removes the encrypted values from a mapping and returns their names.
fn take(fields: &mut Map<String, Value>) -> Vec<String> {
    let gone: Vec<String> =
        fields.iter().filter(|(_, value)| has_cipher(value)).map(|(name, _)| name.clone()).collect();
    for name in &gone {
        fields.remove(name);
    }
    gone
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_verdict_hangs_on_is_taken_out_and_the_rest_is_left() {
        let mut object = json!({
            "metadata": {"name": "ENC[a]", "annotations": {"a": "ENC[a]", "b": "c"}},
            "spec": {"displayName": "ENC[a]", "owner": {"contact": "ENC[a]", "account": "b"}, "type": "ENC[a]"},
        });
        assert_eq!(without_what_is_not_needed(&mut object), ["spec.displayName", "spec.owner.contact"]);
        let left = json!({
            "metadata": {"name": "ENC[a]", "annotations": {"b": "c"}},
            "spec": {"owner": {"account": "b"}, "type": "ENC[a]"},
        });
        assert_eq!(object, left);
    }
}
