//! The values of a Secret, which are zeroized when dropped and never shown.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Bytes that must not be shown and that are zeroized when dropped. `Debug` prints a placeholder. The type implements
/// neither `Display` nor `Serialize`.
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Wraps the bytes without copying them.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for SecretBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Zeroize for SecretBytes {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for SecretBytes {}

/// The part of a Secret that the code for reading credentials uses.
#[derive(Debug, Default)]
pub struct SecretData {
    /// The Secret's type, such as `kubernetes.io/tls`.
    pub type_: Option<String>,
    /// The values by Secret key or file name.
    pub values: BTreeMap<String, SecretBytes>,
    /// The source of the values, which decides if messages mention keys or files.
    pub source: ValueSource,
}

/// The source of values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValueSource {
    /// The values are in a Secret, by Secret key.
    #[default]
    Secret,
    /// The values are in files that are to become a Secret, by file name.
    Files,
}

/// Creates a Secret without a type from keys and values.
impl<K: Into<String>, V: Into<SecretBytes>> FromIterator<(K, V)> for SecretData {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(values: I) -> Self {
        let values = values.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self { values, ..Self::default() }
    }
}

/// A Secret as the API server returns it.
#[derive(Debug)]
pub struct SecretObject {
    /// The value of `metadata.uid`.
    pub uid: String,
    /// The value of `metadata.resourceVersion`.
    pub resource_version: String,
    /// The type and the values of the Secret.
    pub data: SecretData,
}

/// The reason why a response is not a valid Secret. The parser's own error is not included as the source, because its
/// message would quote the response.
#[derive(Error, Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretDecodeError {
    /// The response is not JSON of the expected form.
    #[error("the answer is not a Secret's JSON")]
    NotJson,
    /// The response is an object of another kind.
    #[error("the answer is another kind of object than a Secret")]
    NotASecret,
    /// `metadata.uid` or `metadata.resourceVersion` is missing.
    #[error("the Secret has no uid or no resourceVersion")]
    NoMetadata,
    /// A value is not base64.
    #[error("a value of the Secret is not base64")]
    NotBase64,
}

/// The JSON of a Secret. The values are borrowed from the response body, because owned strings would leave copies in
/// memory.
#[derive(Deserialize)]
struct Body<'a> {
    kind: Option<String>,
    metadata: Option<SecretMeta>,
    #[serde(rename = "type")]
    type_: Option<String>,
    #[serde(borrow)]
    data: Option<BTreeMap<String, &'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SecretMeta {
    uid: Option<String>,
    resource_version: Option<String>,
}

impl SecretData {
    /// Decodes the JSON of a Secret (core/v1). The caller zeroizes the body.
    ///
    /// # Errors
    /// Returns an error if the body is not a Secret. The error does not quote the body.
    pub fn from_json(body: &[u8]) -> Result<SecretObject, SecretDecodeError> {
        let body: Body<'_> = serde_json::from_slice(body).map_err(|_| SecretDecodeError::NotJson)?;
        if body.kind.is_some_and(|kind| kind != "Secret") {
            return Err(SecretDecodeError::NotASecret);
        }
        let metadata = body.metadata.ok_or(SecretDecodeError::NoMetadata)?;
        let mut values = BTreeMap::new();
        for (key, raw) in body.data.unwrap_or_default() {
            values.insert(key, decode(raw.get())?);
        }
        Ok(SecretObject {
            uid: metadata.uid.ok_or(SecretDecodeError::NoMetadata)?,
            resource_version: metadata.resource_version.ok_or(SecretDecodeError::NoMetadata)?,
            data: SecretData { type_: body.type_, values, source: ValueSource::Secret },
        })
    }
}

/// Decodes one value. Base64 contains no JSON escapes, so the text can be decoded without an unescaped copy.
fn decode(json: &str) -> Result<SecretBytes, SecretDecodeError> {
    if json == "null" {
        return Ok(SecretBytes::new(Vec::new()));
    }
    let text = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(SecretDecodeError::NotBase64)?;
    // The full capacity is reserved first, because a vector that grows leaves its old memory behind without zeroizing
    // it. Four characters of base64 encode three bytes, and 3 is added for an incomplete group.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 4 * 3 + 3));
    STANDARD.decode_vec(text, &mut bytes).map_err(|_| SecretDecodeError::NotBase64)?;
    Ok(SecretBytes::new(std::mem::take(&mut *bytes)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_secret_is_decoded_with_its_type_and_values() {
        let body = br#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","uid":"u-1","resourceVersion":"42",
            "managedFields":[{"a":{"b":[1]}}]},"type":"kubernetes.io/tls","data":{"tls.crt":"aGVsbG8=","empty":"","none":null}}"#;
        let secret = SecretData::from_json(body).unwrap();
        assert_eq!((secret.uid.as_str(), secret.resource_version.as_str()), ("u-1", "42"));
        assert_eq!(secret.data.type_.as_deref(), Some("kubernetes.io/tls"));
        assert_eq!(secret.data.values["tls.crt"].expose(), b"hello");
        assert_eq!(secret.data.values["empty"].expose(), b"");
        assert_eq!(secret.data.values["none"].expose(), b"");
    }

    #[test]
    fn a_secret_without_data_is_an_empty_one() {
        for data in ["", r#","data":null"#, r#","data":{}"#] {
            let body = format!(r#"{{"metadata":{{"uid":"u","resourceVersion":"1"}}{data}}}"#);
            assert!(SecretData::from_json(body.as_bytes()).unwrap().data.values.is_empty());
        }
    }

    #[test]
    fn errors_are_of_a_closed_list_and_quote_nothing() {
        let meta = r#""metadata":{"uid":"u","resourceVersion":"1"}"#;
        for (body, expected) in [
            ("hunter2".to_owned(), SecretDecodeError::NotJson),
            (r#"{"metadata":"hunter2"}"#.to_owned(), SecretDecodeError::NotJson),
            (format!(r#"{{{meta},"data":"hunter2"}}"#), SecretDecodeError::NotJson),
            (r#"{"kind":"Status","metadata":{}}"#.to_owned(), SecretDecodeError::NotASecret),
            (r#"{"kind":"Secret"}"#.to_owned(), SecretDecodeError::NoMetadata),
            (r#"{"metadata":{"uid":"u"}}"#.to_owned(), SecretDecodeError::NoMetadata),
            (format!(r#"{{{meta},"data":{{"a":"hunter2!"}}}}"#), SecretDecodeError::NotBase64),
            (format!(r#"{{{meta},"data":{{"a":["hunter2"]}}}}"#), SecretDecodeError::NotBase64),
            (format!(r#"{{{meta},"data":{{"a":12}}}}"#), SecretDecodeError::NotBase64),
        ] {
            let error = SecretData::from_json(body.as_bytes()).unwrap_err();
            assert_eq!(error, expected, "{body}");
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn debug_shows_the_keys_names_and_no_content() {
        let data = SecretData {
            type_: Some("Opaque".to_owned()),
            values: [("push.pem".to_owned(), SecretBytes::new(b"hunter2".to_vec()))].into(),
            source: ValueSource::Secret,
        };
        let text = format!("{data:?} {data:#?}");
        assert!(text.contains("push.pem") && text.contains("[redacted]"), "{text}");
        assert!(!text.contains("hunter2") && !text.contains("104"), "{text}");
    }

    #[test]
    fn bytes_are_zeroized_on_drop() {
        fn on_drop<T: ZeroizeOnDrop>(_: &T) {}
        let mut bytes = SecretBytes::new(b"hunter2".to_vec());
        on_drop(&bytes);
        bytes.zeroize();
        assert!(bytes.expose().is_empty());
    }
}
