//! Messages about the certificate itself: its dates, its chain, and further certificates in the same Secret key or
//! file.

use chrono::{DateTime, Datelike, Utc};

use super::{Words, at, identity_name};
use crate::api::CredentialType;

impl Words<'_> {
    /// Returns the message for a certificate that expires before its validity begins.
    pub fn dates_reversed(&self) -> String {
        let (begin, end) = (date(self.facts.not_before), date(self.facts.not_after));
        // In UTCTime, the two-digit years 50 to 99 mean 1950 to 1999 (RFC 5280, section 4.1.2.5.1).
        let is_last_century = |time: DateTime<Utc>| (1950..2000).contains(&time.year());
        let hint = match self.facts.not_after.is_some_and(is_last_century) {
            true => ". In X.509, the two-digit years 50 to 99 mean 1950 to 1999",
            false => "",
        };
        self.end(format!(
            "{} has dates in the wrong order: it is valid from {begin} and expires at {end}{hint}",
            self.subject()
        ))
    }

    /// Returns the message for an issuer that expires before the certificate.
    pub fn issuer_expires_first(&self) -> String {
        let end = match self.facts.not_after {
            Some(end) => format!("before the certificate itself, which expires at {}", at(end)),
            None => "and the certificate itself does not expire".to_owned(),
        };
        self.end(format!("{} expires at {}, {end}", self.issuer(), self.issuer_end()))
    }

    /// Returns the message for an issuer that has expired.
    pub fn issuer_expired(&self) -> String {
        self.end(format!("{} expired at {}", self.issuer(), self.issuer_end()))
    }

    fn issuer(&self) -> String {
        let subject = self.facts.first_issuer_to_expire.as_ref().and_then(|issuer| issuer.subject.as_deref());
        format!("the issuer \"{}\" in the chain of {}", subject.unwrap_or_default(), self.subject())
    }

    fn issuer_end(&self) -> String {
        date(self.facts.first_issuer_to_expire.as_ref().and_then(|issuer| issuer.not_after))
    }

    /// Returns the message for a Secret key or file that contains several certificates of the same identity.
    pub fn several_certificates(&self) -> String {
        let facts = self.facts;
        let place = if self.spec.secret_ref.is_some() { "key" } else { "file" };
        let key = facts.keys.as_ref().and_then(|keys| keys.credential.as_deref());
        let place = key.map_or_else(|| format!("a {place}"), |key| format!("{place} \"{key}\""));
        let one = match self.spec.type_ {
            CredentialType::X509Certificate => "name",
            type_ => identity_name(type_),
        };
        let others: Vec<String> = facts
            .other_certificates
            .iter()
            .map(|other| certificate(other.serial_number.as_deref(), date(other.not_before), date(other.not_after)))
            .collect();
        let count = others.len().saturating_add(1);
        self.end(format!(
            "{place} contains {count} certificates with the same {one}. lapsewatch assessed the certificate with {}. Not assessed: {}",
            certificate(facts.serial_number.as_deref(), date(facts.not_before), date(facts.not_after)),
            others.join(", ")
        ))
    }
}

/// Describes a certificate by its serial number and dates.
fn certificate(serial_number: Option<&str>, begin: String, end: String) -> String {
    format!("serial number {} (valid from {begin} until {end})", serial_number.unwrap_or("unknown"))
}

fn date(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(|| "an unknown date".to_owned(), at)
}
