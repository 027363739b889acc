//! The result of comparing an identity with the accepted or pinned identity.

/// The result of comparing an identity with the accepted or pinned identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityMatch {
    /// The credential has no identity, and no identity was accepted or pinned.
    NotIdentified,
    /// The credential has no identity to compare with the accepted or pinned one.
    Unknown,
    /// The identity is the accepted one, or a pinned one.
    Accepted,
    /// The identity differs from the accepted one, or from all pinned ones.
    Changed,
}
