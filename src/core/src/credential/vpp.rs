//! Reads VPP content tokens: a JSON object that Apple provides in base64.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::base64_text;
use super::breakage::Flaw;
use super::date::{self, TokenDate};
use super::json::{JsonMembers, MemberError};
use super::validity;
use super::x509::hex;
use crate::api::identity;
use crate::api::status::{CredentialFacts, Format};

/// The members that identify the token. Other members may be present.
pub(super) const NAMES: [&str; 3] = ["token", "expDate", "orgName"];
/// The minimum length of an inner token in bytes. Inner tokens have about 64 random bytes. The published hash of a very
/// short token could reveal the token.
const MIN_TOKEN: usize = 16;

/// Returns the facts of a token. The identity is the organization, and the fingerprint is the hash of the decoded inner
/// token. A fingerprint of the outer text would depend on the formatting of the JSON.
pub(super) fn read(members: &JsonMembers<'_>) -> Result<CredentialFacts, Flaw> {
    let member = |name: &'static str| members.string(name).map_err(|error| flaw(error, name));
    let token = member("token")?;
    let token = base64_text::decode(token.as_bytes()).ok_or(Flaw::Unreadable("token"))?;
    if token.len() < MIN_TOKEN {
        return Err(Flaw::Unreadable("token"));
    }
    let (not_after, expiry) = match date::token_date(&member("expDate")?) {
        TokenDate::Known(end) => validity::expiry(end),
        TokenDate::Unset => return Err(Flaw::EmptyDate("expDate")),
        TokenDate::Unreadable => return Err(Flaw::Unreadable("expDate")),
    };
    let identity = match members.string("orgName") {
        Ok(name) => organization(&name),
        // The organization is optional: a token without a readable name is still valid.
        Err(MemberError::Missing | MemberError::NotText) => None,
        Err(MemberError::Twice) => return Err(Flaw::Twice("orgName")),
    };
    Ok(CredentialFacts {
        identity,
        fingerprint: Some(hex(&Sha256::digest(token.as_slice()))),
        format: Some(Format::JSON),
        not_after,
        expiry,
        ..CredentialFacts::default()
    })
}

/// Returns the decoded content token, if the member `token` of another document contains a whole content token. None if
/// this member is an inner token, which does not decode to JSON.
pub(super) fn nested(members: &JsonMembers<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let token = members.string(NAMES[0]).ok()?;
    base64_text::decode(token.as_bytes()).filter(|text| text.trim_ascii().starts_with(b"{\""))
}

/// Returns the flaw of a token for the error of a member.
pub(super) fn flaw(error: MemberError, name: &'static str) -> Flaw {
    match error {
        MemberError::Missing => Flaw::Lacks(name),
        MemberError::NotText => Flaw::Unreadable(name),
        MemberError::Twice => Flaw::Twice(name),
    }
}

/// Returns the organization's name for publication. None if the name contains no visible character.
fn organization(name: &str) -> Option<String> {
    let name = identity::canonical(name);
    name.contains(|letter| letter != identity::UNSEEN && letter != ' ').then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::limits;

    #[test]
    fn names_are_cleaned_and_cut() {
        assert_eq!(organization(" Müller\n\u{202e}& Co. ").unwrap(), "Müller \u{fffd}& Co.");
        assert_eq!(organization(&"ä".repeat(300)).unwrap().chars().count(), limits::IDENTITY);
        assert_eq!(organization("\u{200b}\u{a0}\u{200b}"), None);
    }
}
