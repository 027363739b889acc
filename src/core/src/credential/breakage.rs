//! Classifies the damage of a credential, and the layers, such as JSON or an e-mail, in which a damaged credential is
//! found.

use super::file_kind::FileKind;
use super::invalid_date::InvalidDate;

/// The damage of a file that begins as a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breakage {
    CutOff,
    NotBase64,
    NotACertificate,
    MoreFollows,
    /// A damaged BEGIN or END line, which no program recognizes.
    Frame,
    Date(InvalidDate),
    VppToken(Flaw),
    DepJson(Flaw),
    DepMessage,
    EnrollmentToken(Flaw),
}

/// The defect of a token. The strings in the variants are member names of the token's format, never content of the
/// token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Broken,
    CutOff,
    NotBase64,
    Lacks(&'static str),
    Unreadable(&'static str),
    Twice(&'static str),
    /// A date in 1970 or before, which programs write for an empty date.
    EmptyDate(&'static str),
    /// A token that is damaged inside another layer or by an edit.
    Edited(Wrapping),
}

/// A layer around a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrapping {
    Json,
    RichText,
    Typography,
    Quotes,
    Label,
    Escapes,
    Reply,
    OtherText,
    Mail,
}

impl Breakage {
    /// Returns the unspecified damage of a token of this kind. None if the kind is not a token.
    pub(super) fn of_token(kind: FileKind) -> Option<Self> {
        Some(match kind {
            FileKind::VppToken => Self::VppToken(Flaw::Broken),
            FileKind::DepJson => Self::DepJson(Flaw::Broken),
            FileKind::DepMessage => Self::DepMessage,
            FileKind::EnrollmentToken => Self::EnrollmentToken(Flaw::Broken),
            _ => return None,
        })
    }

    /// Adds the layer in which the damaged token was found. Damage with a more exact description stays unchanged.
    pub(super) fn inside(self, wrapping: Wrapping) -> Self {
        match self {
            Self::VppToken(Flaw::Broken | Flaw::CutOff | Flaw::NotBase64) => Self::VppToken(Flaw::Edited(wrapping)),
            Self::DepJson(Flaw::Broken | Flaw::CutOff) => Self::DepJson(Flaw::Edited(wrapping)),
            Self::EnrollmentToken(Flaw::Broken) => Self::EnrollmentToken(Flaw::Edited(wrapping)),
            other => other,
        }
    }

    /// True if the damaged file is a token.
    pub(super) fn is_of_a_token(self) -> bool {
        matches!(self, Self::VppToken(_) | Self::DepJson(_) | Self::DepMessage | Self::EnrollmentToken(_))
    }

    /// Returns the kind of file that the damaged file begins as.
    pub(super) fn kind(self) -> FileKind {
        match self {
            Self::CutOff
            | Self::NotBase64
            | Self::NotACertificate
            | Self::MoreFollows
            | Self::Frame
            | Self::Date(_) => FileKind::Certificate,
            Self::VppToken(_) => FileKind::VppToken,
            Self::DepJson(_) => FileKind::DepJson,
            Self::DepMessage => FileKind::DepMessage,
            Self::EnrollmentToken(_) => FileKind::EnrollmentToken,
        }
    }
}
