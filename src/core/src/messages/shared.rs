//! Messages about a credential that several objects use.

use super::Words;
use super::advice::{Advice, secret};
use crate::api::CredentialType;
use crate::verdict::{Other, SharingState, Unlisted, View};

/// The words for holders in other namespaces, which messages never name.
pub const ELSEWHERE: &str = "a credential of another namespace";
/// The words for holders in other clusters.
pub const AWAY: &str = "a credential of another cluster";
/// The message of the condition Duplicate for a type of credential that may be used in several places.
pub const NOT_EXCLUSIVE: &str = "this type may be used in several places";
/// The message for a credential that no other holder uses.
pub const UNIQUE: &str = "no other TenantCredential among those looked at holds it";
/// The message for an object whose Secret or Secret key does not exist.
pub const HOLDS_NOTHING: &str = "it holds nothing now that another could hold too";
/// The message while the operator has not read all TenantCredentials.
pub const PENDING: &str =
    "the operator has not read all TenantCredentials yet. Another TenantCredential may contain the same credential";

/// Returns the message about the other holders, which are the TenantCredentials with the same credential.
pub fn message(words: &Words<'_>, view: &View) -> String {
    let subject = words.subject();
    let others = list(view);
    let mut message = match view.standing {
        SharingState::Unique => UNIQUE.to_owned(),
        SharingState::SameSecret => format!("{subject} is also read, from the same Secret, by {others}"),
        SharingState::SharedByOthers => format!("{subject} was here first, and is also held by {others}"),
        SharingState::ControlAssumed => {
            format!("the override here assumes control of {subject}, which is also held by {others}")
        }
        SharingState::Superseded { certain: true } => match words.spec.type_ {
            CredentialType::DEPToken => format!(
                "{subject} no longer works, since the download of a newer one has reset it: a newer token of the same consumer key is held by {others}"
            ),
            _ => format!("a newer certificate of the same topic as {subject} is held by {others}"),
        },
        SharingState::Superseded { certain: false } => match words.spec.type_ {
            CredentialType::DEPToken => format!(
                "their dates do not tell which is newer, but one of the two no longer works: another token of the same consumer key as {subject} is held by {others}"
            ),
            _ => format!(
                "their dates do not tell which is newer: another certificate of the same topic as {subject} is held by {others}"
            ),
        },
        SharingState::TokenInUse => format!("{subject} is also held by {others}"),
        SharingState::ControlLost => match &view.claimant {
            Some(claimant) if view.unlisted != Unlisted::None || view.others.iter().any(|other| other != claimant) => {
                format!(
                    "the override of {} assumes control of {subject}, which is also held by {others}",
                    name(claimant)
                )
            }
            // A view that was restored from a status lacks the claimant, the object whose override is enabled.
            None if view.others.len() > 1 || view.unlisted != Unlisted::None => format!(
                "the override of another credential assumes control of {subject}, which is also held by {others}"
            ),
            _ => format!("the override of {others}, which holds it too, assumes control of {subject}"),
        },
        SharingState::OverrideContested => {
            format!("the override claims {subject} in more than one place; it is also held by {others}")
        }
    };
    let here = view.others.iter().chain(&view.claimant).find_map(|other| match other {
        Other::Away { here, .. } => Some(here),
        _ => None,
    });
    if let Some(context) = here {
        message.push_str(&format!("; this one is in that of context {context}"));
    }
    if let Some(rest) = rest(words, view) {
        message.push_str(&rest);
    }
    words.end(message)
}

fn name(other: &Other) -> String {
    let of = |tenant: &Option<_>| tenant.as_deref().map(|tenant: &str| format!(" of tenant {tenant}"));
    match other {
        Other::Here { name, tenant } => format!("{name}{}", of(tenant).unwrap_or_default()),
        Other::There { namespace, name, tenant } => format!("{namespace}/{name}{}", of(tenant).unwrap_or_default()),
        Other::Elsewhere => ELSEWHERE.to_owned(),
        Other::Away { context, namespace, name, tenant, .. } => {
            format!("{namespace}/{name}{} in another cluster (context {context})", of(tenant).unwrap_or_default())
        }
    }
}

/// Lists the other holders that the view names, followed by the number of the holders that the view leaves out.
fn list(view: &View) -> String {
    let mut names: Vec<String> = view.others.iter().map(name).collect();
    match view.unlisted {
        Unlisted::None => {}
        Unlisted::Some => names.push("others".to_owned()),
        Unlisted::Exactly(1) => names.push("1 other".to_owned()),
        Unlisted::Exactly(count) => names.push(format!("{count} others")),
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Returns the sentence with the command that lists all holders. None if the message names all holders or no selector
/// is available.
fn rest(words: &Words<'_>, view: &View) -> Option<String> {
    let is_elsewhere = view.others.contains(&Other::Elsewhere) || view.claimant == Some(Other::Elsewhere);
    let (who, scope) = match is_elsewhere {
        true => ("whoever may read all namespaces finds all of them with", " -A"),
        false if view.unlisted != Unlisted::None => ("all of them are found with", ""),
        false => return None,
    };
    let selector = selector(words, view.standing)?;
    Some(format!("; {who}: kubectl get tcred{scope} --field-selector {selector}"))
}

/// Returns the field selector that finds the other holders: by fingerprint for the same credential, or by identity for
/// a newer credential. None if the identity would need quoting in a shell.
fn selector(words: &Words<'_>, standing: SharingState) -> Option<String> {
    if let SharingState::Superseded { .. } = standing {
        let identity = words.facts.identity.as_deref()?;
        let is_plain = identity.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        return is_plain.then(|| format!("status.credential.identity={identity}"));
    }
    words.facts.fingerprint.as_deref().map(|fingerprint| format!("status.credential.fingerprint={fingerprint}"))
}

/// Returns the consequences and the remedy of the relation to the other holders.
pub fn advice(words: &Words<'_>, standing: SharingState) -> Advice {
    let secret = secret(words.spec);
    let here = here(words);
    match (standing, words.spec.type_) {
        (SharingState::Unique, _) => Advice::default(),
        (SharingState::SameSecret, _) => {
            Advice::new("", "", "nothing, where both objects are meant; else delete the one that is not needed")
        }
        (SharingState::SharedByOthers, _) => Advice::new(
            "syncs with Apple may fail, and features in both places",
            "apps and devices already deployed",
            format!(
                "give the other environment a content token of its own; or decide which of the two keeps this one and set spec.vppToken.override: Enabled there{here}"
            ),
        ),
        (SharingState::ControlAssumed, _) => Advice::new(
            "the other environment's use of the token",
            "this tenant's use of it",
            format!("give the other environment a content token of its own{here}"),
        ),
        (SharingState::ControlLost, _) => Advice::new(
            "this tenant's calls with the token fail",
            "apps already deployed",
            format!(
                "download a content token of its own for this tenant and put it into Secret {secret}; or withdraw the override on the other side{here}"
            ),
        ),
        (SharingState::OverrideContested, _) => Advice::new(
            "whoever uploaded the token last holds it, the others' calls fail",
            "apps already deployed",
            format!(
                "leave spec.vppToken.override: Enabled on one of them, and give the others a token of their own{here}"
            ),
        ),
        (SharingState::TokenInUse, CredentialType::VPPToken) => Advice::new(
            "syncs with Apple may fail, and features in both places",
            "apps and devices already deployed",
            format!(
                "set spec.vppToken.override: Enabled here, so that this tenant assumes control and the token can no longer be used in the other environment; or put a content token of its own into Secret {secret}{here}"
            ),
        ),
        (SharingState::TokenInUse, CredentialType::DEPToken) => Advice::new(
            "the upload is refused: a server token can't be shared with another instance, a previous trial, a QA environment or another MDM",
            "",
            format!(
                "find where it is in use and remove it there; if that is unknown, contact the MDM vendor's support {} and send the token through a secure channel{here}",
                match words.side.support_account {
                    Some(account) => format!("with the account number {account}"),
                    None => "with the account number (record it in the MDMTenant's spec.supportAccount)".to_owned(),
                }
            ),
        ),
        (SharingState::TokenInUse, CredentialType::APNsCertificate) => Advice::new(
            "a push certificate belongs to one MDM server: in the other place devices may fall silent",
            "",
            format!(
                "find out which MDM server the devices of this topic are enrolled with: it keeps the certificate; create one of its own for the other, and delete the object that is not needed{here}"
            ),
        ),
        (SharingState::TokenInUse, _) => Advice::new(
            "perhaps nothing: the same certificate is used in two places",
            "",
            format!("check that both are meant, and delete the object that is not needed{here}"),
        ),
        (SharingState::Superseded { .. }, CredentialType::DEPToken) => Advice::new(
            "syncs with Apple fail: downloading a newer token has reset the one before it",
            "devices already enrolled",
            format!(
                "put the newest token into Secret {secret} and delete the object that holds it now, or delete this one{here}"
            ),
        ),
        (SharingState::Superseded { .. }, _) => Advice::new(
            "nothing yet, but this one lapses by its own date",
            "",
            format!(
                "put the newer certificate into Secret {secret} and delete the object that holds it now, or delete this one{here}"
            ),
        ),
    }
}

/// Names this tenant's environment, so that the messages of the two objects that share a credential differ.
fn here(words: &Words<'_>) -> String {
    match (words.side.environment, &words.spec.tenant_ref) {
        (Some(environment), Some(tenant)) => {
            format!("; this side is tenant {}, the {environment} environment", tenant.name)
        }
        _ => String::new(),
    }
}
