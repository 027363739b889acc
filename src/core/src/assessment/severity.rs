//! Assigns a severity to each finding about expiry, identity and age.

use crate::api::{CredentialType, Severity};

/// Returns the severity of a warning `days` days before expiry. `last` is true for the last warning before expiry.
pub(super) fn expiring(type_: CredentialType, days: u16, last: bool) -> Severity {
    match type_ {
        // The severity follows from the number of days alone, even if the user has set other warning days.
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

/// Returns the severity of an expired credential. `grace_over` is true for an APNs certificate that Apple no longer
/// renews with the same topic.
pub(super) fn expired(type_: CredentialType, grace_over: bool) -> Severity {
    match type_ {
        _ if grace_over => Severity::Critical,
        CredentialType::APNsCertificate | CredentialType::VPPToken | CredentialType::DEPToken => Severity::Critical,
        CredentialType::WindowsSymantecCertificate
        | CredentialType::X509Certificate
        | CredentialType::DeclaredExpiry => Severity::Warning,
    }
}

/// Returns the severity of an identity that is not the accepted identity.
pub(super) fn identity_changed(type_: CredentialType) -> Severity {
    if type_ == CredentialType::APNsCertificate { Severity::Critical } else { Severity::Warning }
}

/// Returns the severity of a credential that is older than the newest known credential.
pub(super) fn regressed(type_: CredentialType) -> Severity {
    // Downloading a new DEP token from Apple resets the previous token, so that an older token does not work.
    if type_ == CredentialType::DEPToken { Severity::Warning } else { Severity::Notice }
}
