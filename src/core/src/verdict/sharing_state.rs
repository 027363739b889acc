//! The relation of a holder to the other holders of the same credential.

use std::sync::Arc;

/// How a holder stands to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SharingState {
    /// No other holds it.
    Unique,
    /// Others read it from the same Secret.
    SameSecret,
    /// It was here first, and others hold it too.
    SharedByOthers,
    /// It claims a token that others hold too.
    ControlAssumed,
    /// Another credential of the same identity is newer. `certain`: by its date; else the dates do not tell.
    Superseded {
        /// Whether the dates tell.
        certain: bool,
    },
    /// Others hold it too.
    TokenInUse,
    /// Another one claims it.
    ControlLost,
    /// Several claim it, this one too.
    OverrideContested,
}

impl SharingState {
    /// Several may hold; the greatest is said.
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

    /// True if the holder's own override claims the token.
    pub fn is_claiming(self) -> bool {
        matches!(self, Self::ControlAssumed | Self::OverrideContested)
    }

    /// The reason of the condition, and of the Event.
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

/// Another holder, as far as it may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Other {
    /// Of the same namespace.
    Here {
        /// Its name.
        name: Arc<str>,
        /// Its tenant.
        tenant: Option<Arc<str>>,
    },
    /// Of another namespace, where whoever reads it may know all of them.
    There {
        /// Its namespace.
        namespace: Arc<str>,
        /// Its name.
        name: Arc<str>,
        /// Its tenant.
        tenant: Option<Arc<str>>,
    },
    /// Of another namespace, however many there are.
    Elsewhere,
    /// Of another cluster.
    Away {
        /// The context that leads to it.
        context: Arc<str>,
        /// The context that leads to this one.
        here: Arc<str>,
        /// Its namespace.
        namespace: Arc<str>,
        /// Its name.
        name: Arc<str>,
        /// Its tenant.
        tenant: Option<Arc<str>>,
    },
}

/// What the index tells of one holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// How it stands to the others.
    pub standing: SharingState,
    /// Those that are named: the ones created next before it, nearest first; of the oldest, next after it. Where these
    /// read the same Secret, the last one reads another.
    pub others: Vec<Other>,
    /// The oldest of those who claim it, where that is another one.
    pub claimant: Option<Other>,
    /// The others that are not named.
    pub unlisted: Unlisted,
}

impl View {
    /// The view of one whose credential no other holds.
    pub fn unique() -> Self {
        Self { standing: SharingState::Unique, others: Vec::new(), claimant: None, unlisted: Unlisted::None }
    }
}

/// Other holders beside those that a view names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unlisted {
    /// All others are named.
    #[default]
    None,
    /// There are some. Their number is left out, so that one more among thousands changes what is said of few.
    Some,
    /// So many, at least one.
    Exactly(usize),
}
