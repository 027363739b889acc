//! Finds problems of the certificate itself: its dates, its chain, its private key, and further certificates in the
//! same value of the Secret.

use chrono::{DateTime, TimeDelta, Utc};

use super::expiry;
use super::finding::Finding;
use crate::api::conditions::ConditionType;
use crate::api::status::KeyMatch;
use crate::api::stored::{KEY_UNREADABLE, SEVERAL_CERTIFICATES};
use crate::api::{CredentialFacts, CredentialType, Severity};
use crate::messages::Words;
use crate::verdict::FindingKind;

/// The reason of a certificate that expires before its validity begins.
pub(super) const DATES_REVERSED: &str = "DatesReversed";
pub(super) const ISSUER_EXPIRED: &str = "IssuerExpired";
pub(super) const ISSUER_EXPIRES_FIRST: &str = "IssuerExpiresFirst";
const NOT_YET_VALID: &str = "NotYetValid";

/// Returns all findings at `now`. `mark` is the text that identifies the certificate in `status.announced`.
pub(super) fn findings(words: &Words<'_>, mark: &str, now: DateTime<Utc>) -> Vec<Finding> {
    let (spec, facts) = (words.spec, words.facts);
    let mut findings = Vec::new();
    let mut find = |reason: &str, case, severity, mark: String, message: String| {
        let finding = Finding::new(ConditionType::Healthy, reason, case, severity, message, spec, Some(facts));
        findings.push(finding.with_credential_key(mark));
    };
    if are_dates_reversed(facts) {
        // Such a certificate is never valid, so that the start of its validity is not reported.
        find(DATES_REVERSED, FindingKind::DatesReversed, Severity::Warning, mark.to_owned(), words.dates_reversed());
    } else if expiry::not_yet_valid(facts, now) {
        find(NOT_YET_VALID, FindingKind::NotYetValid, Severity::Notice, mark.to_owned(), words.not_yet_valid());
    }
    let has_expired = facts.not_after.is_some_and(|end| now > end);
    if let Some(end) = issuer_end(facts).filter(|_| !has_expired) {
        // This finding is identified by the issuer's expiry date and not by the certificate. A new chain with another
        // date is therefore announced again.
        let mark = end.to_rfc3339();
        if now > end {
            find(
                ISSUER_EXPIRED,
                FindingKind::IssuerExpired,
                severity_of_issuer(spec.type_),
                mark,
                words.issuer_expired(),
            );
        } else {
            let message = words.issuer_expires_first();
            find(ISSUER_EXPIRES_FIRST, FindingKind::IssuerExpiresFirst, Severity::Notice, mark, message);
        }
    }
    if !facts.other_certificates.is_empty() {
        let message = words.several_certificates();
        find(SEVERAL_CERTIFICATES, FindingKind::SeveralCertificates, Severity::Notice, mark.to_owned(), message);
    }
    let is_named = spec.secret_ref.as_ref().is_some_and(|secret| secret.private_key_key.is_some());
    if is_named && facts.key_match == KeyMatch::KeyUnreadable {
        find(KEY_UNREADABLE, FindingKind::KeyUnreadable, Severity::Notice, String::new(), words.key_match());
    }
    findings
}

/// Returns the first second after the issuer's expiry, to schedule an assessment. None if this time has passed, or if
/// no issuer expires before the certificate.
pub(super) fn boundary(facts: &CredentialFacts, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // The validity period includes notAfter (RFC 5280, section 4.1.2.5).
    let after = issuer_end(facts)?.checked_add_signed(TimeDelta::seconds(1))?;
    Some(after).filter(|after| *after > now)
}

fn issuer_end(facts: &CredentialFacts) -> Option<DateTime<Utc>> {
    facts.first_issuer_to_expire.as_ref().and_then(|issuer| issuer.not_after)
}

/// True for a certificate that expires before its validity begins.
fn are_dates_reversed(facts: &CredentialFacts) -> bool {
    facts.not_before.zip(facts.not_after).is_some_and(|(begin, end)| end < begin)
}

/// Returns the severity of an expired issuer. Apple and Microsoft check only the certificate itself. A server's clients
/// check the chain too, so for other X.509 certificates the issuer matters.
fn severity_of_issuer(type_: CredentialType) -> Severity {
    if type_ == CredentialType::X509Certificate { Severity::Warning } else { Severity::Notice }
}
