//! A point of a rehearsal: one thing that speaks for or against putting a credential in place.

/// Whether to put it in place; the worst of all points decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerifyOutcome {
    /// It may be applied.
    Safe,
    /// Something could not be told.
    Untold,
    /// It must not be applied.
    Stop,
}

impl VerifyOutcome {
    /// One word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Untold => "unknown",
            Self::Stop => "stop",
        }
    }
}

/// What a point is about. Of two with the same outcome the earlier one is said first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerifyCause {
    /// It can't be read as a credential of this type.
    Unreadable,
    /// It has another identity than the accepted one.
    IdentityChanged,
    /// It carries no identity that could be compared.
    IdentityUnknown,
    /// It has another identity, which the pins name.
    IdentityAccepted,
    /// Nothing is known of what is in place.
    NothingInPlace,
    /// The private key belongs to another certificate.
    KeyMismatch,
    /// Whether the private key belongs to it can't be told, where it could be before.
    KeyNotTold,
    /// It has lapsed already.
    Expired,
    /// It is older than one that was in place before.
    WentBackwards,
    /// Nothing tells which of the two is newer, and it matters.
    AgeNotTold,
    /// It is no newer by its dates.
    Replaced,
    /// Others hold it, or one that supersedes it.
    Shared,
    /// Its validity has not begun.
    NotYetValid,
    /// It expires before its validity begins.
    DatesReversed,
    /// An issuer in its chain expires before it.
    Chain,
    /// The files contain other certificates of the same identity.
    SeveralCertificates,
    /// It is the one that is in place.
    InPlace,
    /// It lapses soon, or carries no date.
    Expiring,
}

/// One thing that speaks for a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyFinding {
    /// What follows from it alone.
    pub outcome: VerifyOutcome,
    /// What it is about.
    pub cause: VerifyCause,
    /// The same in one word for programs: where the operator would say it, in its word.
    pub reason: String,
    /// What is so.
    pub message: String,
    /// What stops, and what goes on; may be empty.
    pub impact: String,
    /// How to act; may be empty.
    pub remedy: String,
}
