//! The findings of `lapsewatch verify`, which checks a credential before a user applies it.

/// The recommendation to apply the credential or not. The worst outcome among all findings is the overall outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerifyOutcome {
    /// The credential may be applied.
    Safe,
    /// A check could not be completed.
    Untold,
    /// The credential must not be applied.
    Stop,
}

impl VerifyOutcome {
    /// Returns the outcome in one word, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Untold => "unknown",
            Self::Stop => "stop",
        }
    }
}

/// The kind of problem that a finding reports. Findings with the same outcome are shown in the order of this enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerifyCause {
    /// The new credential can't be read as a credential of this type.
    Unreadable,
    /// The identity of the new credential differs from the accepted identity.
    IdentityChanged,
    /// The new credential contains no identity to compare with the accepted identity.
    IdentityUnknown,
    /// The identity differs from that of the current credential but is accepted, usually because the spec pins it.
    IdentityAccepted,
    /// No current credential is known with which the new credential could be compared.
    NothingInPlace,
    /// The private key belongs to another certificate.
    KeyMismatch,
    /// The private key is missing or can't be read, so that its match with the new certificate could not be checked.
    KeyNotTold,
    /// The new credential has already expired.
    Expired,
    /// The new credential is older than the newest one that was read for this object.
    WentBackwards,
    /// The dates do not show if the new credential is newer than the current one. The new one may be an old copy.
    AgeNotTold,
    /// The new credential is not newer than the current one by its dates.
    Replaced,
    /// Other TenantCredentials use the new credential, or have a newer credential of the same identity.
    Shared,
    /// The validity of the new credential has not begun.
    NotYetValid,
    /// The new credential expires before its validity begins.
    DatesReversed,
    /// An issuer in the chain has expired, or expires before the new certificate.
    Chain,
    /// The files contain other certificates of the same identity.
    SeveralCertificates,
    /// The new credential is the current one.
    InPlace,
    /// The new credential expires soon, or contains no expiry date.
    Expiring,
}

/// One finding about the new credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyFinding {
    /// The outcome that follows from this finding alone.
    pub outcome: VerifyOutcome,
    /// The kind of problem.
    pub cause: VerifyCause,
    /// The reason in one word, for programs. If the operator would report the problem too, both use the same reason.
    pub reason: String,
    /// The sentence that describes the finding.
    pub message: String,
    /// The services that stop, and the services that continue to work. May be empty.
    pub impact: String,
    /// The action to take. May be empty.
    pub remedy: String,
}
