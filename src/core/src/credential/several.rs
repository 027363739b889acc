//! Builds the failure for a value with several certificates between which the content does not decide.

use chrono::{DateTime, Utc};

use super::expected::{ReadRequest, noun};
use super::failure::{MAX_NAMES, failure, shown};
use super::validity;
use crate::api::credential::CredentialType;
use crate::api::reasons::FailureReason;
use crate::api::status::{CredentialFacts, Failure, Format};

/// Reports one value with several certificates of different identities. The message gives no advice that helps only for
/// certificates in different Secret keys.
pub(super) fn several_in_one(
    type_: CredentialType,
    asked: ReadRequest,
    key: &str,
    certificates: &[&CredentialFacts],
) -> Failure {
    let date = |time: Option<DateTime<Utc>>| time.map_or_else(|| "without a date".to_owned(), validity::text);
    let named: Vec<String> = certificates
        .iter()
        .take(MAX_NAMES)
        .map(|facts| {
            let serial = facts.serial_number.as_deref().unwrap_or("unknown");
            format!("serial number {serial} (valid from {} until {})", date(facts.not_before), date(facts.not_after))
        })
        .collect();
    let more = certificates.len().saturating_sub(MAX_NAMES);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let is_keystore = certificates.iter().any(|facts| facts.format == Some(Format::PKCS12));
    let extract = match is_keystore {
        true => {
            "\"openssl pkcs12 -in FILE -nodes -out all.pem\" writes them as PEM text. Keep the block of the right certificate and the block of its private key"
        }
        false => "Copy the block of the right certificate, from its BEGIN line to its END line, into a file of its own",
    };
    let (place, what) = (asked.place(), noun(type_));
    let message = format!(
        "{place} \"{}\" contains {} {what}s of different identities: {}{rest}. {extract}. \"openssl x509 -in FILE -noout -serial -dates\" shows which one a file contains",
        shown(key),
        certificates.len(),
        named.join(", ")
    );
    failure(FailureReason::Ambiguous, message)
}
