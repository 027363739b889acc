//! Finds the invalid date in a certificate that can't be parsed because of this date.

use chrono::NaiveDate;

use super::der::{self, CONTEXT_0, GENERALIZED_TIME, INTEGER, SEQUENCE, UTC_TIME};

/// A field of the validity, and its fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidDate {
    pub field: &'static str,
    pub fault: DateFault,
}

/// The fault of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateFault {
    /// A date or time that does not exist, such as 31 February or 25 o'clock.
    Impossible,
    /// A date in another form than RFC 5280, section 4.1.2.5, requires.
    Form,
}

/// Returns the first invalid field of the validity. None if both fields are valid, or if the validity can't be found.
pub(super) fn find(certificate: &[u8]) -> Option<InvalidDate> {
    let certificate = der::recognize_as(certificate, SEQUENCE)?;
    let fields = der::recognize_as(certificate.content, SEQUENCE)?.content;
    let fields = der::recognize_as(fields, CONTEXT_0).map_or(fields, |version| version.rest);
    let serial_number = der::recognize_as(fields, INTEGER)?;
    let algorithm = der::recognize_as(serial_number.rest, SEQUENCE)?;
    let issuer = der::recognize_as(algorithm.rest, SEQUENCE)?;
    let validity = der::recognize_as(issuer.rest, SEQUENCE)?;
    let not_before = der::recognize(validity.content)?;
    let not_after = der::recognize(not_before.rest)?;
    [("notBefore", not_before), ("notAfter", not_after)]
        .into_iter()
        .find_map(|(field, time)| fault(&time).map(|fault| InvalidDate { field, fault }))
}

/// Returns the fault of one date. None if the date is valid.
fn fault(time: &der::DerElement<'_>) -> Option<DateFault> {
    let text = std::str::from_utf8(time.content).unwrap_or_default();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (year_digits, is_form) = match time.tag {
        UTC_TIME => (2, matches!(digits, 10 | 12)),
        GENERALIZED_TIME => (4, matches!(digits, 10 | 12 | 14)),
        _ => return Some(DateFault::Form),
    };
    let (number, zone) = text.split_at_checked(digits).unwrap_or_default();
    if !is_form || zone != "Z" {
        // Parsers may accept a form that RFC 5280 forbids, so in such a form only an impossible date is certainly the
        // fault.
        return if is_form && !is_possible(number, year_digits) {
            Some(DateFault::Impossible)
        } else if is_form && has_zone(zone) {
            None
        } else {
            Some(DateFault::Form)
        };
    }
    (!is_possible(number, year_digits)).then_some(DateFault::Impossible)
}

/// True for the text that ASN.1 permits after the digits: a fraction, and `Z` or an offset.
fn has_zone(text: &str) -> bool {
    let fraction = text.strip_prefix(['.', ',']);
    let zone = fraction.map_or(text, |fraction| fraction.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    let offset = zone.strip_prefix(['+', '-']);
    zone == "Z" || offset.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

/// True if the date and time exist. A year of two digits lies between 1950 and 2049 (RFC 5280, section 4.1.2.5.1).
fn is_possible(digits: &str, year_digits: usize) -> bool {
    let Some((year, rest)) = digits.split_at_checked(year_digits) else { return false };
    let year = match (year.parse::<i32>(), year_digits) {
        (Ok(year @ 0..50), 2) => 2000 + year,
        (Ok(year), 2) => 1900 + year,
        (Ok(year), _) => year,
        (Err(_), _) => return false,
    };
    let two = |at: usize| rest.get(at..at + 2).and_then(|digits| digits.parse::<u32>().ok());
    let (Some(month), Some(day), Some(hour)) = (two(0), two(2), two(4)) else { return false };
    let (minute, second) = (two(6).unwrap_or_default(), two(8).unwrap_or_default());
    NaiveDate::from_ymd_opt(year, month, day).is_some_and(|date| date.and_hms_opt(hour, minute, second).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tag: u8, text: &str) -> Option<DateFault> {
        let bytes = [&[tag, text.len() as u8], text.as_bytes()].concat();
        fault(&der::recognize(&bytes)?)
    }

    #[test]
    fn dates_that_no_calendar_has_are_found() {
        for (text, expected) in [
            ("270228235959Z", None),
            ("280229000000Z", None),
            ("000229000000Z", None),
            ("500101000000Z", None),
            ("2706010000Z", None),
            ("270601000000+0200", None),
            ("270231000000Z", Some(DateFault::Impossible)),
            ("270229000000Z", Some(DateFault::Impossible)),
            ("271301000000Z", Some(DateFault::Impossible)),
            ("270001000000Z", Some(DateFault::Impossible)),
            ("270601240000Z", Some(DateFault::Impossible)),
            ("270601006000Z", Some(DateFault::Impossible)),
            ("270601000060Z", Some(DateFault::Impossible)),
            ("270431000000+0200", Some(DateFault::Impossible)),
            ("270601000000", Some(DateFault::Form)),
            ("2027-06-01", Some(DateFault::Form)),
            ("", Some(DateFault::Form)),
        ] {
            assert_eq!(of(UTC_TIME, text), expected, "{text}");
        }
        for (text, expected) in [
            ("20270601000000Z", None),
            ("99991231235959Z", None),
            ("20270601000000.5Z", None),
            ("21000229000000Z", Some(DateFault::Impossible)),
            ("20270931000000Z", Some(DateFault::Impossible)),
            ("20270601000000", Some(DateFault::Form)),
            ("270601000000Z", Some(DateFault::Impossible)),
        ] {
            assert_eq!(of(GENERALIZED_TIME, text), expected, "{text}");
        }
        assert_eq!(of(INTEGER, "270601000000Z"), Some(DateFault::Form));
    }
}
