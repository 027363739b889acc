//! Facts as they are assessed and published: dates that the API carries, texts within the schema's limits, and the
//! declared date where a token carries none. What was published is left as it is.

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use super::expiry::GRACE;
use crate::api::status::Expiry;
use crate::api::{CredentialFacts, CredentialType, Failure, TenantCredentialSpec, limits};

/// 0001-01-01T00:00:00Z, before which neither CEL nor Go's clients know a time.
const FIRST: i64 = -62_135_596_800;
/// 9999-01-01T00:00:00Z, from which on a date means "no expiry".
const NEVER: i64 = 253_370_764_800;

/// `facts` in the form in which they stand in the status.
pub fn facts(mut facts: CredentialFacts, spec: &TenantCredentialSpec) -> CredentialFacts {
    match (facts.expiry, facts.not_after) {
        (Expiry::Known, Some(end)) if end.timestamp() >= NEVER => {
            facts.not_after = None;
            facts.expiry = Expiry::Never;
        }
        (Expiry::Known, Some(end)) => facts.not_after = Some(moment(end)),
        (Expiry::Never, _) => facts.not_after = None,
        (Expiry::Known | Expiry::Unknown, _) => {
            facts.expiry = Expiry::Unknown;
            facts.not_after = declared(spec);
        }
    }
    facts.not_before = facts.not_before.map(moment);
    facts.grace_end_time = match (spec.type_, facts.not_after) {
        (CredentialType::APNsCertificate, Some(end)) => {
            end.checked_add_signed(GRACE).filter(|end| end.timestamp() < NEVER)
        }
        _ => None,
    };
    text(&mut facts.identity, limits::IDENTITY);
    text(&mut facts.fingerprint, 64);
    text(&mut facts.subject, limits::NAME);
    text(&mut facts.issuer, limits::NAME);
    text(&mut facts.serial_number, limits::SERIAL);
    if let Some(issuer) = &mut facts.first_issuer_to_expire {
        issuer.not_after = issuer.not_after.map(moment);
        text(&mut issuer.subject, limits::NAME);
    }
    facts.other_certificates.truncate(limits::CERTIFICATES);
    for other in &mut facts.other_certificates {
        other.not_before = other.not_before.map(moment);
        other.not_after = other.not_after.map(moment);
        text(&mut other.serial_number, limits::SERIAL);
    }
    if let Some(keys) = &mut facts.keys {
        for key in [&mut keys.credential, &mut keys.private_key, &mut keys.password] {
            text(key, limits::KEY);
        }
    }
    facts
}

/// The text of a failure within its limit.
pub fn failure(mut failure: Failure) -> Failure {
    limits::cut(&mut failure.message, limits::TEXT);
    failure
}

/// The date for a token that carries none.
fn declared(spec: &TenantCredentialSpec) -> Option<DateTime<Utc>> {
    let date = spec.expiration_time.filter(|end| end.timestamp() < NEVER).map(moment);
    date.filter(|_| spec.type_ == CredentialType::DEPToken)
}

/// Whole seconds of the years that the API carries; a leap second is the one before it.
fn moment(time: DateTime<Utc>) -> DateTime<Utc> {
    let whole = time.with_nanosecond(0).unwrap_or(time);
    let bounds = (DateTime::from_timestamp(FIRST, 0), DateTime::from_timestamp(NEVER, 0));
    let (Some(first), Some(never)) = bounds else { return whole };
    whole.clamp(first, never - TimeDelta::seconds(1))
}

/// No control characters, for the sake of terminals.
fn text(text: &mut Option<String>, max: usize) {
    if let Some(text) = text {
        if text.contains(char::is_control) {
            *text = text.replace(char::is_control, "\u{fffd}");
        }
        limits::cut(text, max);
    }
}
