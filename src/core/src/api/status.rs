//! The TenantCredential's status: what the operator says, and what it must remember to say it only once.
//!
//! Nothing in it changes by itself (no "days left"), and no part of it is secret: identities, and SHA-256 fingerprints
//! of high-entropy material.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::chain::{IssuerExpiry, OtherCertificate};
use super::conditions::Condition;
pub use super::last_read::{Failure, KeySelection, LastRead};
use super::limits;
pub use super::pending_events::{EventBudget, PendingEvent};
use super::reasons::ChangeReason;

/// What the operator last saw and said.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct TenantCredentialStatus {
    /// The generation of the object that this status was made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The worst of what is said in `notifications`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The credential as last read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<CredentialFacts>,
    /// The identity that renewals are held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::IDENTITY))]
    pub accepted_identity: Option<String>,
    /// The newest credential of the accepted identity that was ever read here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<Newest>,
    /// The last time that another credential was found in the Secret, and what came of it: "am I done after renewing?"
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_change: Option<LastChange>,
    /// Others that hold the same credential, or a newer one of the same identity: at most five, the ones created next
    /// before this one (of the oldest, next after it); where these read the same Secret, the oldest that reads another
    /// one is among them. Those of other namespaces are one entry without a name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::DUPLICATES))]
    pub duplicates: Vec<OtherHolder>,
    /// True if `duplicates` does not list all TenantCredentials that contain the same credential.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more_duplicates: bool,
    /// What needs attention, worst first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    pub notifications: Vec<Notification>,
    /// What Events have been sent for, so that none is sent twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub announced: Vec<Announced>,
    /// Events that are about to be sent or that the budget of Events holds back. An entry is written before its Event is
    /// sent and moves to `announced` afterwards, so that a crash in between neither loses nor repeats the Event.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub pending_events: Vec<PendingEvent>,
    /// How many Events this object may still send, and how many were held back. Absent before the first Event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_budget: Option<EventBudget>,
    /// Which state of which Secret was last read, so that it is not read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_read: Option<LastRead>,
    /// The state, one aspect each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ENTRIES))]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// How much something matters.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// All is well.
    #[default]
    None,
    /// Worth knowing.
    Notice,
    /// Someone must act.
    Warning,
    /// Someone must act now.
    Critical,
}

impl Severity {
    /// The name as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Notice => "Notice",
            Self::Warning => "Warning",
            Self::Critical => "Critical",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is known of a credential: the reader's whole result, and all that the assessment goes by.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct CredentialFacts {
    /// APNs certificate: topic. DEP token: consumer key, shortened. VPP token: organization. Windows certificate:
    /// Publisher ID. Others have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::IDENTITY))]
    pub identity: Option<String>,
    /// SHA-256, in 64 lowercase hex digits, of the certificate's DER or of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub fingerprint: Option<String>,
    /// The form in which it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The certificate's subject, as RFC 4514 writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::NAME))]
    pub subject: Option<String>,
    /// The certificate's issuer, as RFC 4514 writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::NAME))]
    pub issuer: Option<String>,
    /// The certificate's serial number, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::SERIAL))]
    pub serial_number: Option<String>,
    /// The first moment of its validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// The last moment of its validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
    /// Whether `notAfter` is known, or that there is no expiry.
    pub expiry: Expiry,
    /// APNs certificates: until then Apple renews it with the same topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_end_time: Option<DateTime<Utc>>,
    /// Whether the private key belongs to the certificate.
    pub key_match: KeyMatch,
    /// The keys of the Secret that were used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<KeysUsed>,
    /// The issuer in the certificate's chain that expires first, if it expires before the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_issuer_to_expire: Option<IssuerExpiry>,
    /// Certificates of the same identity that the same value contains, and that were not read as the credential: the latest
    /// first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::CERTIFICATES))]
    pub other_certificates: Vec<OtherCertificate>,
}

impl CredentialFacts {
    /// True if the user declared the date. Such a date says nothing about the age of the credential.
    pub fn is_declared(&self) -> bool {
        self.expiry == Expiry::Unknown && self.not_after.is_some()
    }
}

/// The form in which a credential was found.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PEM text.
    PEM,
    /// Raw DER.
    DER,
    /// A PKCS#12 keystore.
    PKCS12,
    /// JSON, in base64 or as it is.
    JSON,
    /// An encrypted S/MIME message.
    SMIME,
    /// A Windows Phone enrollment token.
    AETX,
}

/// Whether a date of expiry is known.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    /// `notAfter` gives it.
    Known,
    /// The credential says that it does not expire.
    Never,
    /// The credential carries no date.
    #[default]
    Unknown,
}

/// Whether a private key belongs to the certificate.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyMatch {
    /// It does.
    Matches,
    /// It belongs to another one.
    Mismatch,
    /// There is none.
    NoKey,
    /// There is one that can't be read.
    KeyUnreadable,
    /// This kind of credential has none.
    #[default]
    NotApplicable,
}

/// The keys of the Secret that were used.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct KeysUsed {
    /// Where the credential was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub credential: Option<String>,
    /// Where the private key was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub private_key: Option<String>,
    /// Where the password was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub password: Option<String>,
}

/// The newest credential of the accepted identity.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct Newest {
    /// Its fingerprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub fingerprint: Option<String>,
    /// The first moment of its validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// The last moment of its validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
}

/// A change of the credential, and what came of it.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct LastChange {
    /// When the operator found it.
    pub time: DateTime<Utc>,
    /// What it was.
    pub reason: ChangeReason,
    /// The credential before.
    pub from: ChangeSide,
    /// The credential after.
    pub to: ChangeSide,
}

/// One side of a change.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct ChangeSide {
    /// Its fingerprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub fingerprint: Option<String>,
    /// The last moment of its validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
}

/// Another TenantCredential that holds the same credential.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct OtherHolder {
    /// Its name, where it is of the same namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub name: Option<String>,
    /// The name of its tenant, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::KEY))]
    pub tenant: Option<String>,
    /// Where it is, if it is of another namespace: those are not named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::REASON))]
    pub elsewhere: Option<String>,
}

/// Something that needs attention.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The condition that it stands beside.
    #[serde(rename = "type")]
    #[schemars(length(max = limits::REASON))]
    pub type_: String,
    /// What it is, in one word; the Event has the same.
    #[schemars(length(max = limits::REASON))]
    pub reason: String,
    /// How much it matters.
    pub severity: Severity,
    /// Since when the operator has seen it.
    pub since: DateTime<Utc>,
    /// What, and when.
    #[serde(default)]
    #[schemars(length(max = limits::TEXT))]
    pub message: String,
    /// What stops, and what goes on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT))]
    pub impact: String,
    /// How to act.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT))]
    pub remedy: String,
    /// Where the steps are written down, from `spec.owner`.
    #[serde(default, rename = "runbookURL", skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub runbook_url: Option<String>,
}

/// What was last announced beside one condition.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Announced {
    /// The condition, or MissingCredential of a tenant, or IssuerExpiry, KeyUnreadable or SeveralCertificates of a
    /// certificate.
    #[serde(rename = "type")]
    #[schemars(length(max = limits::REASON))]
    pub type_: String,
    /// The reason of the Event.
    #[schemars(length(max = limits::REASON))]
    pub reason: String,
    /// Which credential it was said of: its fingerprint, or for a DeclaredExpiry its date. Of a tenant: which types are
    /// missing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub fingerprint: String,
    /// Counts the announcements beside this condition.
    pub episode: i64,
    /// Counts the reminders of this announcement.
    pub reminder: i64,
    /// When the announcement, or its last reminder, was due.
    pub time: DateTime<Utc>,
}
