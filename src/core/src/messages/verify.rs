//! Messages of `lapsewatch verify`: the verdict, and findings that only this command reports. For all other findings,
//! the command shows the messages of the assessment.

use super::advice::{PORTAL, account, apple_id, secret, verify_origin};
use super::{at, identity_name};
use crate::api::reasons::{ChangeReason, FailureReason};
use crate::api::status::{Expiry, KeyMatch};
use crate::api::{CredentialFacts, CredentialType, TenantCredentialSpec, TenantCredentialStatus};
use crate::verdict::{VerifyCause, VerifyFinding, VerifyOutcome};

/// The current and the new credential, for the comparison in the verdict.
pub struct Compared<'a> {
    /// The spec, as the user declared it.
    pub spec: &'a TenantCredentialSpec,
    /// The last status of the current credential.
    pub previous: &'a TenantCredentialStatus,
    /// The facts about the new credential. None if the credential can't be read.
    pub facts: Option<&'a CredentialFacts>,
    /// The kind of the change. None if the new credential changes nothing.
    pub change: Option<ChangeReason>,
    /// True if the new credential is the current one and the check of its private key gives the same result.
    pub is_same: bool,
}

/// Returns the verdict in one line.
pub fn verdict(outcome: VerifyOutcome, points: &[VerifyFinding], compared: &Compared<'_>) -> String {
    let decide = points.iter().filter(|point| point.outcome == outcome);
    let reasons: Vec<String> = decide.map(|point| verdict_part(point, compared)).collect();
    match outcome {
        VerifyOutcome::Stop => format!("STOP: {}", reasons.join(". Also: ")),
        VerifyOutcome::Untold => format!("could not tell: {}", reasons.join(". Also: ")),
        VerifyOutcome::Safe if compared.is_same => "nothing would change: this one is in place already".to_owned(),
        VerifyOutcome::Safe => {
            let is_soon = points.iter().any(|point| point.reason.starts_with("ExpiresWithin"));
            let soon = if is_soon { "; it is within its warning days already" } else { "" };
            format!("{}: safe to apply{soon}", good(compared).join(", "))
        }
    }
}

/// Returns the points in favor of the new credential.
fn good(compared: &Compared<'_>) -> Vec<String> {
    let name = identity_name(compared.spec.type_);
    let Some(facts) = compared.facts else { return Vec::new() };
    let mut parts = Vec::new();
    if facts.identity.is_some() {
        parts.push(match compared.change {
            Some(ChangeReason::IdentityAccepted) => format!("another {name}, which spec.expectedIdentities names"),
            None if compared.previous.credential.is_none() => format!("the {name} that spec.expectedIdentities names"),
            // Without an accepted identity, there is nothing to call "same".
            _ if compared.previous.accepted_identity.is_none() => format!("first {name} seen here"),
            _ => format!("same {name}"),
        });
    }
    match compared.change {
        Some(ChangeReason::Restored) => parts.push("the newest one back again".to_owned()),
        _ => parts.extend(later(compared.previous.credential.as_ref(), facts)),
    }
    match facts.key_match {
        KeyMatch::Matches => parts.push("key fits".to_owned()),
        KeyMatch::NoKey => parts.push("no key beside it".to_owned()),
        KeyMatch::KeyUnreadable => parts.push("a key that can't be read".to_owned()),
        KeyMatch::Mismatch | KeyMatch::NotApplicable => {}
    }
    if parts.is_empty() {
        parts.push(format!("another {}", compared.spec.type_.words()));
    }
    parts
}

/// Returns the difference between the expiry dates of the current and the new credential.
fn later(before: Option<&CredentialFacts>, facts: &CredentialFacts) -> Option<String> {
    let Some(end) = facts.not_after.filter(|_| !facts.is_declared()) else {
        return (facts.expiry == Expiry::Never).then(|| "without expiry".to_owned());
    };
    let Some(was) = before.and_then(|before| before.not_after.filter(|_| !before.is_declared())) else {
        return Some(format!("expires {}", at(end)));
    };
    let seconds = end.signed_duration_since(was).num_seconds();
    let (whole, way) = (seconds.abs() / 86_400, if seconds < 0 { "earlier" } else { "later" });
    Some(match whole {
        _ if seconds == 0 => "same expiry".to_owned(),
        0 => format!("less than a day {way}"),
        1 => format!("1 day {way}"),
        days => format!("{days} days {way}"),
    })
}

/// Returns the short form of the finding `point`, for the verdict in one line.
fn verdict_part(point: &VerifyFinding, compared: &Compared<'_>) -> String {
    let (type_, name) = (compared.spec.type_, identity_name(compared.spec.type_));
    match point.cause {
        VerifyCause::IdentityChanged => match type_ {
            CredentialType::APNsCertificate => format!("another {name}; every device would have to enroll again"),
            CredentialType::DEPToken => format!("another {name}; it was made for another MDM server"),
            _ => format!("another {name}; it may be another account's"),
        },
        VerifyCause::KeyMismatch => "the private key does not belong to the certificate".to_owned(),
        VerifyCause::WentBackwards => match type_ {
            CredentialType::DEPToken => {
                "older than one that was in place; downloading the newer one has reset it".to_owned()
            }
            _ => "older than one that was in place".to_owned(),
        },
        VerifyCause::KeyNotTold => match compared.facts.map(|facts| facts.key_match) {
            Some(KeyMatch::KeyUnreadable) => "the private key can't be read, so that it may be the wrong one",
            _ => "no private key was given or seen, so that the one in use may be the wrong one",
        }
        .to_owned(),
        VerifyCause::NothingInPlace => {
            "nothing is known of what is in place, so that there is nothing to compare with".to_owned()
        }
        VerifyCause::IdentityUnknown => format!("no {name} to compare with the expected one"),
        VerifyCause::AgeNotTold => match type_ {
            CredentialType::DEPToken => {
                "the dates do not tell which of the two is newer, and only the newest works".to_owned()
            }
            _ => "no date tells which of the two is newer".to_owned(),
        },
        VerifyCause::InPlace => "this one is in place already and needs attention, which it would not mend".to_owned(),
        VerifyCause::Unreadable
        | VerifyCause::IdentityAccepted
        | VerifyCause::Expired
        | VerifyCause::Replaced
        | VerifyCause::Shared
        | VerifyCause::NotYetValid
        | VerifyCause::DatesReversed
        | VerifyCause::Chain
        | VerifyCause::SeveralCertificates
        | VerifyCause::Expiring => point.message.clone(),
    }
}

/// Returns the message for a new credential without a known current credential.
pub fn nothing_in_place() -> String {
    "no credential was ever read here, or nothing is known of it".to_owned()
}

/// Returns the message for a new credential that is not newer than the current one by its dates.
pub fn replaced(type_: CredentialType) -> String {
    format!("the {} is no newer than the one in place by its dates", type_.words())
}

/// Returns the message for a new credential that may be older than the current one. `is_dated` is true if both
/// credentials contain dates, which are then equal.
pub fn age_unknown(type_: CredentialType, is_dated: bool) -> String {
    match is_dated {
        true => replaced(type_),
        false => format!(
            "the current {} or the new file contains no date, so lapsewatch can't determine which is newer",
            type_.words()
        ),
    }
}

/// Returns the message for a new credential that is the current one.
pub fn in_place(type_: CredentialType, facts: &CredentialFacts) -> String {
    let expires = facts.not_after.map(|end| format!(", which expires at {}", at(end))).unwrap_or_default();
    format!("it is the {} that is in place already{expires}: it renews nothing", type_.words())
}

/// Returns the consequences of a finding that only `verify` reports. Empty if the finding comes from the assessment.
pub fn impact(cause: VerifyCause, type_: CredentialType) -> &'static str {
    match (cause, type_) {
        (VerifyCause::IdentityAccepted, CredentialType::APNsCertificate) => {
            "stops: once the MDM uses it, every device enrolled under the topic before stops reporting and takes no new actions or policies: an enrolled device can't change its topic"
        }
        (VerifyCause::NothingInPlace, CredentialType::APNsCertificate) => {
            "stops: were it of another topic, every enrolled device would have to enroll again"
        }
        _ => "",
    }
}

/// Returns the action to take before the credential is applied.
pub fn remedy(cause: VerifyCause, spec: &TenantCredentialSpec) -> String {
    let type_ = spec.type_;
    match cause {
        VerifyCause::IdentityChanged => match type_ {
            CredentialType::APNsCertificate => format!(
                "do not apply it: in {PORTAL} choose Renew, not Create, beside the certificate of the accepted topic, with the Apple ID of the set-up{}; if the new topic is meant, add it to spec.expectedIdentities first",
                account(spec).map(|account| format!(" ({account})")).unwrap_or_default()
            ),
            _ => "check whether it is meant for this tenant: if so, add its identity to spec.expectedIdentities first; if not, download or renew the right one".to_owned(),
        },
        VerifyCause::IdentityUnknown => format!("{} before you apply it", verify_origin(type_)),
        VerifyCause::IdentityAccepted => match type_ {
            CredentialType::APNsCertificate => "go on only where the devices are to be enrolled again".to_owned(),
            _ => String::new(),
        },
        VerifyCause::KeyMismatch => match type_ {
            CredentialType::APNsCertificate => format!(
                "give the private key of the request that Apple signed with another --file; if it is lost, start again with Renew (not Create) in {PORTAL}"
            ),
            _ => "give the private key of the request that was signed with another --file; if it is lost, have the certificate issued again".to_owned(),
        },
        VerifyCause::Expired => match type_ {
            CredentialType::APNsCertificate => {
                format!("do not apply it: renew it in {PORTAL} with {}", apple_id(spec))
            }
            _ => "do not apply it: renew it first, or look for the file that was downloaded last".to_owned(),
        },
        VerifyCause::DatesReversed => "do not apply it: have it issued again with dates in the right order".to_owned(),
        VerifyCause::Chain => "give the current chain of the issuer with the certificate".to_owned(),
        VerifyCause::SeveralCertificates => "give a file that contains only the certificate that you want to use".to_owned(),
        VerifyCause::NotYetValid => "apply it when its validity has begun".to_owned(),
        VerifyCause::WentBackwards => "do not apply it: look for the file that was downloaded last".to_owned(),
        VerifyCause::AgeNotTold => "apply the one that was downloaded last".to_owned(),
        VerifyCause::NothingInPlace if type_ == CredentialType::X509Certificate => {
            "look by other means at what is in place".to_owned()
        }
        VerifyCause::NothingInPlace => format!(
            "compare its {} with what the MDM shows, or pin the right one in spec.expectedIdentities",
            identity_name(type_)
        ),
        VerifyCause::InPlace => "if this was to be its renewal, look for the file that was downloaded last".to_owned(),
        VerifyCause::Unreadable | VerifyCause::KeyNotTold | VerifyCause::Replaced | VerifyCause::Shared | VerifyCause::Expiring => String::new(),
    }
}

/// Returns the action if the private key can't be compared with the certificate. `unseen` is true if the key may be in
/// a Secret that the caller can't read.
pub fn key_remedy(key_match: KeyMatch, unseen: bool, spec: &TenantCredentialSpec) -> String {
    let mut remedy = match key_match {
        KeyMatch::KeyUnreadable => {
            "give the private key with another --file in a form that is read, such as PEM, and its password with --password-file"
        }
        _ => "give its private key with another --file",
    }
    .to_owned();
    if unseen && spec.secret_ref.is_some() {
        remedy.push_str(&format!(", or ask someone who may read Secret {} to rehearse it", secret(spec)));
    }
    remedy
}

/// Returns the action if the credential can't be read.
pub fn unreadable(reason: FailureReason, spec: &TenantCredentialSpec) -> String {
    match reason {
        FailureReason::PasswordRequired => "give the password with --password-file",
        FailureReason::PasswordWrong => "give the right password with --password-file",
        FailureReason::NoMatchingKey => "give the private key that opens it with another --file",
        FailureReason::Ambiguous => "give one of them alone",
        FailureReason::KeyNotFound => {
            "give what belongs there with another --file, or name another key in spec.secretRef"
        }
        FailureReason::NotSupported | FailureReason::LimitExceeded => {
            "give it in another form, such as PEM, or look at it by other means"
        }
        _ => match spec.type_ {
            CredentialType::APNsCertificate => {
                "do not apply it: give the certificate that Apple's push portal (identity.apple.com/pushcert) returned"
            }
            _ => "do not apply it: give the file that was downloaded or issued, whole and unchanged",
        },
    }
    .to_owned()
}

/// The message for a DeclaredExpiry, which has no file to verify.
pub const DECLARED: &str = "a DeclaredExpiry is a date in spec.expirationTime, and no file: change the date, and lapsewatch check says what follows";
