//! What each type expects, and where to get it.

use crate::api::credential::CredentialType;

/// One of what the type expects, for the middle of a sentence.
pub(super) fn noun(type_: CredentialType) -> &'static str {
    match type_ {
        CredentialType::APNsCertificate => "MDM push certificate",
        CredentialType::VPPToken => "VPP content token",
        CredentialType::DEPToken => "DEP server token",
        CredentialType::WindowsSymantecCertificate => "Windows Symantec certificate",
        CredentialType::X509Certificate | CredentialType::DeclaredExpiry => "certificate",
    }
}

/// What the type expects, and where to get it.
pub(super) fn expected(type_: CredentialType) -> &'static str {
    match type_ {
        CredentialType::APNsCertificate => {
            "the MDM push certificate, in PEM or DER, from Apple's push portal (identity.apple.com/pushcert)"
        }
        CredentialType::VPPToken => {
            "the content token (.vpptoken) of the location, from Apple Business Manager or Apple School Manager (Payments and Billing, Apps and Books, content tokens)"
        }
        CredentialType::DEPToken => {
            "the server token (.p7m, with the private key that opens it, or decrypted), from Apple Business Manager or Apple School Manager (MDM servers, Download Token)"
        }
        CredentialType::WindowsSymantecCertificate => {
            "the enterprise mobile code-signing certificate (PEM, DER or .pfx) or the enrollment token made with it (.aetx), from Symantec, now DigiCert"
        }
        CredentialType::X509Certificate | CredentialType::DeclaredExpiry => {
            "an X.509 certificate, in PEM or DER, from whoever issues it"
        }
    }
}
