//! Removes unsafe characters from statuses and specs before any format shows them. The texts are not trusted, because
//! anyone with permission to write these objects chooses them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use lapsewatch_core::api::limits;

/// Returns the object without text that controls a terminal, and with every text cut to the API's limit.
pub fn sanitize_object<T: Serialize + DeserializeOwned>(object: T) -> T {
    let Ok(mut value) = serde_json::to_value(&object) else { return object };
    if !change(&mut value) {
        return object;
    }
    // Decoding can't fail, because only texts were changed, and the names of enum values contain no unsafe characters.
    T::deserialize(value).unwrap_or(object)
}

/// Replaces unsafe text in place. True if anything was replaced.
fn change(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let mut plain = lapsewatch_core::sanitize::sanitize(text).into_owned();
            limits::cut(&mut plain, limits::TEXT);
            let is_other = plain != *text;
            if is_other {
                *text = plain;
            }
            is_other
        }
        Value::Array(items) => items.iter_mut().fold(false, |changed, item| change(item) | changed),
        Value::Object(fields) => fields.values_mut().fold(false, |changed, field| change(field) | changed),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
