//! The damage of a private key that no program can read, in an administrator's words.

use super::file_kind::Breakage;

/// What is wrong with a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyDamage {
    /// Its PEM block has no END line.
    CutOff,
    /// Its BEGIN or END line is none that a program recognizes.
    Frame,
    /// Its PEM block contains something other than base64.
    NotBase64,
    /// Its DER is incomplete or no private key.
    Content,
    /// It is in the form that OpenSSH alone uses.
    OpenSsh,
}

impl KeyDamage {
    /// The damage of a PEM block that can't be decoded.
    pub(super) fn of_frame(breakage: Breakage) -> Self {
        match breakage {
            Breakage::Frame => Self::Frame,
            Breakage::NotBase64 => Self::NotBase64,
            _ => Self::CutOff,
        }
    }

    /// The damage of a PEM block that decodes to something else than a private key.
    pub(super) fn of_body(body: &[u8]) -> Self {
        if body.starts_with(b"openssh-key-v1\0") { Self::OpenSsh } else { Self::Content }
    }

    /// The key with its damage, as the object of "contains".
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::CutOff => "a private key of which a part is missing (a PEM block without its END line)",
            Self::Frame => {
                "a private key whose BEGIN or END line is damaged (five hyphens, not dashes, belong on each side of capital letters)"
            }
            Self::NotBase64 => "a private key with something in it that is not base64",
            Self::Content => "a private key that is damaged or incomplete",
            Self::OpenSsh => "a private key in OpenSSH's own form (\"ssh-keygen -p -m PEM -f FILE\" changes the form)",
        }
    }
}
