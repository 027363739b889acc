//! Classifies the damage of a private key that no program can read.

use super::breakage::Breakage;

/// The damage of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyDamage {
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
}
