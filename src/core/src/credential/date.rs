//! Reads dates in Apple's tokens: RFC 3339, and also offsets in forms outside of RFC 3339.

use chrono::{DateTime, Datelike as _, NaiveDateTime, TimeDelta, Utc};

/// A date in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenDate {
    /// A date on which a token may expire.
    Known(DateTime<Utc>),
    /// A placeholder for "no date": a date in 1970 or before, which programs write for an empty date.
    Unset,
    /// Any other text.
    Unreadable,
}

/// Reads a date as [`read`] does, and distinguishes placeholders from dates.
pub(super) fn token_date(text: &str) -> TokenDate {
    let text = text.trim();
    // Some programs write an empty date without an offset, or with zero as month and day.
    let is_early = |year: &str| year.parse::<u16>().is_ok_and(|year| year <= 1970);
    let is_unset = text.get(..5).is_some_and(|year| year.strip_suffix('-').is_some_and(is_early));
    match read(text) {
        Some(date) if date.year() <= 1970 => TokenDate::Unset,
        None if is_unset => TokenDate::Unset,
        Some(date) => TokenDate::Known(date),
        None => TokenDate::Unreadable,
    }
}

/// Reads `2031-01-01T00:00:00`, an optional fraction, and an offset: `Z`, `+02:00`, `+0200` or `+02`. None for a date
/// without an offset, because the time zone is unknown.
pub(super) fn read(text: &str) -> Option<DateTime<Utc>> {
    let (date, rest) = text.trim().split_at_checked(19)?;
    let local =
        NaiveDateTime::parse_from_str(&date.replace(' ', "T").to_ascii_uppercase(), "%Y-%m-%dT%H:%M:%S").ok()?;
    let offset = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => {
            let after = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
            (after.len() < fraction.len()).then_some(after)?
        }
        None => rest,
    };
    local.checked_sub_signed(TimeDelta::minutes(minutes(offset.trim_start())?)).map(|time| time.and_utc())
}

/// Returns an offset in minutes east of UTC.
fn minutes(offset: &str) -> Option<i64> {
    if offset.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, digits) = match offset.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 2 => (digits, "00"),
        None => digits.split_at_checked(2)?,
    };
    let number = |text: &str, end: i64| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<i64>().ok()).flatten().filter(|number| *number < end)
    };
    Some(sign * (number(hours, 24)? * 60 + number(minutes, 60)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn all_offsets_are_read() {
        for (text, utc) in [
            ("2014-08-15T18:13:52-0700", "2014-08-16T01:13:52Z"),
            ("2020-12-31T13:57:19+02:00", "2020-12-31T11:57:19Z"),
            ("2031-01-01T00:00:00Z", "2031-01-01T00:00:00Z"),
            ("2031-01-01t00:00:00z", "2031-01-01T00:00:00Z"),
            ("2031-01-01T00:00:00+0000", "2031-01-01T00:00:00Z"),
            ("2031-01-01T00:00:00-00:00", "2031-01-01T00:00:00Z"),
            ("2031-01-01T00:00:00+02", "2030-12-31T22:00:00Z"),
            ("2031-01-01T00:00:00.123456789+0530", "2030-12-31T18:30:00Z"),
            (" 2031-01-01 00:00:00 +0000\n", "2031-01-01T00:00:00Z"),
            ("2031-12-31T23:59:59.999Z", "2031-12-31T23:59:59Z"),
        ] {
            assert_eq!(read(text), Some(utc.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn empty_dates_are_told_from_dates() {
        for text in [
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00",
            "1970-01-01T00:00:00+0000",
            "1969-12-31T19:00:00-05:00",
            "1970-01-01T01:00:00+01:00",
            "1899-12-30T00:00:00Z",
            "0000-00-00T00:00:00Z",
        ] {
            assert_eq!(token_date(text), TokenDate::Unset, "{text}");
        }
        assert_eq!(token_date("2031-01-01T00:00:00Z"), TokenDate::Known("2031-01-01T00:00:00Z".parse().unwrap()));
        for text in ["", "soon", "2031-01-01T00:00:00", "1970"] {
            assert_eq!(token_date(text), TokenDate::Unreadable, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "never",
            "2031-01-01",
            "2031-01-01T00:00:00",
            "2031-02-30T00:00:00Z",
            "2031-01-01T25:00:00Z",
            "2031-01-01T00:00:00.Z",
            "2031-01-01T00:00:00+2",
            "2031-01-01T00:00:00+02:0",
            "2031-01-01T00:00:00+99:00",
            "2031-01-01T00:00:00ZZ",
            "2031-01-01T00:00:00+é2",
            "1893456000000",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
