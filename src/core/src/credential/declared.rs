//! Builds the facts of a credential whose expiry date the user declares.

use chrono::{DateTime, Utc};

use super::validity;
use crate::api::status::{CredentialFacts, KeyMatch};

/// Returns the facts of a declared date: only the date in whole seconds, without a fingerprint.
pub fn declared(expiration: DateTime<Utc>) -> CredentialFacts {
    let (not_after, expiry) = validity::expiry(expiration);
    CredentialFacts { not_after, expiry, key_match: KeyMatch::NotApplicable, ..CredentialFacts::default() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::api::status::Expiry;

    #[test]
    fn a_declared_date_is_cut_to_whole_seconds_and_is_all_there_is() {
        let facts = declared("2030-05-06T07:08:09.987Z".parse().unwrap());
        assert_eq!(
            facts,
            CredentialFacts {
                not_after: Some("2030-05-06T07:08:09Z".parse().unwrap()),
                expiry: Expiry::Known,
                ..CredentialFacts::default()
            }
        );
    }

    #[test]
    fn a_date_in_the_year_9999_is_none() {
        let facts = declared("9999-06-01T00:00:00Z".parse().unwrap());
        assert_eq!((facts.not_after, facts.expiry), (None, Expiry::Never));
    }
}
