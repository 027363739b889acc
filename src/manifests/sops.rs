//! What sops has encrypted: a mapping `sops` at the end of the file, and texts that begin with `ENC[`.

use serde_json::Value;

/// Whether sops has written it.
pub fn is_encrypted(object: &Value) -> bool {
    object.get("sops").is_some_and(Value::is_object)
}

/// A text that sops has encrypted.
pub fn is_cipher(text: &str) -> bool {
    text.starts_with("ENC[")
}

/// Whether sops has encrypted any of it.
pub fn has_cipher(value: &Value) -> bool {
    match value {
        Value::String(text) => is_cipher(text),
        Value::Array(items) => items.iter().any(has_cipher),
        Value::Object(fields) => fields.values().any(has_cipher),
        _ => false,
    }
}
