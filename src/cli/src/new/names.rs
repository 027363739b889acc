//! Default names: the name of a TenantCredential, and the names of the keys in its Secret.

use lapsewatch_core::api::CredentialType;
use lapsewatch_core::api::status::Format;

/// Returns the default name of a tenant's TenantCredential of this type.
pub(super) fn credential(tenant: &str, type_: CredentialType) -> String {
    let kind = match type_ {
        CredentialType::APNsCertificate => "apns",
        CredentialType::VPPToken => "vpp",
        CredentialType::DEPToken => "dep",
        CredentialType::WindowsSymantecCertificate => "windows",
        CredentialType::X509Certificate | CredentialType::DeclaredExpiry => "certificate",
    };
    format!("{tenant}-{kind}")
}

/// Returns the default Secret key for a credential.
pub(super) fn key(type_: CredentialType, format: Option<Format>) -> &'static str {
    use CredentialType::{APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate};
    match (type_, format) {
        (APNsCertificate, Some(Format::PKCS12)) => "push.p12",
        (APNsCertificate, Some(Format::DER)) => "push.cer",
        (APNsCertificate, _) => "push.pem",
        (VPPToken, _) => "token.vpptoken",
        (DEPToken, Some(Format::SMIME)) => "token.p7m",
        (DEPToken, _) => "token.json",
        (WindowsSymantecCertificate, Some(Format::AETX)) => "token.aetx",
        (WindowsSymantecCertificate, Some(Format::PKCS12)) => "certificate.pfx",
        (WindowsSymantecCertificate, Some(Format::PEM)) => "certificate.pem",
        (_, Some(Format::PKCS12)) => "keystore.p12",
        (_, Some(Format::PEM)) => "tls.crt",
        _ => "certificate.cer",
    }
}

/// Returns the default Secret key for the private key of a credential.
pub(super) fn private_key(type_: CredentialType) -> &'static str {
    match type_ {
        CredentialType::APNsCertificate => "push.key",
        CredentialType::DEPToken => "server.key",
        CredentialType::WindowsSymantecCertificate => "certificate.key",
        _ => "tls.key",
    }
}
