//! DEP server tokens, decrypted: the JSON with which an MDM server signs its calls to Apple.

use sha2::{Digest as _, Sha256};

use super::date::{self, TokenDate};
use super::file_kind::Flaw;
use super::json::{JsonMembers, MemberError};
use super::validity;
use super::vpp::flaw;
use super::x509::hex;
use crate::api::status::{CredentialFacts, Expiry, Format};

/// The members that tell it. Others may stand beside them.
pub(super) const NAMES: [&str; 4] = ["consumer_key", "consumer_secret", "access_token", "access_secret"];
/// Fewer letters are no access token, and their hash would give them away.
const MIN_TOKEN: usize = 16;
/// How much of a consumer key is shown.
const SHOWN: usize = 8;

/// The facts of a token: the consumer key, shortened, is its identity, and the access token its fingerprint. The time of
/// issue that seems to stand in the access token is documented nowhere, and not gone by.
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

/// A consumer key as it is published: `CK_` and its first 8 hex digits, a hyphen, and the first 16 hex digits of the
/// SHA-256 of the whole consumer key, such as `CK_75b2eb55-7e6898243276cecf`. A key that does not begin with `CK_` and
/// 8 hex digits is `CK_`, a hyphen and those 16 digits.
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
        // As `printf '%s' CK_75b2eb55… | sha256sum` says.
        assert_eq!(shortened("CK_75b2eb55aa"), "CK_75b2eb55-7e6898243276cecf");
        assert_eq!(shortened("CK_75b2é").len(), "CK_-".len() + 16);
        assert!(shortened("hunter2").starts_with("CK_-"));
    }
}
