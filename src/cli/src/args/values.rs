//! Parsers of option values: times, durations, namespaces, severities, types. An error is a sentence for the user.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::report::gate::Within;
use lapsewatch_core::api::{CredentialType, Severity, names};

/// Parses a time in RFC 3339, or a date, which means 00:00 UTC on that date.
pub fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    // RFC 3339, section 5.6, has years of four digits only. chrono also accepts longer years after a plus sign, so a
    // text with this sign becomes an invalid empty text.
    let text = text.strip_prefix('+').map_or(text, |_| "");
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|date| date.and_time(NaiveTime::MIN).and_utc());
    time.or_else(|_| date())
        .map_err(|_| "give a time such as 2027-03-01T09:00:00Z, or a date such as 2027-03-01".to_owned())
}

/// Parses the name of a namespace. An empty name, for example from a variable that is not set, is an error. Otherwise
/// the command would silently select no namespace.
pub fn namespace(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("it is empty: name a namespace, or leave the option away to watch all".to_owned());
    }
    names::namespace(text)
}

/// Parses an IP address with a port.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    const FORM: &str = "give an address with its port, such as 0.0.0.0:8080, 127.0.0.1:8080 or [::]:8080";
    text.parse().map_err(|_| FORM.to_owned())
}

/// Parses a duration such as `30s`, `2m` or `1h`, of at most one day.
pub fn duration(text: &str) -> Result<Duration, String> {
    const FORM: &str = "give a whole number with its unit, such as 30s, 2m or 1h, at most a day";
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(FORM.to_owned()),
    };
    let number: u64 = digits.parse().map_err(|_| FORM.to_owned())?;
    match number.checked_mul(seconds) {
        Some(seconds) if seconds <= 86_400 => Ok(Duration::from_secs(seconds)),
        _ => Err(FORM.to_owned()),
    }
}

/// Parses a span such as `45d`, `6w` or `36h`, from 1 hour to 3650 days.
pub fn within(text: &str) -> Result<Within, String> {
    const FORM: &str = "give a whole number with its unit, such as 45d, 6w or 36h, at most 3650d";
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let hours = match unit {
        "h" => 1,
        "d" => 24,
        "w" => 24 * 7,
        _ => return Err(FORM.to_owned()),
    };
    let number: u32 = digits.parse().map_err(|_| FORM.to_owned())?;
    match i64::from(number) * hours {
        hours @ 1..=87_600 => Ok(Within { span: TimeDelta::hours(hours), text: format!("{number}{unit}") }),
        _ => Err(FORM.to_owned()),
    }
}

/// Parses a severity. Upper and lower case are equal.
pub fn severity(text: &str) -> Result<Severity, String> {
    text.parse().map_err(|_| "it is one of none, notice, warning, critical".to_owned())
}

/// Parses a type of credential. Upper and lower case are equal.
pub fn credential_type(text: &str) -> Result<CredentialType, String> {
    one_of(&CredentialType::ALL, text)
}

/// Parses a type of credential that a file can contain: every type except DeclaredExpiry, whose date stands in the
/// spec.
pub fn type_in_file(text: &str) -> Result<CredentialType, String> {
    one_of(&types_in_files(), text)
}

/// Returns the types of credentials that a file can contain.
pub fn types_in_files() -> Vec<CredentialType> {
    CredentialType::ALL.into_iter().filter(|type_| *type_ != CredentialType::DeclaredExpiry).collect()
}

fn one_of(types: &[CredentialType], text: &str) -> Result<CredentialType, String> {
    let known = text.parse().ok().filter(|type_| types.contains(type_));
    known.ok_or_else(|| {
        let names: Vec<&str> = types.iter().map(|type_| type_.as_str()).collect();
        format!("it is one of {}", names.join(", "))
    })
}

/// Parses the name of a tenant. An empty name, for example from a variable that is not set, is an error. Otherwise the
/// command would silently select nothing.
pub fn label(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_a_time_or_a_date() {
        let midnight = Ok("2027-03-01T00:00:00Z".parse().unwrap());
        for text in ["2027-03-01", "2027-03-01T00:00:00Z", "2027-03-01T01:30:00+01:30"] {
            assert_eq!(instant(text), midnight, "{text}");
        }
        for wrong in ["", "now", "2027", "2027-13-01", "2027-02-30", "01.03.2027", "2027-03-01T09:00", "+12027-03-01"] {
            assert!(instant(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_namespace_that_can_be_none_is_refused() {
        assert_eq!(namespace("mdm-2"), Ok("mdm-2".to_owned()));
        for wrong in ["", " ", "Mdm", "a/b", "a.b", "-a", "a-", "ä", &"a".repeat(64)] {
            assert!(namespace(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_have_a_unit_and_a_bound() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("24h"), Ok(Duration::from_secs(86_400)));
        for wrong in ["", "30", "s", "25h", "-1s", "1.5s", "99999999999999999999s", "5d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_span_has_a_unit_and_a_bound() {
        for (text, hours) in [("45d", 1080), ("6w", 1008), ("36h", 36), ("3650d", 87_600)] {
            assert_eq!(within(text).map(|within| within.span.num_hours()), Ok(hours), "{text}");
        }
        for wrong in ["", "45", "d", "0d", "3651d", "-1d", "1.5d", "45days", "99999999999d", "45m"] {
            assert!(within(wrong).is_err(), "{wrong}");
        }
    }
}
