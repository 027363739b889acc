//! The TenantCredential: what a user declares.

// Each column of the table has the same kinds of attributes.
#![allow(clippy::duplicated_attributes)]

use chrono::{DateTime, Utc};
use kube_derive::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits;
use super::status::{KeySelection, TenantCredentialStatus};

/// What a tenant's certificate or token is, where its Secret is, and when to warn. The operator reads the
/// Secret, never writes to it, and reports in `status` and in Events.
#[derive(CustomResource, KubeSchema, Deserialize, Serialize, Clone, Debug, PartialEq)]
#[kube(
    group = "lapsewatch.dev",
    version = "v1alpha1",
    kind = "TenantCredential",
    plural = "tenantcredentials",
    singular = "tenantcredential",
    shortname = "tcred",
    category = "lapsewatch",
    namespaced,
    crates(kube_core = "::kube_core"),
    status = "TenantCredentialStatus",
    derive = "PartialEq",
    doc = "A certificate or token that a tenant of mobile device management hangs on: lapsewatch reads it from its Secret and warns before it lapses, when it was renewed wrongly and when it can't be read.",
    selectable = ".spec.type",
    selectable = ".spec.tenantRef.name",
    selectable = ".spec.secretRef.name",
    selectable = ".status.severity",
    selectable = ".status.credential.fingerprint",
    selectable = ".status.credential.identity",
    printcolumn(
        name = "State",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Healthy\")].reason",
        description = "The credential's state in one word: Valid, Expiring, Expired, Unreadable, …"
    ),
    printcolumn(
        name = "Severity",
        type_ = "string",
        json_path = ".status.severity",
        description = "None, Notice, Warning or Critical"
    ),
    printcolumn(
        name = "Type",
        type_ = "string",
        json_path = ".spec.type",
        description = "What kind of credential it is"
    ),
    printcolumn(
        name = "Tenant",
        type_ = "string",
        json_path = ".spec.tenantRef.name",
        description = "The MDMTenant it belongs to"
    ),
    printcolumn(
        name = "Expires",
        type_ = "string",
        json_path = ".status.credential.notAfter",
        description = "The last moment at which it is valid, in UTC"
    ),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp",
        description = "When the object was created"
    ),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].reason",
        description = "Whether it could be read, or why not",
        priority = "1"
    ),
    printcolumn(
        name = "Secret",
        type_ = "string",
        json_path = ".spec.secretRef.name",
        description = "The Secret that holds it",
        priority = "1"
    ),
    printcolumn(
        name = "Identity",
        type_ = "string",
        json_path = ".status.credential.identity",
        description = "Topic, consumer key, organization or Publisher ID",
        priority = "1"
    ),
    printcolumn(
        name = "Changed",
        type_ = "string",
        json_path = ".status.lastChange.reason",
        description = "What the last change of the credential was",
        priority = "1"
    )
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    crates(kube_core = "::kube_core"),
    validation = Rule::new("self.type == oldSelf.type").message("type is immutable: create another TenantCredential for a credential of another type").field_path(".type"),
    validation = Rule::new("self.type == 'DeclaredExpiry' || has(self.secretRef)").message("secretRef is needed for this type: name the Secret that holds the credential").reason(Reason::FieldValueRequired).field_path(".secretRef"),
    validation = Rule::new("self.type != 'DeclaredExpiry' || !has(self.secretRef)").message("a DeclaredExpiry reads no Secret: remove secretRef, or choose the type of the credential that the Secret holds").reason(Reason::FieldValueForbidden).field_path(".secretRef"),
    validation = Rule::new("self.type != 'DeclaredExpiry' || has(self.expirationTime)").message("a DeclaredExpiry needs expirationTime: the date at which what it stands for lapses").reason(Reason::FieldValueRequired).field_path(".expirationTime"),
    validation = Rule::new("self.type in ['DeclaredExpiry', 'DEPToken'] || !has(self.expirationTime)").message("the date is read from the credential itself: expirationTime is only for DeclaredExpiry, and for a DEPToken that carries no date").reason(Reason::FieldValueForbidden).field_path(".expirationTime"),
    validation = Rule::new("self.type == 'VPPToken' || !has(self.vppToken)").message("only a VPPToken can be taken over from another place: remove vppToken (a DEP token has no override)").reason(Reason::FieldValueForbidden).field_path(".vppToken"),
    validation = Rule::new("!(self.type in ['X509Certificate', 'DeclaredExpiry']) || !has(self.expectedIdentities)").message("this type has no identity to pin: remove expectedIdentities").reason(Reason::FieldValueForbidden).field_path(".expectedIdentities")
)]
pub struct TenantCredentialSpec {
    /// The MDMTenant, in the same namespace, that this credential belongs to. Optional: a credential may stand alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_ref: Option<TenantRef>,

    /// What kind of credential this is. It can't be changed; create another object instead.
    #[serde(rename = "type")]
    pub type_: CredentialType,

    /// The Secret, in the same namespace, that holds the credential. Not for DeclaredExpiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SecretRef>,

    /// How many days before expiry to warn: one stage a number, from the first to the last, each smaller than the one
    /// before. Without it: the tenant's days for this type, else APNsCertificate 60, 30, 14, 7, 1; VPPToken and DEPToken
    /// 30, 14, 7, 1; WindowsSymantecCertificate 30, 14, 7; others 30, 7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::WARN_DAYS), inner(range(min = 1, max = 3650)))]
    #[x_kube(validation = Rule::new("self.map(d, -d).isSorted() && self.all(d, self.exists_one(e, e == d))").message("warnBeforeDays must fall from number to number, without repeats, such as [60, 30, 14, 7, 1]"))]
    pub warn_before_days: Option<Vec<u16>>,

    /// While the severity is Warning or worse, send the notice again each time this many hours have passed: 0 for never,
    /// 24 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 8760))]
    pub reminder_every_hours: Option<u16>,

    /// Pins the identity: an APNs certificate's topic, a DEP token's consumer key as shown in status, a VPP token's
    /// organization, a Windows certificate's Publisher ID. Without it the first identity read is accepted. To change a
    /// pinned identity: add the new one, replace the Secret, then drop the old one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4), inner(length(min = 1, max = limits::IDENTITY)))]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub expected_identities: Option<Vec<String>>,

    /// Until then no reminders are sent. Conditions are never hidden, and while the severity is Critical this has no
    /// effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self < timestamp('9999-01-01T00:00:00Z')").message("mutedUntil must be before the year 9999"))]
    #[schemars(extend("pattern" = limits::TIME))]
    pub muted_until: Option<DateTime<Utc>>,

    /// Who renews it, said in the notices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,

    /// Settings for a VPPToken alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpp_token: Option<VppTokenSettings>,

    /// DeclaredExpiry: when what it stands for lapses. DEPToken: the date to use where the token carries none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self < timestamp('9999-01-01T00:00:00Z')").message("expirationTime must be before the year 9999"))]
    #[schemars(extend("pattern" = limits::TIME))]
    pub expiration_time: Option<DateTime<Utc>>,
}

impl TenantCredentialSpec {
    /// The keys of the Secret that it names.
    pub fn selection(&self) -> KeySelection {
        self.secret_ref.as_ref().map_or_else(KeySelection::default, |secret| KeySelection {
            key: secret.key.clone(),
            private_key_key: secret.private_key_key.clone(),
            password_key: secret.password_key.clone(),
        })
    }
}

/// The kinds of credential.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CredentialType {
    /// Apple's push certificate for MDM.
    APNsCertificate,
    /// Apple's content token for apps and books (volume purchase).
    VPPToken,
    /// Apple's server token for Automated Device Enrollment.
    DEPToken,
    /// Windows Phone's enterprise code-signing certificate.
    WindowsSymantecCertificate,
    /// Any other X.509 certificate.
    X509Certificate,
    /// A date that a user declares; no Secret is read.
    DeclaredExpiry,
}

impl CredentialType {
    /// All types, in the order of the API's documentation.
    pub const ALL: [Self; 6] = [
        Self::APNsCertificate,
        Self::VPPToken,
        Self::DEPToken,
        Self::WindowsSymantecCertificate,
        Self::X509Certificate,
        Self::DeclaredExpiry,
    ];

    /// The name as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::APNsCertificate => "APNsCertificate",
            Self::VPPToken => "VPPToken",
            Self::DEPToken => "DEPToken",
            Self::WindowsSymantecCertificate => "WindowsSymantecCertificate",
            Self::X509Certificate => "X509Certificate",
            Self::DeclaredExpiry => "DeclaredExpiry",
        }
    }

    /// The kind in an administrator's words, for the middle of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::APNsCertificate => "APNs certificate",
            Self::VPPToken => "VPP content token",
            Self::DEPToken => "DEP server token",
            Self::WindowsSymantecCertificate => "Windows Symantec certificate",
            Self::X509Certificate => "certificate",
            Self::DeclaredExpiry => "declared credential",
        }
    }
}

impl std::fmt::Display for CredentialType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Names an MDMTenant of the same namespace.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TenantRef {
    /// The MDMTenant's name.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub name: String,
}

/// Names a Secret of the same namespace, and keys of it where they are not to be found by content.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SecretRef {
    /// The Secret's name.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub name: String,
    /// The Secret's key that holds the credential. Without it the credential is found by content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub key: Option<String>,
    /// The Secret's key that holds the private key. Without it the one that fits is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub private_key_key: Option<String>,
    /// The Secret's key that holds the password of a keystore or of an encrypted private key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub password_key: Option<String>,
}

/// Who renews the credential. All of it may appear in notices.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// The account it was made with: for an APNs certificate the Apple ID, which stands nowhere in the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[^\x00-\x1f\x7f]+$"))]
    pub account: Option<String>,
    /// Whom to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[^\x00-\x1f\x7f]+$"))]
    pub contact: Option<String>,
    /// Where the steps of the renewal are written down.
    #[serde(default, rename = "runbookURL", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), regex(pattern = r"^https?://[!-~]+$"))]
    pub runbook_url: Option<String>,
}

/// Settings for a VPPToken.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct VppTokenSettings {
    /// Enabled: this tenant assumes control of a token that is also used elsewhere; it then stops working there.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    pub override_: Option<Override>,
}

/// Whether a shared token is claimed.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Override {
    /// This tenant assumes control.
    Enabled,
    /// It does not.
    Disabled,
}
