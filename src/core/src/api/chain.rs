//! Types for the certificates that a credential's status lists beside the credential itself.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits;

/// An issuer in the certificate's chain, with its expiry date.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct IssuerExpiry {
    /// The subject of the issuer, in the form of RFC 4514.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::NAME))]
    pub subject: Option<String>,
    /// The last moment at which the issuer's certificate is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
}

/// Another certificate in the same value of the Secret. The operator does not read this certificate as the credential.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct OtherCertificate {
    /// The serial number of the certificate, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::SERIAL))]
    pub serial_number: Option<String>,
    /// The first moment at which the certificate is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// The last moment at which the certificate is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
}
