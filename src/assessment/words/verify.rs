//! Every sentence of `verify`: the verdict, what to do about it, and what was not seen. What is wrong with a credential
//! is said in the assessment's own words.

use super::advice::{PORTAL, account, apple_id, secret, verify_origin};
use super::{at, identity_name};
use crate::api::reasons::{ChangeReason, FailureReason};
use crate::api::status::{Expiry, KeyMatch};
use crate::api::{CredentialFacts, CredentialType, TenantCredentialSpec, TenantCredentialStatus};
use crate::assessment::point::{Cause, Outcome, Point};
use crate::assessment::published;
use crate::assessment::renewal;

/// What is compared.
pub struct Compared<'a> {
    /// What the user declares.
    pub spec: &'a TenantCredentialSpec,
    /// What was said last of what is in place.
    pub previous: &'a TenantCredentialStatus,
    /// What would stand there; none where it can't be read.
    pub facts: Option<&'a CredentialFacts>,
    /// What the change would be.
    pub change: Option<ChangeReason>,
}

/// Whether it is the credential that is in place; what stands beside it may be another key.
pub fn is_in_place(previous: &TenantCredentialStatus, facts: &CredentialFacts) -> bool {
    previous.credential.as_ref().is_some_and(|before| renewal::mark(before) == renewal::mark(facts))
}

/// Whether it is the credential that is in place, with the same key.
fn is_same(previous: &TenantCredentialStatus, facts: &CredentialFacts) -> bool {
    let is_key_alike = previous.credential.as_ref().is_some_and(|before| before.key_match == facts.key_match);
    is_key_alike && is_in_place(previous, facts)
}

/// The verdict in one line.
pub fn verdict(outcome: Outcome, points: &[Point], compared: &Compared<'_>) -> String {
    let decide = points.iter().filter(|point| point.outcome == outcome);
    let reasons: Vec<String> = decide.map(|point| short(point, compared)).collect();
    match outcome {
        Outcome::Stop => format!("STOP: {}", reasons.join(". Also: ")),
        Outcome::Untold => format!("could not tell: {}", reasons.join(". Also: ")),
        Outcome::Safe if compared.facts.is_some_and(|facts| is_same(compared.previous, facts)) => {
            "nothing would change: this one is in place already".to_owned()
        }
        Outcome::Safe => {
            let is_soon = points.iter().any(|point| point.reason.starts_with("ExpiresWithin"));
            let soon = if is_soon { "; it is within its warning days already" } else { "" };
            format!("{}: safe to apply{soon}", good(compared).join(", "))
        }
    }
}

/// What speaks for it.
fn good(compared: &Compared<'_>) -> Vec<String> {
    let name = identity_name(compared.spec.type_);
    let Some(facts) = compared.facts else { return Vec::new() };
    let mut parts = Vec::new();
    if facts.identity.is_some() {
        parts.push(match compared.change {
            Some(ChangeReason::IdentityAccepted) => format!("another {name}, which spec.expectedIdentities names"),
            None if compared.previous.credential.is_none() => format!("the {name} that spec.expectedIdentities names"),
            // Nothing was known that it could be the same as.
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

/// How much later it expires than what is in place.
fn later(before: Option<&CredentialFacts>, facts: &CredentialFacts) -> Option<String> {
    let Some(end) = facts.not_after.filter(|_| !published::is_declared(facts)) else {
        return (facts.expiry == Expiry::Never).then(|| "without expiry".to_owned());
    };
    let Some(was) = before.and_then(|before| before.not_after.filter(|_| !published::is_declared(before))) else {
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

/// A point as a part of the verdict's line.
fn short(point: &Point, compared: &Compared<'_>) -> String {
    let (type_, name) = (compared.spec.type_, identity_name(compared.spec.type_));
    match point.cause {
        Cause::IdentityChanged => match type_ {
            CredentialType::APNsCertificate => format!("another {name}; every device would have to enroll again"),
            CredentialType::DEPToken => format!("another {name}; it was made for another MDM server"),
            _ => format!("another {name}; it may be another account's"),
        },
        Cause::KeyMismatch => "the private key does not belong to the certificate".to_owned(),
        Cause::WentBackwards => match type_ {
            CredentialType::DEPToken => {
                "older than one that was in place; downloading the newer one has reset it".to_owned()
            }
            _ => "older than one that was in place".to_owned(),
        },
        Cause::KeyNotTold => match compared.facts.map(|facts| facts.key_match) {
            Some(KeyMatch::KeyUnreadable) => "the private key can't be read, so that it may be the wrong one",
            _ => "no private key was given or seen, so that the one in use may be the wrong one",
        }
        .to_owned(),
        Cause::NothingInPlace => {
            "nothing is known of what is in place, so that there is nothing to compare with".to_owned()
        }
        Cause::IdentityUnknown => format!("no {name} to compare with the expected one"),
        Cause::AgeNotTold => match type_ {
            CredentialType::DEPToken => {
                "the dates do not tell which of the two is newer, and only the newest works".to_owned()
            }
            _ => "no date tells which of the two is newer".to_owned(),
        },
        Cause::InPlace => "this one is in place already and needs attention, which it would not mend".to_owned(),
        Cause::Unreadable
        | Cause::IdentityAccepted
        | Cause::Expired
        | Cause::Replaced
        | Cause::Shared
        | Cause::NotYetValid
        | Cause::DatesReversed
        | Cause::Chain
        | Cause::SeveralCertificates
        | Cause::Expiring => point.message.clone(),
    }
}

/// Of one whose predecessor is not known.
pub fn nothing_in_place() -> String {
    "no credential was ever read here, or nothing is known of it".to_owned()
}

/// Of one that is no newer.
pub fn replaced(type_: CredentialType) -> String {
    format!("the {} is no newer than the one in place by its dates", type_.words())
}

/// The age of one that may be older than the one in place. `is_dated`: both carry a date, and the dates are equal.
pub fn age_unknown(type_: CredentialType, is_dated: bool) -> String {
    match is_dated {
        true => replaced(type_),
        false => format!(
            "the {} or the one in place carries no date, so lapsewatch can't determine which is newer",
            type_.words()
        ),
    }
}

/// Of the one that is in place already.
pub fn in_place(type_: CredentialType, facts: &CredentialFacts) -> String {
    let expires = facts.not_after.map(|end| format!(", which expires at {}", at(end))).unwrap_or_default();
    format!("it is the {} that is in place already{expires}: it renews nothing", type_.words())
}

/// What a point means, where the assessment says nothing of it.
pub fn impact(cause: Cause, type_: CredentialType) -> &'static str {
    match (cause, type_) {
        (Cause::IdentityAccepted, CredentialType::APNsCertificate) => {
            "stops: once the MDM uses it, every device enrolled under the topic before stops reporting and takes no new actions or policies: an enrolled device can't change its topic"
        }
        (Cause::NothingInPlace, CredentialType::APNsCertificate) => {
            "stops: were it of another topic, every enrolled device would have to enroll again"
        }
        _ => "",
    }
}

/// How to act before it is applied.
pub fn remedy(cause: Cause, spec: &TenantCredentialSpec) -> String {
    let type_ = spec.type_;
    match cause {
        Cause::IdentityChanged => match type_ {
            CredentialType::APNsCertificate => format!(
                "do not apply it: in {PORTAL} choose Renew, not Create, beside the certificate of the accepted topic, with the Apple ID of the set-up{}; if the new topic is meant, add it to spec.expectedIdentities first",
                account(spec).map(|account| format!(" ({account})")).unwrap_or_default()
            ),
            _ => "check whether it is meant for this tenant: if so, add its identity to spec.expectedIdentities first; if not, download or renew the right one".to_owned(),
        },
        Cause::IdentityUnknown => format!("{} before you apply it", verify_origin(type_)),
        Cause::IdentityAccepted => match type_ {
            CredentialType::APNsCertificate => "go on only where the devices are to be enrolled again".to_owned(),
            _ => String::new(),
        },
        Cause::KeyMismatch => match type_ {
            CredentialType::APNsCertificate => format!(
                "give the private key of the request that Apple signed with another --file; if it is lost, start again with Renew (not Create) in {PORTAL}"
            ),
            _ => "give the private key of the request that was signed with another --file; if it is lost, have the certificate issued again".to_owned(),
        },
        Cause::Expired => match type_ {
            CredentialType::APNsCertificate => {
                format!("do not apply it: renew it in {PORTAL} with {}", apple_id(spec))
            }
            _ => "do not apply it: renew it first, or look for the file that was downloaded last".to_owned(),
        },
        Cause::DatesReversed => "do not apply it: have it issued again with dates in the right order".to_owned(),
        Cause::Chain => "give the current chain of the issuer with the certificate".to_owned(),
        Cause::SeveralCertificates => "give the certificate that is to be used alone".to_owned(),
        Cause::NotYetValid => "apply it when its validity has begun".to_owned(),
        Cause::WentBackwards => "do not apply it: look for the file that was downloaded last".to_owned(),
        Cause::AgeNotTold => "apply the one that was downloaded last".to_owned(),
        Cause::NothingInPlace if type_ == CredentialType::X509Certificate => {
            "look by other means at what is in place".to_owned()
        }
        Cause::NothingInPlace => format!(
            "compare its {} with what the MDM shows, or pin the right one in spec.expectedIdentities",
            identity_name(type_)
        ),
        Cause::InPlace => "if this was to be its renewal, look for the file that was downloaded last".to_owned(),
        Cause::Unreadable | Cause::KeyNotTold | Cause::Replaced | Cause::Shared | Cause::Expiring => String::new(),
    }
}

/// How to act where the private key can't be held against it. `unseen`: it may be where the caller could not look.
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

/// How to act where it can't be read.
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

/// What was seen and done, and what was not; none of it decides.
pub mod remarks {
    use crate::api::TenantCredentialSpec;
    use crate::assessment::words::advice::secret;

    /// A file that stands for a value of the Secret.
    pub fn stands_for(file: &str, key: &str, spec: &TenantCredentialSpec, is_new: bool) -> String {
        match is_new {
            false => format!("{file} stands for key {key} of Secret {}", secret(spec)),
            true => format!("{file} stands for a new key {key} of Secret {}", secret(spec)),
        }
    }

    /// A Secret that the caller may not read.
    pub fn secret_unseen(spec: &TenantCredentialSpec, why: &str) -> String {
        format!(
            "Secret {} could not be read ({why}): what stands beside the new file there, as its private key, was not seen",
            secret(spec)
        )
    }

    /// A Secret that is not there.
    pub fn no_secret(spec: &TenantCredentialSpec) -> String {
        format!("there is no Secret {} yet: the files were taken for all of it", secret(spec))
    }

    /// A tenant that could not be read.
    pub fn tenant_unseen(name: &str, why: &str) -> String {
        format!("MDMTenant {name} could not be read ({why}): its warning days and contact were left out")
    }

    /// A tenant that is not among the manifests.
    pub fn tenant_absent(name: &str) -> String {
        format!("MDMTenant \"{name}\" is not among what was given: the default warning days apply")
    }

    /// Problems of the previous state that are left out of a list.
    pub fn more_problems(count: usize) -> String {
        format!("--previous: {count} more problems are left out here. lapsewatch check lists them.")
    }

    /// Other credentials that may hold it too, and that could not be read.
    pub fn others_unread(count: usize) -> String {
        let others = if count == 1 { "1 other TenantCredential" } else { &format!("{count} other TenantCredentials") };
        format!("{others} of this type could not be read. One that was not read may hold the credential too.")
    }

    /// A tenant that this version does not understand.
    pub fn tenant_invalid(name: &str, why: &str) -> String {
        format!("MDMTenant \"{name}\" is not understood ({why}). Its warning days and contact were left out.")
    }

    /// Other namespaces that the caller may not list.
    pub fn own_namespace_only(namespace: &str) -> String {
        format!(
            "TenantCredentials of other namespaces could not be listed: whether one of them holds it too was only looked for in namespace {namespace}"
        )
    }

    /// No TenantCredentials that the caller may list.
    pub fn others_unseen(why: &str) -> String {
        format!("whether another TenantCredential holds it too could not be looked for ({why})")
    }

    /// A credential that could not be held against its state before. `is_vouched_for`: other evidence stands for it.
    pub fn not_compared(why: &str, is_vouched_for: bool) -> String {
        match is_vouched_for {
            true => format!("it was not compared with what --previous gives: {why}"),
            false => format!(
                "it was not compared with what --previous gives: {why}. Give the previous state decrypted and complete, or pin the identity in spec.expectedIdentities."
            ),
        }
    }

    /// A previous state without any object.
    pub const NOTHING_BEFORE: &str =
        "--previous gives no TenantCredential, so that nothing was compared with a previous state";

    /// An object that may be the one before, as far as what is encrypted lets tell.
    pub const MAY_BE_ENCRYPTED: &str = "an object there that sops has encrypted may be this one";

    /// A TenantCredential whose type is another one than before.
    pub const OTHER_TYPE: &str =
        "spec.type: it differs from the type that --previous gives, which the API server refuses";

    /// A TenantCredential that was there before.
    pub const REMOVED: &str = "it is not in what was given now: nothing would warn of its credential any more";

    /// A password that the Secret must have, too.
    pub fn password(spec: &TenantCredentialSpec) -> String {
        format!(
            "it was opened with the password given: the operator needs it too, in a key of Secret {} that spec.secretRef.passwordKey names",
            secret(spec)
        )
    }
}

/// Of an object that has no file.
pub const DECLARED: &str = "a DeclaredExpiry is a date in spec.expirationTime, and no file: change the date, and lapsewatch check says what follows";
