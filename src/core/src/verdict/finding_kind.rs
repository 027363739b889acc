//! The kinds of findings.

use super::SharingState;
use crate::api::reasons::FailureReason;

/// Something that needs attention, without its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// It will lapse.
    Expiring,
    /// It has lapsed.
    Expired,
    /// An APNs certificate that Apple no longer renews.
    GracePeriodOver,
    /// It carries no date.
    ExpiryUnknown,
    /// Its validity has not begun.
    NotYetValid,
    /// It expires before its validity begins.
    DatesReversed,
    /// An issuer in its chain has expired.
    IssuerExpired,
    /// An issuer in its chain expires before it.
    IssuerExpiresFirst,
    /// The private key that the spec names can't be read.
    KeyUnreadable,
    /// The value contains other certificates of the same identity.
    SeveralCertificates,
    /// Another identity.
    IdentityChanged,
    /// No identity that could be compared.
    IdentityUnknown,
    /// The private key belongs to another certificate.
    KeyMismatch,
    /// An older credential than the newest seen.
    WentBackwards,
    /// Others hold it too, or a newer one.
    Shared(SharingState),
    /// It can't be read.
    Unreadable(FailureReason),
}
