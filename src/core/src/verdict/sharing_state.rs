//! The relation of a holder to the other holders of the same credential or identity. A holder is a TenantCredential
//! whose Secret contains the credential. A holder claims a VPP token if its spec enables the override.

use std::sync::Arc;

/// The relation of a holder to the other holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SharingState {
    /// No other holder uses the credential.
    Unique,
    /// Other holders read the credential from the same Secret.
    SameSecret,
    /// The oldest holder of the VPP token reads the same Secret as this holder, or is this holder. Holders with other
    /// Secrets use the token too, and no holder claims the token.
    SharedByOthers,
    /// This holder, or one with the same Secret, claims a token that holders with different Secrets use too.
    ControlAssumed,
    /// Another holder has a newer credential of the same identity.
    Superseded {
        /// True if the dates show that the other credential is newer. False if the dates are not sufficient to decide.
        certain: bool,
    },
    /// Holders with other Secrets use the credential too, and none of the more specific states applies.
    TokenInUse,
    /// Another holder claims the token.
    ControlLost,
    /// Holders with different Secrets claim the token. This holder, or one with the same Secret, is among them.
    OverrideContested,
}

impl SharingState {
    /// Returns the rank of the state by importance. If several states apply, the one with the highest rank is reported.
    pub fn rank(self) -> u8 {
        match self {
            Self::Unique => 0,
            Self::SameSecret => 1,
            Self::SharedByOthers => 2,
            Self::ControlAssumed => 3,
            Self::Superseded { .. } => 4,
            Self::TokenInUse => 5,
            Self::ControlLost => 6,
            Self::OverrideContested => 7,
        }
    }

    /// True if the token is claimed by this holder, or by one with the same Secret.
    pub fn is_claiming(self) -> bool {
        matches!(self, Self::ControlAssumed | Self::OverrideContested)
    }

    /// Returns the reason for the condition and the Event.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Unique => "Unique",
            Self::SameSecret => "SameSecret",
            Self::SharedByOthers => "SharedByOthers",
            Self::ControlAssumed => "ControlAssumed",
            Self::Superseded { .. } => "Superseded",
            Self::TokenInUse => "TokenInUse",
            Self::ControlLost => "ControlLost",
            Self::OverrideContested => "OverrideContested",
        }
    }
}

/// Another holder, with the details that a reader of the message is permitted to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Other {
    /// A holder in the same namespace.
    Here {
        /// The name of the other holder.
        name: Arc<str>,
        /// The tenant of the other holder, if known.
        tenant: Option<Arc<str>>,
    },
    /// A holder in another namespace, for a reader who is permitted to see all namespaces.
    There {
        /// The namespace of the other holder.
        namespace: Arc<str>,
        /// The name of the other holder.
        name: Arc<str>,
        /// The tenant of the other holder, if known.
        tenant: Option<Arc<str>>,
    },
    /// One or more holders in other namespaces, without details.
    Elsewhere,
    /// A holder in another cluster.
    Away {
        /// The kubeconfig context of the other cluster.
        context: Arc<str>,
        /// The kubeconfig context of this holder's cluster.
        here: Arc<str>,
        /// The namespace of the other holder.
        namespace: Arc<str>,
        /// The name of the other holder.
        name: Arc<str>,
        /// The tenant of the other holder, if known.
        tenant: Option<Arc<str>>,
    },
}

/// A holder's relation to the other holders, and the other holders that messages name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The relation to the other holders.
    pub standing: SharingState,
    /// The other holders that messages name: those created before this holder, most recent first. For the oldest
    /// holder, those created next after it. If all of these read the same Secret as this holder, the last entry is a
    /// holder of a different Secret, if any exists.
    pub others: Vec<Other>,
    /// The oldest other holder that claims the token. None if no other holder claims the token.
    pub claimant: Option<Other>,
    /// The number of other holders that `others` and `claimant` leave out, or only the fact that there are some.
    pub unlisted: Unlisted,
}

impl View {
    /// Creates the view of a holder that shares its credential with no other holder.
    pub fn unique() -> Self {
        Self { standing: SharingState::Unique, others: Vec::new(), claimant: None, unlisted: Unlisted::None }
    }
}

/// The number of other holders that a view does not name, or only the fact that there are some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unlisted {
    /// The view names all other holders.
    #[default]
    None,
    /// Some other holders are not named. The number is left out, so that an additional holder among thousands does not
    /// change every message.
    Some,
    /// The exact number of other holders that are not named, at least 1.
    Exactly(usize),
}
