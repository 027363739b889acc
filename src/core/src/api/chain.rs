//! The certificates beside the credential that its status keeps.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits;

/// An issuer in the certificate's chain, and when it expires.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct IssuerExpiry {
    /// Its subject, as RFC 4514 writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::NAME))]
    pub subject: Option<String>,
    /// The last moment of its validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
}

/// A certificate that was not read as the credential.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct OtherCertificate {
    /// Its serial number, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::SERIAL))]
    pub serial_number: Option<String>,
    /// The first moment of its validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// The last moment of its validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
}
