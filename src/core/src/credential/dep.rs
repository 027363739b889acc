//! Reads decrypted DEP server tokens: the JSON with which an MDM server signs its requests to Apple.

use sha2::{Digest as _, Sha256};

use super::breakage::Flaw;
use super::date::{self, TokenDate};
use super::json::{JsonMembers, MemberError};
use super::validity;
use super::vpp::flaw;
use super::x509::hex;
use crate::api::status::{CredentialFacts, Expiry, Format};

/// The members that identify the token. Other members may be present.
pub(super) const NAMES: [&str; 4] = ["consumer_key", "consumer_secret", "access_token", "access_secret"];
/// The minimum length of an access token in bytes. The published hash of a shorter token could reveal the token.
const MIN_TOKEN: usize = 16;
/// The number of published hex digits of a consumer key.
const SHOWN: usize = 8;

/// Returns the facts of a token. The identity is the shortened consumer key. The fingerprint is the hash of the access
/// token. The issue time that the access token seems to contain is not documented and therefore not used.
pub(super) fn read(members: &JsonMembers<'_>) -> Result<CredentialFacts, Flaw> {
    for name in NAMES {
        members.string(name).map_err(|error| flaw(error, name))?;
    }
    let member = |name: &'static str| members.string(name).map_err(|error| flaw(error, name));
    let (consumer, access) = (member("consumer_key")?, member("access_token")?);
    if access.len() < MIN_TOKEN {
        return Err(Flaw::Unreadable("access_token"));
    }
    const EXPIRY: &str = "access_token_expiry";
    let (not_after, expiry) = match members.string(EXPIRY) {
        Ok(end) => match date::token_date(&end) {
            TokenDate::Known(end) => validity::expiry(end),
            TokenDate::Unset => (None, Expiry::Unknown),
            TokenDate::Unreadable => return Err(Flaw::Unreadable(EXPIRY)),
        },
        Err(MemberError::Missing) => (None, Expiry::Unknown),
        Err(error) => return Err(flaw(error, EXPIRY)),
    };
    Ok(CredentialFacts {
        identity: Some(shortened(&consumer)),
        fingerprint: Some(hex(&Sha256::digest(access.as_bytes()))),
        format: Some(Format::JSON),
        not_after,
        expiry,
        ..CredentialFacts::default()
    })
}

/// Shortens a consumer key for publication, such as `CK_75b2eb55-7e6898243276cecf`. The first part is `CK_` with the
/// first 8 hex digits of the key. After a hyphen, the second part is the first 16 hex digits of the SHA-256 of the
/// whole key. A key that does not begin with `CK_` and 8 hex digits becomes `CK_`, a hyphen and those 16 digits.
fn shortened(key: &str) -> String {
    let digest = hex(&Sha256::digest(key.as_bytes()));
    let is_shown = |digits: &&str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits = key.strip_prefix("CK_").and_then(|digits| digits.get(..SHOWN)).filter(is_shown).unwrap_or_default();
    format!("CK_{digits}-{}", digest.get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consumer_keys_are_shortened() {
        // The output of: printf '%s' CK_75b2eb55aa | sha256sum
        assert_eq!(shortened("CK_75b2eb55aa"), "CK_75b2eb55-7e6898243276cecf");
        assert_eq!(shortened("CK_75b2é").len(), "CK_-".len() + 16);
        assert!(shortened("hunter2").starts_with("CK_-"));
    }
}
