//! The stages of a credential relative to its expiry date, and the reasons with which they are announced.

use std::borrow::Cow;

/// The stage of a credential relative to its expiry date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The credential contains no expiry date.
    Unknown,
    /// The credential does not expire.
    Never,
    /// The expiry is so far away that the first warning is not due yet.
    Outside,
    /// The credential expires within this number of days, which is one of the warning days.
    Within(u16),
    /// The APNs certificate is past notAfter, but Apple still renews the certificate with the same topic.
    InGracePeriod,
    /// The APNs certificate is past notAfter and past the 30 days in which Apple renews a certificate with the same
    /// topic.
    GracePeriodOver,
    /// The credential is past notAfter, and its type has no grace period.
    Lapsed,
}

impl Stage {
    /// Orders the stages of one credential: a later stage has a greater rank. None if the stage is not announced.
    pub fn rank(self) -> Option<i64> {
        match self {
            Self::Unknown | Self::Never | Self::Outside => None,
            Self::Within(days) => Some(-i64::from(days)),
            Self::InGracePeriod | Self::Lapsed => Some(1),
            Self::GracePeriodOver => Some(2),
        }
    }

    /// Returns the reason with which the stage is announced.
    pub fn event_reason(self) -> Cow<'static, str> {
        match self {
            Self::Unknown => "ExpiryUnknown".into(),
            Self::Never | Self::Outside => "OutsideWindow".into(),
            Self::Within(days) => format!("ExpiresWithin{days}Days").into(),
            Self::InGracePeriod | Self::Lapsed => "Expired".into(),
            Self::GracePeriodOver => "GracePeriodOver".into(),
        }
    }

    /// Returns the rank of the stage whose [`Stage::event_reason`] is `reason`. None if `reason` belongs to no stage.
    pub fn rank_of_reason(reason: &str) -> Option<i64> {
        match reason {
            "Expired" => Self::Lapsed.rank(),
            "GracePeriodOver" => Self::GracePeriodOver.rank(),
            _ => Self::Within(days_within(reason.strip_prefix("Expires")?)?).rank(),
        }
    }

    /// True if the credential is past notAfter.
    pub fn is_expired(self) -> bool {
        matches!(self, Self::InGracePeriod | Self::GracePeriodOver | Self::Lapsed)
    }
}

/// Returns the days of a warning stage from the reason of the condition Expiring, such as `Within30Days`.
pub fn days_within(reason: &str) -> Option<u16> {
    reason.strip_prefix("Within")?.strip_suffix("Days")?.parse().ok()
}
