//! The facts about a credential, which the code that reads Secrets returns and which the assessment evaluates.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chain::{IssuerExpiry, OtherCertificate};
use super::limits;

/// The facts about a credential, as read from the Secret. The assessment depends on no other content of the Secret.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialFacts {
    /// The topic of an APNs certificate, shortened consumer key of a DEP token, organization of a VPP token, or
    /// Publisher ID of a Windows certificate. Other types have no identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::IDENTITY))]
    pub identity: Option<String>,
    /// The SHA-256 fingerprint of the certificate (DER) or of the token, in 64 lowercase hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub fingerprint: Option<String>,
    /// The form in which the credential was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The subject of the certificate, in the form of RFC 4514.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::NAME))]
    pub subject: Option<String>,
    /// The issuer of the certificate, in the form of RFC 4514.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::NAME))]
    pub issuer: Option<String>,
    /// The serial number of the certificate, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::SERIAL))]
    pub serial_number: Option<String>,
    /// The first moment at which the credential is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// The last moment at which the credential is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
    /// The kind of expiry: a known date, no expiry, or no date in the credential.
    pub expiry: Expiry,
    /// APNs certificates: the time until which Apple renews the certificate with the same topic, 30 days after
    /// `notAfter`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_end_time: Option<DateTime<Utc>>,
    /// The result of the check that the private key belongs to the certificate.
    pub key_match: KeyMatch,
    /// The Secret keys that were used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<KeysUsed>,
    /// The issuer in the certificate's chain that expires first, if it expires before the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_issuer_to_expire: Option<IssuerExpiry>,
    /// Other certificates of the same identity in the same value of the Secret, latest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::CERTIFICATES))]
    pub other_certificates: Vec<OtherCertificate>,
}

impl CredentialFacts {
    /// True if the user declared the expiry date. A declared date does not show the age of the credential.
    pub fn is_declared(&self) -> bool {
        self.expiry == Expiry::Unknown && self.not_after.is_some()
    }
}

/// The form in which a credential was found.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PEM text.
    PEM,
    /// Binary DER.
    DER,
    /// A PKCS#12 keystore.
    PKCS12,
    /// JSON, plain or in base64.
    JSON,
    /// An encrypted S/MIME message.
    SMIME,
    /// A Windows Phone enrollment token.
    AETX,
}

/// The kind of expiry of a credential.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    /// The credential contains an expiry date, which is in the field `notAfter`.
    Known,
    /// The credential does not expire.
    Never,
    /// The credential contains no expiry date. `notAfter` may contain a date from `spec.expirationTime`.
    #[default]
    Unknown,
}

/// The result of the check that the private key belongs to the certificate.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyMatch {
    /// The private key belongs to the certificate.
    Matches,
    /// The private key belongs to another certificate.
    Mismatch,
    /// No private key was found.
    NoKey,
    /// A private key was found but can't be read.
    KeyUnreadable,
    /// This type of credential has no private key to check.
    #[default]
    NotApplicable,
}

/// The Secret keys that were used.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct KeysUsed {
    /// The Secret key that contains the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub credential: Option<String>,
    /// The Secret key that contains the private key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub private_key: Option<String>,
    /// The Secret key that contains the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub password: Option<String>,
}
