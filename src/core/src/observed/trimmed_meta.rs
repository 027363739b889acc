//! The part of an object's metadata that the operator uses. Other fields are not decoded, for two reasons. The
//! annotation kubectl.kubernetes.io/last-applied-configuration of a Secret may contain the content of the Secret. And
//! some fields may contain dates that a strict parser refuses.

use std::borrow::Cow;

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;

/// The part of an object's metadata that is decoded.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TrimmedMeta {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The UID.
    pub uid: String,
    /// The resourceVersion.
    pub resource_version: String,
    /// The generation of the spec.
    pub generation: i64,
    /// The creation time in seconds since 1970. None if the time is missing or invalid.
    #[serde(rename = "creationTimestamp", deserialize_with = "seconds")]
    pub created: Option<i64>,
}

/// A TenantCredential or MDMTenant as the API server returns it, with the spec and status not yet decoded.
#[derive(Debug, Deserialize)]
pub struct RawObject {
    /// The metadata of the object.
    #[serde(default)]
    pub metadata: TrimmedMeta,
    /// The spec, as the user declared it.
    #[serde(default)]
    pub spec: Value,
    /// The status, as last published.
    #[serde(default)]
    pub status: Value,
}

/// Decodes a time. An invalid time becomes None and does not make the object invalid.
fn seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let text: Option<Cow<'de, str>> = Option::deserialize(deserializer)?;
    Ok(text.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()).map(|time| time.timestamp()))
}
