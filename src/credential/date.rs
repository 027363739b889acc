//! Dates as Apple's tokens write them: RFC 3339, and with offsets that it does not know.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// Reads `2031-01-01T00:00:00`, an optional fraction, and an offset: `Z`, `+02:00`, `+0200` or `+02`. A date without an
/// offset is not guessed at.
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

/// An offset in minutes east.
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
