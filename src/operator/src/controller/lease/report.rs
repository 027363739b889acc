//! The report in which the election task publishes the leadership of this replica.

use tokio::time::Instant;

use super::Leadership;

/// The leadership of this replica, and the time for which it is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ElectionReport {
    pub(super) leadership: Leadership,
    /// The time from which the leadership is unknown. None if the report does not expire.
    pub(super) expires: Option<Instant>,
}

impl ElectionReport {
    pub(super) const UNKNOWN: Self = Self { leadership: Leadership::Unknown, expires: None };

    pub(super) fn until(leadership: Leadership, expires: Instant) -> Self {
        Self { leadership, expires: Some(expires) }
    }
}
