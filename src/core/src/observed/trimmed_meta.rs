//! Metadata as far as the operator goes by it. The rest is not even decoded: annotations of a Secret may hold its
//! content (kubectl's last-applied configuration), and a date of another program may be one that no library takes.

use std::borrow::Cow;

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;

/// The part of an object's metadata that is kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TrimmedMeta {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The UID.
    pub uid: String,
    /// The version.
    pub resource_version: String,
    /// The generation of the spec.
    pub generation: i64,
    /// When it was created, in seconds since 1970; none where that can't be told.
    #[serde(rename = "creationTimestamp", deserialize_with = "seconds")]
    pub created: Option<i64>,
}

/// An object of one of the project's kinds as the API server has it: its spec and status are not understood yet.
#[derive(Debug, Deserialize)]
pub struct RawObject {
    /// Its metadata.
    #[serde(default)]
    pub metadata: TrimmedMeta,
    /// What the user declares.
    #[serde(default)]
    pub spec: Value,
    /// What the operator said.
    #[serde(default)]
    pub status: Value,
}

/// A date that can't be understood is none, and stops nothing.
fn seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let text: Option<Cow<'de, str>> = Option::deserialize(deserializer)?;
    Ok(text.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()).map(|time| time.timestamp()))
}
