//! Rounds the time of the next assessment up to a whole second, so that the assessment is never too early.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Rounds `at` up to a whole second. An assessment truncates the present time to whole seconds. Without rounding, an
/// assessment at `at` would therefore use a time before `at`.
pub fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    match at.trunc_subsecs(0) {
        whole if whole < at => whole.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(at),
        whole => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_never_before_the_time_it_is_for() {
        for (time, look) in [
            ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
            ("2030-01-01T00:00:00.001Z", "2030-01-01T00:00:01Z"),
            ("2030-01-01T00:00:59.999999999Z", "2030-01-01T00:01:00Z"),
        ] {
            assert_eq!(whole_second(time.parse().unwrap()), look.parse::<DateTime<Utc>>().unwrap(), "{time}");
        }
    }
}
