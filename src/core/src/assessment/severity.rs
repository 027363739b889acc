//! How much each finding matters.

use crate::api::{CredentialType, Severity};

/// Of a warning stage of `days` days before expiry. `last`: no stage follows it.
pub(super) fn expiring(type_: CredentialType, days: u16, last: bool) -> Severity {
    match type_ {
        // The number decides, for the default stages as for a user's own.
        CredentialType::APNsCertificate => match days {
            0..=7 => Severity::Critical,
            8..=30 => Severity::Warning,
            _ => Severity::Notice,
        },
        CredentialType::VPPToken | CredentialType::DEPToken => {
            if days <= 30 {
                Severity::Warning
            } else {
                Severity::Notice
            }
        }
        CredentialType::WindowsSymantecCertificate
        | CredentialType::X509Certificate
        | CredentialType::DeclaredExpiry => {
            if last {
                Severity::Warning
            } else {
                Severity::Notice
            }
        }
    }
}

/// Of having expired. `grace_over`: an APNs certificate that Apple no longer renews with its topic.
pub(super) fn expired(type_: CredentialType, grace_over: bool) -> Severity {
    match type_ {
        _ if grace_over => Severity::Critical,
        CredentialType::APNsCertificate | CredentialType::VPPToken | CredentialType::DEPToken => Severity::Critical,
        CredentialType::WindowsSymantecCertificate
        | CredentialType::X509Certificate
        | CredentialType::DeclaredExpiry => Severity::Warning,
    }
}

/// Of another identity than the accepted one.
pub(super) fn identity_changed(type_: CredentialType) -> Severity {
    if type_ == CredentialType::APNsCertificate { Severity::Critical } else { Severity::Warning }
}

/// Of an older credential than the newest seen.
pub(super) fn regressed(type_: CredentialType) -> Severity {
    // Downloading a DEP token resets the one before it, so the older one no longer works.
    if type_ == CredentialType::DEPToken { Severity::Warning } else { Severity::Notice }
}
