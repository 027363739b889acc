//! The spec of a TenantCredential, as users declare it.

// The attributes of the printer columns repeat the same names, which clippy reports as duplicates.
#![allow(clippy::duplicated_attributes)]

use chrono::{DateTime, Utc};
use kube_derive::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use super::status::{KeySelection, TenantCredentialStatus};
use super::{Key, limits};

/// A certificate or token of a tenant, the Secret that contains it, and the settings for warnings. The operator reads
/// the Secret, never writes to it, and reports in `status` and in Events.
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
    /// The MDMTenant that this credential belongs to, in the same namespace. Optional: a credential does not need a
    /// tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_ref: Option<TenantRef>,

    /// The type of the credential. The type is immutable. Create another object for a credential of another type.
    #[serde(rename = "type")]
    pub type_: CredentialType,

    /// The Secret that contains the credential, in the same namespace. Required for all types except DeclaredExpiry.
    /// Not allowed for DeclaredExpiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SecretRef>,

    /// The days before expiry at which warnings begin, one number for each stage, in descending order. If absent, the
    /// days of the tenant for this type apply. If the tenant sets none, the defaults apply. The defaults are 60, 30,
    /// 14, 7, 1 for APNsCertificate. They are 30, 14, 7, 1 for VPPToken and DEPToken, and 30, 14, 7 for
    /// WindowsSymantecCertificate. For other types, they are 30, 7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::WARN_DAYS), inner(range(min = 1, max = 3650)))]
    #[x_kube(validation = Rule::new("self.map(d, -d).isSorted() && self.all(d, self.exists_one(e, e == d))").message("warnBeforeDays must fall from number to number, without repeats, such as [60, 30, 14, 7, 1]"))]
    pub warn_before_days: Option<Vec<u16>>,

    /// The hours between reminders. While a problem has the severity Warning or Critical, its Event is sent again each
    /// time this period has passed. 0 means no reminders. If absent, the period is 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 8760))]
    pub reminder_every_hours: Option<u16>,

    /// The identities that are accepted, to pin the identity of the credential. The identity is the topic of an APNs
    /// certificate or the consumer key of a DEP token as shown in the status. For a VPP token, the identity is the
    /// organization, and for a Windows certificate the Publisher ID. If absent, the first identity that is read is
    /// accepted. To change a pinned identity, add the new identity, replace the Secret, then remove the old identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4), inner(length(min = 1, max = limits::IDENTITY)))]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub expected_identities: Option<Vec<String>>,

    /// The time until which no reminders are sent. Conditions are never hidden. Reminders of Critical problems are sent
    /// nevertheless.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self < timestamp('9999-01-01T00:00:00Z')").message("mutedUntil must be before the year 9999"))]
    #[schemars(extend("pattern" = limits::TIME))]
    pub muted_until: Option<DateTime<Utc>>,

    /// The owner who renews the credential. Notifications and Events contain these details.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,

    /// Settings that apply only to a VPPToken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpp_token: Option<VppTokenSettings>,

    /// For a DeclaredExpiry, the expiry date to watch. For a DEPToken, the expiry date to use if the token contains no
    /// date. Other types do not allow this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self < timestamp('9999-01-01T00:00:00Z')").message("expirationTime must be before the year 9999"))]
    #[schemars(extend("pattern" = limits::TIME))]
    pub expiration_time: Option<DateTime<Utc>>,
}

impl TenantCredentialSpec {
    /// True if the object sets its own warning days. The warning days of its tenant then do not apply.
    pub fn has_own_warning_days(&self) -> bool {
        self.warn_before_days.as_ref().is_some_and(|days| !days.is_empty())
    }

    /// Returns the namespace and name of the MDMTenant that this spec refers to. `key` is the key of the
    /// TenantCredential itself.
    pub fn tenant_key(&self, key: &Key) -> Option<Key> {
        self.tenant_ref.as_ref().map(|tenant| key.beside(&tenant.name))
    }

    /// Returns the Secret keys that `spec.secretRef` names.
    pub fn selection(&self) -> KeySelection {
        self.secret_ref.as_ref().map_or_else(KeySelection::default, |secret| KeySelection {
            key: secret.key.clone(),
            private_key_key: secret.private_key_key.clone(),
            password_key: secret.password_key.clone(),
        })
    }
}

/// The types of credentials.
#[derive(
    Serialize,
    Deserialize,
    JsonSchema,
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    IntoStaticStr,
    EnumString,
)]
#[strum(ascii_case_insensitive)]
pub enum CredentialType {
    /// An Apple push certificate for MDM.
    APNsCertificate,
    /// An Apple content token for apps and books (volume purchase).
    VPPToken,
    /// An Apple server token for Automated Device Enrollment.
    DEPToken,
    /// An enterprise code-signing certificate for Windows Phone.
    WindowsSymantecCertificate,
    /// Any other X.509 certificate.
    X509Certificate,
    /// A date that the user declares. The operator reads no Secret.
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

    /// Returns the name as the API spells it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns the name of this type for messages, in the spelling for the middle of a sentence.
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

/// A reference to an MDMTenant in the same namespace.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TenantRef {
    /// The name of the MDMTenant.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub name: String,
}

/// A reference to a Secret in the same namespace. The Secret keys are needed only if the operator can't find the values
/// by their content.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SecretRef {
    /// The name of the Secret.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub name: String,
    /// The Secret key that contains the credential. If absent, the operator finds the credential by its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub key: Option<String>,
    /// The Secret key that contains the private key. If absent, the operator uses the private key that matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub private_key_key: Option<String>,
    /// The Secret key that contains the password of a keystore or of an encrypted private key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub password_key: Option<String>,
}

/// The owner who renews the credential. Notifications and Events may contain all of these details.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// The account that the credential was created with. For an APNs certificate, this is the Apple ID, which the
    /// certificate does not contain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[^\x00-\x1f\x7f]+$"))]
    pub account: Option<String>,
    /// The person or team to contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[^\x00-\x1f\x7f]+$"))]
    pub contact: Option<String>,
    /// The URL of the runbook for the renewal.
    #[serde(default, rename = "runbookURL", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), regex(pattern = r"^https?://[!-~]+$"))]
    pub runbook_url: Option<String>,
}

/// Settings for a VPPToken.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct VppTokenSettings {
    /// Records that this tenant assumes control of a token that is also used elsewhere. The token then stops working
    /// there.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    pub override_: Option<Override>,
}

/// The claim of a tenant on a shared token.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Override {
    /// This tenant assumes control of the token.
    Enabled,
    /// This tenant does not assume control of the token.
    Disabled,
}
