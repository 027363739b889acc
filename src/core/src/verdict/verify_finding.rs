//! The findings of `lapsewatch verify`, which checks a credential before a user applies it.

/// The verdict on applying the credential. The worst outcome of all findings decides.
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

/// The subject of a finding. Among findings with the same outcome, messages follow the order of this enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerifyCause {
    /// The new credential can't be read as a credential of this type.
    Unreadable,
    /// The new credential has another identity than the accepted one.
    IdentityChanged,
    /// The new credential contains no identity to compare.
    IdentityUnknown,
    /// The new credential has another identity, which is accepted. Usually the spec pins the identity.
    IdentityAccepted,
    /// The current credential is unknown.
    NothingInPlace,
    /// The private key belongs to another certificate.
    KeyMismatch,
    /// The match between the private key and the new certificate could not be checked.
    KeyNotTold,
    /// The new credential has already expired.
    Expired,
    /// The new credential is older than the newest one that was read for this object.
    WentBackwards,
    /// The dates do not show which credential is newer, although only the newest is wanted or works.
    AgeNotTold,
    /// The new credential is not newer than the current one by its dates.
    Replaced,
    /// Other holders use the new credential, or have a newer one of the same identity.
    Shared,
    /// The validity of the new credential has not begun.
    NotYetValid,
    /// The new credential expires before its validity begins.
    DatesReversed,
    /// An issuer in the chain expires before the new certificate, or has expired.
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
    /// The subject of the finding.
    pub cause: VerifyCause,
    /// The reason in one word, for programs. Equal to the operator's reason if the operator would report the finding.
    pub reason: String,
    /// The sentence that describes the finding.
    pub message: String,
    /// The services that stop, and the services that continue to work. May be empty.
    pub impact: String,
    /// The action to take. May be empty.
    pub remedy: String,
}
