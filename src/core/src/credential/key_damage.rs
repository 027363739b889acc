//! Describes the damage of a private key that no program can read, in the terms of an administrator.

use super::file_kind::Breakage;

/// The damage of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyDamage {
    /// A PEM block without an END line.
    CutOff,
    /// A damaged BEGIN or END line, which no program recognizes.
    Frame,
    /// A PEM block that contains something other than base64.
    NotBase64,
    /// Incomplete DER, or DER that is not a private key.
    Content,
    /// A key in the format that only OpenSSH uses.
    OpenSsh,
}

impl KeyDamage {
    /// Returns the damage of a PEM block that can't be decoded.
    pub(super) fn of_frame(breakage: Breakage) -> Self {
        match breakage {
            Breakage::Frame => Self::Frame,
            Breakage::NotBase64 => Self::NotBase64,
            _ => Self::CutOff,
        }
    }

    /// Returns the damage of a PEM block that decodes to anything but a private key.
    pub(super) fn of_body(body: &[u8]) -> Self {
        if body.starts_with(b"openssh-key-v1\0") { Self::OpenSsh } else { Self::Content }
    }

    /// Describes the private key and its damage, as the object of "contains".
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
