//! Classifies the problems of a value, and decides which of several problems is reported.

use super::breakage::Breakage;
use super::file_kind::{FileKind, is_for};
use super::pbe::OpenError;
use crate::api::credential::CredentialType;
use crate::api::reasons::FailureReason;

/// A limit of the readers that a file exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    Value,
    Blocks,
    RsaKey,
    Nesting,
    Layers,
}

/// A container that a password or a private key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Keystore,
    Message,
    /// A message in a Secret without a private key that could open the message.
    LoneMessage,
    /// A message that one of the encrypted private keys may open.
    MessageKey,
}

/// The reason why a value contains nothing that fits the requested type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadProblem {
    Malformed(Breakage),
    Wrong(FileKind),
    Locked(Container, OpenError),
    Limit(Limit),
}

impl ReadProblem {
    /// Returns the reason that the status shows.
    pub(super) fn reason(self) -> FailureReason {
        match self {
            Self::Malformed(_) => FailureReason::Malformed,
            Self::Wrong(_) => FailureReason::WrongFile,
            Self::Locked(_, why) => why.reason(),
            Self::Limit(_) => FailureReason::LimitExceeded,
        }
    }

    /// Converts the problem for the expected type: a damaged file of another kind is reported only as a wrong kind.
    pub(super) fn seen_for(self, type_: CredentialType) -> Self {
        use CredentialType::{APNsCertificate, DEPToken, VPPToken, WindowsSymantecCertificate, X509Certificate};
        let is_certificate = matches!(type_, APNsCertificate | X509Certificate | WindowsSymantecCertificate);
        let kind = match self {
            Self::Malformed(breakage) => breakage.kind(),
            // A token of the expected kind is reported here only if no reader accepts the token: the token is damaged.
            Self::Wrong(kind) if is_for(type_, kind) => {
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
