//! The comparison of an identity with the accepted one.

/// How the identity stands to the accepted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityMatch {
    /// There is no identity, and none was accepted or pinned.
    NotIdentified,
    /// There is no identity that could be compared with the accepted or pinned one.
    Unknown,
    /// It is the accepted one, or a pinned one.
    Accepted,
    /// It is another one.
    Changed,
}
