//! Writes the messages about several credentials if their content does not show which of them to use.

use chrono::{DateTime, Utc};

use super::names::{list, shown};
use super::request::noun;
use crate::api::credential::CredentialType;
use crate::credential::{CertificateList, KeyNames, ReadRequest};
use crate::messages::at;

/// Returns the message about different credentials in several values, or different tokens in one value.
pub(super) fn values(type_: CredentialType, asked: ReadRequest, keys: &KeyNames) -> String {
    let (what, place) = (noun(type_), asked.place());
    match keys.first.len() {
        1 => format!(
            "{place} {} holds several different {what}s, and nothing tells which is meant; leave only the one that is to be watched",
            list(keys)
        ),
        _ => format!(
            "{place}s {} hold different {what}s, and nothing tells which is meant; {}",
            list(keys),
            asked.words("name one in spec.secretRef.key", "give one of them")
        ),
    }
}

/// Returns the message about one value with several certificates of different identities. The message does not advise
/// to name a Secret key, because all these certificates are in one.
pub(super) fn certificates(
    type_: CredentialType,
    asked: ReadRequest,
    key: &str,
    certificates: &CertificateList,
) -> String {
    let CertificateList { first, more, is_in_keystore } = certificates;
    let date = |time: Option<DateTime<Utc>>| time.map_or_else(|| "without a date".to_owned(), at);
    let named: Vec<String> = first
        .iter()
        .map(|certificate| {
            let serial = certificate.serial_number.as_deref().unwrap_or("unknown");
            let (begin, end) = (date(certificate.not_before), date(certificate.not_after));
            format!("serial number {serial} (valid from {begin} until {end})")
        })
        .collect();
    let rest = if *more > 0 { format!(" and {more} more") } else { String::new() };
    let extract = match is_in_keystore {
        true => {
            "\"openssl pkcs12 -in FILE -nodes -out all.pem\" writes them as PEM text. Keep the block of the right certificate and the block of its private key"
        }
        false => "Copy the block of the right certificate, from its BEGIN line to its END line, into a file of its own",
    };
    let (place, what, count) = (asked.place(), noun(type_), first.len() + more);
    format!(
        "{place} \"{}\" contains {count} {what}s of different identities: {}{rest}. {extract}. \"openssl x509 -in FILE -noout -serial -dates\" shows which one a file contains",
        shown(key),
        named.join(", ")
    )
}

/// Returns the message about files with credentials of several types.
pub(super) fn types(types: &[CredentialType]) -> String {
    let what: Vec<&str> = types.iter().copied().map(noun).collect();
    format!(
        "the files hold credentials of several types: {}; give one of them, with what belongs to it",
        what.join(", ")
    )
}
