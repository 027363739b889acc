//! Names the kinds of file that are found in place of a credential, in the terms of an administrator.

pub(super) use super::breakage::{Breakage, Flaw};
use super::foreign::ForeignFile;
use super::pbe::OpenError;
use super::signed_data::FileEncoding;
use super::token;
use crate::api::credential::CredentialType;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
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

/// A limit of the readers that a file exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Value,
    Blocks,
    RsaKey,
    Nesting,
    Layers,
}

/// A container that a password or a private key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Keystore,
    Message,
    /// A message in a Secret without a private key that could open the message.
    LoneMessage,
    /// A message that one of the encrypted private keys may open.
    MessageKey,
}

/// The reason why a value contains nothing that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadProblem {
    Malformed(Breakage),
    Wrong(FileKind),
    Locked(Container, OpenError),
    Limit(Limit),
}

impl ReadProblem {
    /// Converts the problem for the expected type: a damaged file of another kind is reported only as a wrong kind.
    pub(super) fn seen_for(self, type_: CredentialType) -> Self {
        use CredentialType::{APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate, X509Certificate};
        let is_certificate = matches!(type_, APNsCertificate | X509Certificate | WindowsSymantecCertificate);
        let kind = match self {
            Self::Malformed(breakage) => breakage.kind(),
            // A file of the expected kind that was not read is damaged.
            Self::Wrong(kind) if token::is_for(type_, kind) => {
                return Breakage::of_token(kind).map_or(self, Self::Malformed);
            }
            Self::Limit(Limit::RsaKey) => FileKind::Certificate,
            _ => return self,
        };
        let is_expected = match kind {
            FileKind::Certificate => is_certificate,
            FileKind::EnrollmentToken => type_ == WindowsSymantecCertificate,
            FileKind::VppToken => type_ == VPPToken,
            FileKind::DepJson | FileKind::DepMessage => type_ == DEPToken,
            _ => false,
        };
        if is_expected { self } else { Self::Wrong(kind) }
    }

    /// Returns the priority among the problems of several values. The problem with the lowest number is reported.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Malformed(_) => 0,
            Self::Wrong(
                FileKind::AppPushCertificate
                | FileKind::VendorCertificate
                | FileKind::DeviceCertificate
                | FileKind::OtherUserId,
            ) => 1,
            Self::Locked(_, OpenError::NoMatchingKey) => 3,
            Self::Locked(..) => 2,
            // Credentials of other types.
            Self::Wrong(
                FileKind::PushCertificate
                | FileKind::WindowsCertificate
                | FileKind::VppToken
                | FileKind::DepMessage
                | FileKind::DepJson
                | FileKind::EnrollmentToken
                | FileKind::NoPublisherId,
            ) => 4,
            Self::Wrong(FileKind::NoUserId | FileKind::NoCodeSigning | FileKind::Certificate | FileKind::Keystore) => 5,
            Self::Limit(_) => 6,
            Self::Wrong(FileKind::SigningRequest | FileKind::PushRequest) => 7,
            Self::Wrong(FileKind::Empty) => 9,
            Self::Wrong(FileKind::PrivateKey | FileKind::EncryptedPrivateKey) => 10,
            // Passwords and notes are often stored beside a credential.
            Self::Wrong(FileKind::Text | FileKind::Binary | FileKind::OtherPem) => 11,
            Self::Wrong(_) => 8,
        }
    }

    /// True if the value is neither a credential nor anything that accompanies a credential.
    pub(super) fn is_not_understood(self) -> bool {
        match self {
            Self::Malformed(_) | Self::Limit(_) => true,
            Self::Locked(..) => false,
            Self::Wrong(kind) => matches!(
                kind,
                FileKind::Text
                    | FileKind::Binary
                    | FileKind::Empty
                    | FileKind::OtherPem
                    | FileKind::Utf16
                    | FileKind::TwiceEncoded
                    | FileKind::HtmlPage
                    | FileKind::OtherXml
                    | FileKind::OtherJson
                    | FileKind::PropertyList
                    | FileKind::Foreign(_)
            ),
        }
    }

    /// True if the problem is more exact than "text" or "document".
    pub(super) fn is_telling(self) -> bool {
        self.rank() < Self::Wrong(FileKind::OtherJson).rank()
    }

    /// True if the value may contain an unreadable certificate, or was meant to contain a certificate.
    pub(super) fn may_hide_a_certificate(self) -> bool {
        match self {
            Self::Malformed(_) | Self::Locked(..) | Self::Limit(_) => true,
            Self::Wrong(kind) => {
                let is_hiding = matches!(
                    kind,
                    FileKind::JavaKeystore
                        | FileKind::OtherMessage
                        | FileKind::CertificateBundle(_)
                        | FileKind::TwiceEncoded
                        | FileKind::Utf16
                        | FileKind::Empty
                );
                is_hiding || matches!(kind, FileKind::Foreign(file) if file.replaces_a_credential())
            }
        }
    }
}

impl FileKind {
    /// Describes the file and the type that accepts the file, as the object of "holds".
    pub(super) fn words(self) -> String {
        let (file, type_) = match self {
            Self::PushCertificate => ("", CredentialType::APNsCertificate),
            Self::WindowsCertificate => ("", CredentialType::WindowsSymantecCertificate),
            Self::VppToken => ("a .vpptoken file, ", CredentialType::VPPToken),
            Self::DepMessage => ("a .p7m file, ", CredentialType::DEPToken),
            Self::DepJson => ("", CredentialType::DEPToken),
            Self::EnrollmentToken => ("an .aetx file, ", CredentialType::WindowsSymantecCertificate),
            _ => return self.name().to_owned(),
        };
        format!("{} ({file}which type {type_} is for)", self.name())
    }

    /// Describes the file, with its article.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PushCertificate => "an MDM push certificate",
            Self::WindowsCertificate => "a Windows code-signing certificate with a Publisher ID",
            Self::Certificate => "a certificate",
            Self::NoCodeSigning => {
                "a certificate that is not for code signing (its extended key usage does not say so), such as a server's or a CA's"
            }
            Self::NoPublisherId => {
                "a code-signing certificate without a Publisher ID (its subject has no numeric user ID)"
            }
            Self::Keystore => "a PKCS#12 keystore",
            Self::AppPushCertificate => {
                "an app's push certificate (for the notifications of one app, from Apple's developer portal)"
            }
            Self::VendorCertificate => {
                "an MDM vendor's certificate (with which a vendor signs its customers' requests)"
            }
            Self::DeviceCertificate => "a device's certificate",
            Self::OtherUserId => {
                "a certificate whose user ID is no topic of MDM push (those begin with com.apple.mgmt.)"
            }
            Self::NoUserId => {
                "a certificate without a topic (its subject has no user ID), such as a server's, a device's or a CA's"
            }
            Self::SigningRequest => "a certificate signing request",
            Self::PushRequest => "the push certificate signing request for the Apple Push Certificates Portal",
            Self::RevocationList => "a certificate revocation list",
            Self::PublicKey => "a public key",
            Self::PrivateKey => "a private key without its certificate",
            Self::EncryptedPrivateKey => "an encrypted private key without its certificate",
            Self::JavaKeystore => "a Java keystore",
            Self::VppToken => "a VPP content token",
            Self::DepMessage => "an encrypted message, as a DEP server token is",
            Self::DepJson => "a decrypted DEP server token",
            Self::OtherMessage => "a PKCS#7 message or bundle",
            Self::CertificateBundle(_) => "a PKCS#7 bundle of certificates (.p7b)",
            Self::ProvisioningProfile => "a provisioning profile (.mobileprovision)",
            Self::EnrollmentToken => "a Windows Phone enrollment token",
            Self::Foreign(file) => file.name(),
            Self::HtmlPage => "an HTML page, such as a sign-in page saved in place of the download",
            Self::PropertyList => "a property list, such as a configuration profile",
            Self::OtherXml => "an XML document",
            Self::OtherJson => "JSON",
            Self::TwiceEncoded => "base64 of base64 (encoded at least twice over)",
            Self::Utf16 => "text in UTF-16 (save it as UTF-8 or ASCII)",
            Self::OtherPem => "PEM text without a certificate",
            Self::Text => "plain text",
            Self::Binary => "binary data of no known kind",
            Self::Mail => "an e-mail without a credential that can be read (save its attachment, and use that file)",
            Self::Empty => "nothing",
        }
    }
}
