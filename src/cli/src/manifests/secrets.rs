//! Reads Secrets of manifests. Only a Secret that a TenantCredential uses is decoded.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::sops::is_cipher;
use crate::source::location::SourceLocation;
use lapsewatch_core::api::names;
use lapsewatch_core::sanitize::sanitize_line;
use lapsewatch_core::secret::{SecretBytes, SecretData, ValueSource};

/// A Secret as written in a manifest.
pub struct ManifestSecret {
    /// The position in the input.
    pub place: SourceLocation,
    /// The positions of further Secrets with the same name, which are reported as errors if the Secret is used.
    pub again: Vec<SourceLocation>,
    /// True if sops has written the Secret, so that texts may be encrypted.
    is_sealed: bool,
    type_: Option<String>,
    data: TextMap,
    string_data: TextMap,
}

/// The content of `data` or `stringData`, a text for each key. The outer None stands for a field that is not a mapping,
/// the inner None for a value that is not a text.
type TextMap = Option<BTreeMap<String, Option<Zeroizing<String>>>>;

/// The readable values of a Secret.
pub struct Decoded {
    /// The values that are not encrypted.
    pub data: SecretData,
    /// The Secret keys whose values are encrypted with sops.
    pub encrypted: BTreeSet<String>,
}

impl ManifestSecret {
    /// Takes the values out of a manifest. `is_sealed` is true if sops has written the manifest.
    pub fn take(place: SourceLocation, manifest: &mut Value, is_sealed: bool) -> Self {
        let mut part = |name: &str| manifest.get_mut(name).map(Value::take).unwrap_or_default();
        let type_ = match part("type") {
            Value::String(type_) => Some(type_),
            _ => None,
        };
        let (data, string_data) = (field(part("data")), field(part("stringData")));
        Self { place, again: Vec::new(), is_sealed, type_, data, string_data }
    }

    /// True if sops has encrypted any value.
    pub fn is_encrypted(&self) -> bool {
        let mut values = [&self.data, &self.string_data].into_iter().flatten().flat_map(BTreeMap::values);
        values.any(|value| self.is_cipher(value.as_ref()))
    }

    fn is_cipher(&self, value: Option<&Zeroizing<String>>) -> bool {
        self.is_sealed && value.is_some_and(|text| is_cipher(text))
    }

    /// Decodes the values as the API server stores them: `stringData` overrides `data`. Values encrypted with sops are
    /// returned by their keys only.
    ///
    /// # Errors
    /// Returns a sentence that quotes no value, if the data is not a mapping, or a key or a value is not valid.
    pub fn decode(&self) -> Result<Decoded, String> {
        let of_form = |field: &'static str| format!("{field} is no mapping of keys to texts");
        for (field, map) in [("data", &self.data), ("stringData", &self.string_data)] {
            // The message does not quote the key. With a misplaced colon, the secret value would be part of the key.
            if map.as_ref().is_some_and(|map| !map.keys().all(|key| names::is_secret_key(key))) {
                return Err(format!(
                    "{field} has a key that the API server refuses: it takes at most 253 letters, digits, -, _ and ."
                ));
            }
        }
        let (mut values, mut encrypted) = (BTreeMap::new(), BTreeSet::new());
        for (key, text) in self.data.as_ref().ok_or_else(|| of_form("data"))? {
            if self.is_cipher(text.as_ref()) {
                encrypted.insert(key.clone());
                continue;
            }
            let bytes = text.as_ref().and_then(|text| base64(text));
            let bytes = bytes.ok_or_else(|| format!("the value of data.{} is not base64", sanitize_line(key)))?;
            values.insert(key.clone(), bytes);
        }
        for (key, text) in self.string_data.as_ref().ok_or_else(|| of_form("stringData"))? {
            if self.is_cipher(text.as_ref()) {
                values.remove(key);
                encrypted.insert(key.clone());
                continue;
            }
            encrypted.remove(key);
            let text = text.as_ref().ok_or_else(|| {
                format!("the value of stringData.{} is no text: put it in quotation marks", sanitize_line(key))
            })?;
            values.insert(key.clone(), SecretBytes::new(text.as_bytes().to_vec()));
        }
        let data = SecretData { type_: self.type_.clone(), values, source: ValueSource::Secret };
        Ok(Decoded { data, encrypted })
    }
}

fn field(value: Value) -> TextMap {
    let map = match value {
        Value::Null => Map::new(),
        Value::Object(map) => map,
        _ => return None,
    };
    let text = |value| match value {
        Value::Null => Some(Zeroizing::default()),
        Value::String(text) => Some(Zeroizing::new(text)),
        _ => None,
    };
    Some(map.into_iter().map(|(key, value)| (key, text(value))).collect())
}

/// Standard base64 as the API server decodes it with Go's encoding/base64: the unused bits of the last character may
/// have any value.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Decodes base64 as the API server does: padding is required, and line breaks are ignored.
fn base64(text: &str) -> Option<SecretBytes> {
    let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
    letters.extend(text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')));
    // The capacity is reserved in advance, because a growing vector leaves copies of its content in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(letters.len() / 4 * 3 + 3));
    BASE64.decode_vec(&*letters, &mut bytes).ok()?;
    Some(SecretBytes::new(std::mem::take(&mut *bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_as_the_api_server_takes_them() {
        for key in ["a", "tls.crt", ".a", "-_A9", &"k".repeat(253)] {
            assert!(names::is_secret_key(key), "{key}");
        }
        for key in ["", ".", "..", "..a", "a b", "a:b", "a/b", "ä", &"k".repeat(254)] {
            assert!(!names::is_secret_key(key), "{key}");
        }
    }
}
