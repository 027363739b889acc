//! Tracks renewals: the accepted identity, the newest credential and the last change.

use std::cmp::Ordering;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::api::identity;
use crate::api::reasons::ChangeReason;
use crate::api::status::{ChangeSide, LastChange, Newest};
use crate::api::{CredentialFacts, CredentialType, TenantCredentialSpec, TenantCredentialStatus};
use crate::verdict::IdentityMatch;

/// The renewal state that the status keeps from one assessment to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// The identity that a renewed credential must have.
    pub accepted_identity: Option<String>,
    /// The newest known credential of the accepted identity.
    pub newest: Option<Newest>,
    /// The last change of the credential.
    pub last_change: Option<LastChange>,
}

impl Memory {
    /// Returns the renewal state that `previous` contains.
    pub fn from_status(previous: &TenantCredentialStatus) -> Self {
        Self {
            accepted_identity: previous.accepted_identity.clone(),
            newest: previous.newest.clone(),
            last_change: previous.last_change.clone(),
        }
    }
}

/// Returns the text that identifies a credential: its fingerprint, or its notAfter if it has no fingerprint.
pub fn credential_key(facts: &CredentialFacts) -> String {
    facts
        .fingerprint
        .clone()
        .or_else(|| facts.not_after.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)))
        .unwrap_or_default()
}

/// Returns the text that identifies a credential in announcements of its expiry. This text is [`credential_key`]. If
/// the user declared the expiry date, the text is this date, so that a new date for the same token is announced again.
pub fn expiry_key(facts: &CredentialFacts) -> String {
    let fingerprint = facts.fingerprint.clone().filter(|_| !facts.is_declared());
    credential_key(&CredentialFacts { fingerprint, not_after: facts.not_after, ..CredentialFacts::default() })
}

/// Returns the text that identifies the credential before or after a change, in the form of [`credential_key`].
pub fn credential_key_after(side: &ChangeSide) -> String {
    credential_key(&CredentialFacts {
        fingerprint: side.fingerprint.clone(),
        not_after: side.not_after,
        ..CredentialFacts::default()
    })
}

/// Compares the identity of `facts` with the accepted identity. If the spec pins identities, only these are accepted.
/// Otherwise the first identity that was read is accepted.
pub fn match_identity(
    spec: &TenantCredentialSpec,
    previous: &TenantCredentialStatus,
    facts: &CredentialFacts,
) -> IdentityMatch {
    let pins = spec.expected_identities.as_deref().unwrap_or_default();
    let accepted = previous.accepted_identity.as_deref();
    let Some(identity) = facts.identity.as_deref() else {
        let is_known = !pins.is_empty() || accepted.is_some();
        return if is_known { IdentityMatch::Unknown } else { IdentityMatch::NotIdentified };
    };
    let holds = match accepted {
        _ if !pins.is_empty() => pins.iter().any(|pin| identity::is_same(pin, identity)),
        Some(accepted) => identity::is_same(accepted, identity) || is_respelled(previous, facts),
        None => true,
    };
    if holds { IdentityMatch::Accepted } else { IdentityMatch::Changed }
}

/// True if `facts` describe the same credential as `previous`, whose identity was accepted. If the texts of the two
/// identities still differ, another version of lapsewatch wrote the identity in another form.
fn is_respelled(previous: &TenantCredentialStatus, facts: &CredentialFacts) -> bool {
    previous.credential.as_ref().is_some_and(|before| {
        before.identity == previous.accepted_identity
            && before.fingerprint.is_some()
            && before.fingerprint == facts.fingerprint
    })
}

/// True if the age of the credential may be compared with `newest`: both have the accepted identity, or both
/// have no identity.
pub fn is_comparable(standing: IdentityMatch) -> bool {
    matches!(standing, IdentityMatch::NotIdentified | IdentityMatch::Accepted)
}

/// True if `facts` are older than the newest credential of the same identity.
pub fn is_older(type_: CredentialType, newest: Option<&Newest>, facts: &CredentialFacts) -> bool {
    type_ != CredentialType::DeclaredExpiry
        && newest.is_some_and(|newest| newest.fingerprint != facts.fingerprint && order(facts, newest).is_lt())
}

/// Returns the renewal state after `facts` were read, and the result of comparing the identity. `previous` is the
/// status before this assessment.
pub fn remember(
    spec: &TenantCredentialSpec,
    previous: &TenantCredentialStatus,
    facts: &CredentialFacts,
    now: DateTime<Utc>,
) -> (Memory, IdentityMatch) {
    let standing = match_identity(spec, previous, facts);
    let mut memory = Memory::from_status(previous);
    if standing == IdentityMatch::Accepted {
        memory.accepted_identity.clone_from(&facts.identity);
    }
    let this =
        || Newest { fingerprint: facts.fingerprint.clone(), not_before: facts.not_before, not_after: own_end(facts) };
    let Some(before) = &previous.credential else {
        if is_comparable(standing) {
            memory.newest = Some(this());
        }
        return (memory, standing);
    };
    let changed = credential_key(before) != credential_key(facts);
    // The first identity is not a change, even if an earlier credential had no identity.
    let known = previous.accepted_identity.is_some() || before.identity.is_some();
    let is_accepted_before = match (&previous.accepted_identity, &facts.identity) {
        (Some(accepted), Some(identity)) => identity::is_same(accepted, identity) || is_respelled(previous, facts),
        (accepted, identity) => accepted == identity,
    };
    let switched = standing == IdentityMatch::Accepted && known && !is_accepted_before;
    let reason = match standing {
        IdentityMatch::Changed if changed => ChangeReason::IdentityChanged,
        IdentityMatch::Unknown if changed => ChangeReason::IdentityUnknown,
        IdentityMatch::Accepted if switched => ChangeReason::IdentityAccepted,
        IdentityMatch::Accepted | IdentityMatch::NotIdentified if changed => {
            compare(spec.type_, previous.newest.as_ref(), facts)
        }
        _ => {
            // `newest` is missing if the spec did not accept the identity of the first credential, and the user pinned
            // this identity later.
            if is_comparable(standing) && memory.newest.is_none() {
                memory.newest = Some(this());
            }
            return (memory, standing);
        }
    };
    let is_newest = match reason {
        ChangeReason::Renewed | ChangeReason::Replaced | ChangeReason::IdentityAccepted => true,
        ChangeReason::IdentityChanged
        | ChangeReason::IdentityUnknown
        | ChangeReason::WentBackwards
        | ChangeReason::Restored => false,
    };
    if is_newest {
        memory.newest = Some(this());
    }
    let from = if changed {
        ChangeSide { fingerprint: before.fingerprint.clone(), not_after: before.not_after }
    } else {
        // The credential is the same as before, and only its identity is newly accepted. It therefore counts as the
        // successor of the last accepted credential.
        previous.newest.as_ref().map_or_else(ChangeSide::default, |newest| ChangeSide {
            fingerprint: newest.fingerprint.clone(),
            not_after: newest.not_after,
        })
    };
    memory.last_change = Some(LastChange {
        time: now,
        reason,
        from,
        to: ChangeSide { fingerprint: facts.fingerprint.clone(), not_after: facts.not_after },
    });
    (memory, standing)
}

fn compare(type_: CredentialType, newest: Option<&Newest>, facts: &CredentialFacts) -> ChangeReason {
    let Some(newest) = newest else { return ChangeReason::Replaced };
    if facts.fingerprint.is_some() && newest.fingerprint == facts.fingerprint {
        return ChangeReason::Restored;
    }
    match order(facts, newest) {
        Ordering::Greater => ChangeReason::Renewed,
        Ordering::Less if type_ != CredentialType::DeclaredExpiry => ChangeReason::WentBackwards,
        // An earlier declared date is a correction by the user, and not the return to an older credential.
        Ordering::Less | Ordering::Equal => ChangeReason::Replaced,
    }
}

/// Returns the notAfter that the credential itself contains. None for a declared date, which does not show the age of
/// the credential.
fn own_end(facts: &CredentialFacts) -> Option<DateTime<Utc>> {
    facts.not_after.filter(|_| !facts.is_declared())
}

/// Compares by notBefore, then by notAfter. A later notBefore is newer, even with an earlier notAfter. A date that one
/// of the two credentials lacks is not compared.
fn order(facts: &CredentialFacts, newest: &Newest) -> Ordering {
    let compare = |this: Option<DateTime<Utc>>, other| this.zip(other).map_or(Ordering::Equal, |(a, b)| a.cmp(&b));
    compare(facts.not_before, newest.not_before).then_with(|| compare(own_end(facts), newest.not_after))
}
