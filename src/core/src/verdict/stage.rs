//! The stages in the lifetime of a credential.

use std::borrow::Cow;

/// Where a credential stands in its lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It carries no date.
    Unknown,
    /// It does not expire.
    Never,
    /// Before the first warning.
    Outside,
    /// Within this many days of expiry.
    Within(u16),
    /// Past notAfter; Apple still renews it with the same topic.
    InGracePeriod,
    /// Past notAfter and the grace period.
    GracePeriodOver,
    /// Past notAfter, for kinds without a grace period.
    Lapsed,
}

impl Stage {
    /// Orders the stages of one credential: a later one is greater. None where there is nothing to announce.
    pub fn rank(self) -> Option<i64> {
        match self {
            Self::Unknown | Self::Never | Self::Outside => None,
            Self::Within(days) => Some(-i64::from(days)),
            Self::InGracePeriod | Self::Lapsed => Some(1),
            Self::GracePeriodOver => Some(2),
        }
    }

    /// The reason under which the stage is announced.
    pub fn event_reason(self) -> Cow<'static, str> {
        match self {
            Self::Unknown => "ExpiryUnknown".into(),
            Self::Never | Self::Outside => "OutsideWindow".into(),
            Self::Within(days) => format!("ExpiresWithin{days}Days").into(),
            Self::InGracePeriod | Self::Lapsed => "Expired".into(),
            Self::GracePeriodOver => "GracePeriodOver".into(),
        }
    }

    /// The stage that was announced under `reason`: the reverse of [`Stage::event_reason`].
    pub fn rank_of_reason(reason: &str) -> Option<i64> {
        match reason {
            "Expired" => Self::Lapsed.rank(),
            "GracePeriodOver" => Self::GracePeriodOver.rank(),
            _ => {
                let days = reason.strip_prefix("ExpiresWithin")?.strip_suffix("Days")?.parse().ok()?;
                Self::Within(days).rank()
            }
        }
    }

    /// Past notAfter.
    pub fn is_expired(self) -> bool {
        matches!(self, Self::InGracePeriod | Self::GracePeriodOver | Self::Lapsed)
    }
}
