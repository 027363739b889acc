//! Normalizes facts for the assessment and the status: limits dates and texts to the API schema, and sets the declared
//! date if a token contains no date. Facts that are already normalized do not change.

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use super::expiry::GRACE;
use crate::api::status::Expiry;
use crate::api::{CredentialFacts, CredentialType, Failure, TenantCredentialSpec, limits};

/// Returns `facts` in the form in which the status contains them.
pub fn facts(mut facts: CredentialFacts, spec: &TenantCredentialSpec) -> CredentialFacts {
    match (facts.expiry, facts.not_after) {
        (Expiry::Known, Some(end)) if end.timestamp() >= limits::NO_EXPIRY_FROM => {
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
            end.checked_add_signed(GRACE).filter(|end| end.timestamp() < limits::NO_EXPIRY_FROM)
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

/// Returns `failure` with the message cut to the limit of the API schema.
pub fn failure(mut failure: Failure) -> Failure {
    limits::cut(&mut failure.message, limits::TEXT);
    failure
}

/// Returns the expiry date that the user declares for a DEP token. None for other types.
fn declared(spec: &TenantCredentialSpec) -> Option<DateTime<Utc>> {
    let date = spec.expiration_time.filter(|end| end.timestamp() < limits::NO_EXPIRY_FROM).map(moment);
    date.filter(|_| spec.type_ == CredentialType::DEPToken)
}

/// Truncates `time` to a whole second and limits `time` to the years that the API accepts. A leap second (23:59:60)
/// becomes the second before it (23:59:59).
fn moment(time: DateTime<Utc>) -> DateTime<Utc> {
    let whole = time.with_nanosecond(0).unwrap_or(time);
    let bounds = (DateTime::from_timestamp(limits::FIRST_TIME, 0), DateTime::from_timestamp(limits::NO_EXPIRY_FROM, 0));
    let (Some(first), Some(never)) = bounds else { return whole };
    whole.clamp(first, never - TimeDelta::seconds(1))
}

/// Cuts `text` to `max` characters and replaces control characters, which could manipulate a terminal.
fn text(text: &mut Option<String>, max: usize) {
    if let Some(text) = text {
        if text.contains(char::is_control) {
            *text = text.replace(char::is_control, "\u{fffd}");
        }
        limits::cut(text, max);
    }
}
