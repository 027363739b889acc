//! Renewal: which identity is accepted, which credential was the newest, and what the last change was.

use std::cmp::Ordering;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::api::identity;
use crate::api::reasons::ChangeReason;
use crate::api::status::{ChangeSide, LastChange, Newest};
use crate::api::{CredentialFacts, CredentialType, TenantCredentialSpec, TenantCredentialStatus};
use crate::verdict::IdentityMatch;

/// What is remembered from one assessment to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// The identity that renewals are held against.
    pub accepted_identity: Option<String>,
    /// The newest credential of that identity.
    pub newest: Option<Newest>,
    /// The last change.
    pub last_change: Option<LastChange>,
}

impl Memory {
    /// As `previous` keeps it.
    pub fn of(previous: &TenantCredentialStatus) -> Self {
        Self {
            accepted_identity: previous.accepted_identity.clone(),
            newest: previous.newest.clone(),
            last_change: previous.last_change.clone(),
        }
    }
}

/// What tells one credential from another: its fingerprint, or the date where it has none.
pub fn mark(facts: &CredentialFacts) -> String {
    facts
        .fingerprint
        .clone()
        .or_else(|| facts.not_after.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)))
        .unwrap_or_default()
}

/// As [`mark`], of its date: a date that the user declares is another one although the token is the same.
pub fn stage_mark(facts: &CredentialFacts) -> String {
    let fingerprint = facts.fingerprint.clone().filter(|_| !facts.is_declared());
    mark(&CredentialFacts { fingerprint, not_after: facts.not_after, ..CredentialFacts::default() })
}

/// What tells the credential after a change: as [`mark`].
pub fn mark_of(side: &ChangeSide) -> String {
    mark(&CredentialFacts {
        fingerprint: side.fingerprint.clone(),
        not_after: side.not_after,
        ..CredentialFacts::default()
    })
}

/// How `facts` stand to the accepted identity. With pins the pins decide; without, the first identity ever read.
pub fn standing(
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

/// True if `facts` are those of the credential whose identity was accepted: the identity can then differ only because
/// another version of the reader wrote it.
fn is_respelled(previous: &TenantCredentialStatus, facts: &CredentialFacts) -> bool {
    previous.credential.as_ref().is_some_and(|before| {
        before.identity == previous.accepted_identity
            && before.fingerprint.is_some()
            && before.fingerprint == facts.fingerprint
    })
}

/// True if a credential may be compared by age with those of the accepted identity.
pub fn is_comparable(standing: IdentityMatch) -> bool {
    matches!(standing, IdentityMatch::NotIdentified | IdentityMatch::Accepted)
}

/// Whether `facts` are older than the newest credential of their identity.
pub fn is_older(type_: CredentialType, newest: Option<&Newest>, facts: &CredentialFacts) -> bool {
    type_ != CredentialType::DeclaredExpiry
        && newest.is_some_and(|newest| newest.fingerprint != facts.fingerprint && order(facts, newest).is_lt())
}

/// What to remember after `facts` were found where `previous` was said.
pub fn remember(
    spec: &TenantCredentialSpec,
    previous: &TenantCredentialStatus,
    facts: &CredentialFacts,
    now: DateTime<Utc>,
) -> (Memory, IdentityMatch) {
    let standing = standing(spec, previous, facts);
    let mut memory = Memory::of(previous);
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
    let changed = mark(before) != mark(facts);
    // The first identity ever read is no change, also where the credential before it carried none.
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
            // A pin that named another identity may have kept the first credential from being the newest.
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
        // Only the acceptance is new: the credential it replaces is the last one that was accepted.
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
        // A declared date that moves to an earlier day is a correction: nobody went back to an older credential.
        Ordering::Less | Ordering::Equal => ChangeReason::Replaced,
    }
}

/// The date that it carries itself: a declared one tells nothing of its age.
fn own_end(facts: &CredentialFacts) -> Option<DateTime<Utc>> {
    facts.not_after.filter(|_| !facts.is_declared())
}

/// Compares by notBefore, then by notAfter. A shorter lifetime with a later notBefore is newer, but of two that begin at
/// the same time the one that ends later is. A date that one of them lacks decides nothing.
fn order(facts: &CredentialFacts, newest: &Newest) -> Ordering {
    let compare = |this: Option<DateTime<Utc>>, other| this.zip(other).map_or(Ordering::Equal, |(a, b)| a.cmp(&b));
    compare(facts.not_before, newest.not_before).then_with(|| compare(own_end(facts), newest.not_after))
}
