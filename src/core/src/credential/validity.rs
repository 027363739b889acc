//! Converts dates to the form in which they are published: whole seconds, and no date from the year 9999 on.

use chrono::{DateTime, Utc};

use crate::api::limits;
use crate::api::status::Expiry;

/// Converts seconds since 1970 to a time. None from the year 9999 on.
pub(super) fn moment(seconds: i64) -> Option<DateTime<Utc>> {
    (seconds < limits::NO_EXPIRY_FROM).then(|| DateTime::from_timestamp(seconds, 0)).flatten()
}

/// Returns the end of the validity and its state. A date from the year 9999 on means that the credential never expires.
pub(super) fn expiry(not_after: DateTime<Utc>) -> (Option<DateTime<Utc>>, Expiry) {
    expiry_at(not_after.timestamp())
}

/// Does the same as [`expiry`], for a time in seconds since 1970.
pub(super) fn expiry_at(seconds: i64) -> (Option<DateTime<Utc>>, Expiry) {
    match moment(seconds) {
        Some(time) => (Some(time), Expiry::Known),
        None => (None, Expiry::Never),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_year_9999_has_no_dates() {
        let last: DateTime<Utc> = "9998-12-31T23:59:59Z".parse().unwrap();
        assert_eq!(expiry(last), (Some(last), Expiry::Known));
        assert_eq!(expiry("9999-01-01T00:00:00Z".parse().unwrap()), (None, Expiry::Never));
        assert_eq!(expiry(DateTime::<Utc>::MAX_UTC), (None, Expiry::Never));
    }

    #[test]
    fn dates_before_1970_stay_as_they_are() {
        assert_eq!(moment(-1), Some("1969-12-31T23:59:59Z".parse().unwrap()));
    }
}
