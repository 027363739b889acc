//! The kinds of findings (problems of a credential). Sentences and severities are assigned elsewhere.

use super::SharingState;
use crate::api::reasons::FailureReason;

/// The kind of a problem that needs attention, without its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// The credential expires soon.
    Expiring,
    /// The credential has expired.
    Expired,
    /// The APNs certificate has expired, and the 30 days in which Apple renews a certificate with the same topic are
    /// over.
    GracePeriodOver,
    /// The credential contains no expiry date.
    ExpiryUnknown,
    /// The validity of the credential has not begun.
    NotYetValid,
    /// The credential expires before its validity begins.
    DatesReversed,
    /// An issuer in the chain of the certificate has expired.
    IssuerExpired,
    /// An issuer in the chain expires before the certificate.
    IssuerExpiresFirst,
    /// The private key that the spec names can't be read.
    KeyUnreadable,
    /// The same value of the Secret contains other certificates of the same identity.
    SeveralCertificates,
    /// The identity differs from the accepted or pinned identity.
    IdentityChanged,
    /// The credential contains no identity to compare with the accepted or pinned one.
    IdentityUnknown,
    /// The private key belongs to another certificate.
    KeyMismatch,
    /// The credential is older than the newest that was read for this object.
    WentBackwards,
    /// Other TenantCredentials use the same credential, or have a newer credential of the same identity.
    Shared(SharingState),
    /// The credential can't be read.
    Unreadable(FailureReason),
}
