//! Describes damaged credentials in the terms of an administrator.

use super::file_kind::FileKind;
use super::invalid_date::{DateFault, InvalidDate};
use super::wrapping::Wrapping;

/// The damage of a file that begins as a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breakage {
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

/// The defect of a token. The names are member names of the token's format, never content of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
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

    /// Describes the damage, as the object of "holds".
    pub(super) fn words(self) -> String {
        let words = match self {
            Self::CutOff => "a certificate of which a part is missing (a PEM block without its BEGIN or END line)",
            Self::NotBase64 => "a PEM certificate with something in it that is not base64",
            Self::NotACertificate => "what begins as a certificate and is damaged or cut off",
            Self::MoreFollows => "a certificate with other data glued to its end",
            Self::Frame => {
                "a PEM certificate whose BEGIN or END line is damaged (five hyphens, not dashes, belong on each side of capital letters)"
            }
            Self::Date(date) => return date.words(),
            Self::DepMessage => "what begins as an encrypted DEP server token and is damaged or cut off",
            Self::VppToken(flaw) => return flaw.words("a VPP content token"),
            Self::DepJson(flaw) => return flaw.words("a decrypted DEP server token"),
            Self::EnrollmentToken(flaw) => return flaw.words("a Windows Phone enrollment token"),
        };
        words.to_owned()
    }
}

impl InvalidDate {
    fn words(self) -> String {
        let field = self.field;
        match self.fault {
            DateFault::Impossible => format!("a certificate whose {field} is a date that does not exist"),
            DateFault::Form => format!("a certificate whose {field} is not a date in the form that X.509 requires"),
        }
    }
}

impl Flaw {
    fn words(self, what: &str) -> String {
        match self {
            Self::Broken => format!("what begins as {what} and is damaged or cut off"),
            Self::NotBase64 => format!("{what} with something in it that is not base64"),
            Self::CutOff => format!("{what} that is damaged or incomplete (its end is missing)"),
            Self::Lacks(name) => format!("{what} without its {name}"),
            Self::Unreadable(name) => format!("{what} whose {name} can't be read"),
            Self::EmptyDate(name) => {
                format!("{what} whose {name} is in 1970 or earlier, which is not a valid expiry date")
            }
            Self::Edited(wrapping) => format!("{what} {}, damaged or cut off", wrapping.words()),
            Self::Twice(name) => format!("{what} in which {name} stands twice"),
        }
    }
}
