//! Lists the kinds of files that are found in place of a credential.

use super::foreign::ForeignFile;
use crate::api::credential::CredentialType;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    PushCertificate,
    WindowsCertificate,
    Certificate,
    NoCodeSigning,
    NoPublisherId,
    Keystore,
    AppPushCertificate,
    VendorCertificate,
    DeviceCertificate,
    OtherUserId,
    NoUserId,
    SigningRequest,
    PushRequest,
    RevocationList,
    PublicKey,
    PrivateKey,
    EncryptedPrivateKey,
    JavaKeystore,
    VppToken,
    DepMessage,
    DepJson,
    OtherMessage,
    CertificateBundle(FileEncoding),
    ProvisioningProfile,
    EnrollmentToken,
    Foreign(ForeignFile),
    HtmlPage,
    PropertyList,
    OtherXml,
    OtherJson,
    TwiceEncoded,
    Utf16,
    OtherPem,
    Text,
    Binary,
    Mail,
    Empty,
}

/// The encoding of a file. Messages suggest `openssl` commands, and their options depend on the encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileEncoding {
    Pem,
    Der,
}

/// True if the type accepts this kind of token.
pub(super) fn is_for(type_: CredentialType, kind: FileKind) -> bool {
    matches!(
        (type_, kind),
        (CredentialType::VPPToken, FileKind::VppToken)
            | (CredentialType::DEPToken, FileKind::DepJson | FileKind::DepMessage)
            | (CredentialType::WindowsSymantecCertificate, FileKind::EnrollmentToken)
    )
}
