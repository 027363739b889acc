//! The spec of an MDMTenant, as users declare it.

// The attributes of the printer columns repeat the same names, which clippy reports as duplicates.
#![allow(clippy::duplicated_attributes)]

use kube_core::Rule;
use kube_derive::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::credential::Owner;
use super::tenant_status::MDMTenantStatus;
use super::{CredentialType, limits};

/// A tenant and the settings that its credentials share. A TenantCredential names its MDMTenant in `spec.tenantRef`.
#[derive(CustomResource, KubeSchema, Deserialize, Serialize, Clone, Debug, Default, PartialEq)]
#[kube(
    group = "lapsewatch.dev",
    version = "v1alpha1",
    kind = "MDMTenant",
    plural = "mdmtenants",
    singular = "mdmtenant",
    shortname = "mdmt",
    category = "lapsewatch",
    namespaced,
    crates(kube_core = "::kube_core"),
    status = "MDMTenantStatus",
    derive = "PartialEq",
    doc = "A tenant of mobile device management: its status is the page on which an administrator sees at once what needs attention among all of its TenantCredentials, when, why it matters and what to do.",
    selectable = ".spec.environment",
    selectable = ".status.severity",
    printcolumn(
        name = "State",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Healthy\")].reason",
        description = "The state of the worst credential in one word, or MissingCredential"
    ),
    printcolumn(
        name = "Severity",
        type_ = "string",
        json_path = ".status.severity",
        description = "None, Notice, Warning or Critical: the worst of all credentials"
    ),
    printcolumn(
        name = "Credentials",
        type_ = "integer",
        json_path = ".status.credentials.total",
        description = "How many TenantCredentials belong to it"
    ),
    printcolumn(
        name = "Next",
        type_ = "string",
        json_path = ".status.nextDeadline.time",
        description = "When the next of its credentials expires, in UTC"
    ),
    printcolumn(
        name = "Whose",
        type_ = "string",
        json_path = ".status.nextDeadline.name",
        description = "The TenantCredential that expires next"
    ),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp",
        description = "When the object was created"
    ),
    printcolumn(
        name = "Environment",
        type_ = "string",
        json_path = ".spec.environment",
        description = "Production, Trial, QA or Development",
        priority = "1"
    ),
    printcolumn(
        name = "Product",
        type_ = "string",
        json_path = ".spec.product",
        description = "The product that manages its devices",
        priority = "1"
    ),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].reason",
        description = "Whether its credentials were put together, or why not",
        priority = "1"
    )
)]
#[x_kube(crates(kube_core = "::kube_core"))]
#[serde(rename_all = "camelCase")]
pub struct MDMTenantSpec {
    /// The display name of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::LABEL), regex(pattern = limits::PLAIN))]
    pub display_name: Option<String>,

    /// The product that manages the devices, with details that distinguish the instance from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::LABEL), regex(pattern = limits::PLAIN))]
    pub product: Option<String>,

    /// The purpose of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,

    /// The account number of the tenant with the product's support. Messages mention the number if the remedy needs the
    /// support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::LABEL), regex(pattern = limits::PLAIN))]
    pub support_account: Option<String>,

    /// The owner of the tenant. `contact` and `runbookURL` apply to each credential that does not set its own. The
    /// account is never inherited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,

    /// The days before expiry at which warnings begin, by type, for credentials that do not set their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_before_days: Option<WarnBeforeDays>,

    /// The types of TenantCredentials that this tenant requires. A missing type is reported with the severity Warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = CredentialType::ALL.len()))]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub required_credentials: Option<Vec<CredentialType>>,
}

/// The purpose of a tenant. Messages about a token that several tenants use contain the purpose, because a previous
/// trial often still uses the token.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
pub enum Environment {
    /// Devices in productive use.
    Production,
    /// A trial of the product.
    Trial,
    /// Tests before production.
    QA,
    /// Development.
    Development,
}

impl Environment {
    /// Returns the name as the API spells it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The days before expiry at which warnings begin, by type, each list in descending order.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[schemars(extend("minProperties" = 1))]
#[x_kube(crates(kube_core = "::kube_core"))]
pub struct WarnBeforeDays {
    /// The days for APNsCertificate.
    #[serde(default, rename = "APNsCertificate", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::WARN_DAYS), inner(range(min = 1, max = 3650)))]
    #[x_kube(validation = falling())]
    pub apns_certificate: Option<Vec<u16>>,
    /// The days for VPPToken.
    #[serde(default, rename = "VPPToken", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::WARN_DAYS), inner(range(min = 1, max = 3650)))]
    #[x_kube(validation = falling())]
    pub vpp_token: Option<Vec<u16>>,
    /// The days for DEPToken.
    #[serde(default, rename = "DEPToken", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::WARN_DAYS), inner(range(min = 1, max = 3650)))]
    #[x_kube(validation = falling())]
    pub dep_token: Option<Vec<u16>>,
    /// The days for WindowsSymantecCertificate.
    #[serde(default, rename = "WindowsSymantecCertificate", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::WARN_DAYS), inner(range(min = 1, max = 3650)))]
    #[x_kube(validation = falling())]
    pub windows_symantec_certificate: Option<Vec<u16>>,
    /// The days for X509Certificate.
    #[serde(default, rename = "X509Certificate", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::WARN_DAYS), inner(range(min = 1, max = 3650)))]
    #[x_kube(validation = falling())]
    pub x509_certificate: Option<Vec<u16>>,
    /// The days for DeclaredExpiry.
    #[serde(default, rename = "DeclaredExpiry", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = limits::WARN_DAYS), inner(range(min = 1, max = 3650)))]
    #[x_kube(validation = falling())]
    pub declared_expiry: Option<Vec<u16>>,
}

impl WarnBeforeDays {
    /// Returns the days for a type. None if the tenant sets none for this type.
    pub fn for_type(&self, type_: CredentialType) -> Option<&[u16]> {
        match type_ {
            CredentialType::APNsCertificate => &self.apns_certificate,
            CredentialType::VPPToken => &self.vpp_token,
            CredentialType::DEPToken => &self.dep_token,
            CredentialType::WindowsSymantecCertificate => &self.windows_symantec_certificate,
            CredentialType::X509Certificate => &self.x509_certificate,
            CredentialType::DeclaredExpiry => &self.declared_expiry,
        }
        .as_deref()
    }
}

/// Returns the validation rule for a list of days. The API server adds the path of the invalid list to the message.
fn falling() -> Rule {
    Rule::new("self.map(d, -d).isSorted() && self.all(d, self.exists_one(e, e == d))")
        .message("warnBeforeDays must fall from number to number, without repeats, such as [60, 30, 14, 7, 1]")
}
