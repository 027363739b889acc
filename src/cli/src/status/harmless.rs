//! Statuses and specs as they may be shown in any format: whoever may write a status may write anything into it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use lapsewatch_core::api::limits;

/// The same with no text that does something to a terminal, or that is longer than the API's own.
pub fn harmless<T: Serialize + DeserializeOwned>(object: T) -> T {
    let Ok(mut value) = serde_json::to_value(&object) else { return object };
    if !change(&mut value) {
        return object;
    }
    // A text is a text; what is a word of a closed list was one before.
    T::deserialize(value).unwrap_or(object)
}

/// Whether anything had to be changed.
fn change(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let mut plain = lapsewatch_core::sanitize::harmless(text).into_owned();
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
