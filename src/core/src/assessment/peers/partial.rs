//! The verdicts that partial knowledge of the other holders permits.
//!
//! A holder that was seen exists, whatever else does. A holder that was not seen may exist all the same. So partial
//! knowledge can make a verdict worse, and can never take one back.

use super::{Peers, remembered};
use crate::api::TenantCredentialStatus;
use crate::api::conditions::{ConditionStatus, ConditionType};
use crate::api::reasons::FailureReason;
use crate::verdict::{SharingState, View};

/// A verdict on who else holds a credential, and what it rests on.
#[derive(Debug, PartialEq)]
pub(in crate::assessment) enum Permitted {
    /// The view shows it. None if this object holds nothing.
    Seen(Option<View>),
    /// The status contains it. The holders that it rests on may be among those that were not looked at.
    Stored(View),
    /// Nothing can be told.
    Unknown,
}

/// The verdict that `seen` permits beside the one that `previous` contains of the same credential.
/// `is_same_credential`: the status is about the credential that this object holds now.
pub(in crate::assessment) fn permitted(
    seen: Option<&View>,
    previous: &TenantCredentialStatus,
    is_same_credential: bool,
) -> Permitted {
    let Some(seen) = seen else { return Permitted::Seen(None) };
    let stored = stored(previous).filter(|_| is_same_credential);
    match stored {
        // Whom the status names and nobody has seen may be among those that were not looked at.
        Some(stored) if stored.standing == seen.standing => {
            let is_more = seen.others.iter().any(|other| !stored.others.contains(other));
            let others = if is_more { seen.others.clone() } else { stored.others };
            Permitted::Seen(Some(View { others, ..seen.clone() }))
        }
        Some(stored) if seen.standing == SharingState::Unique => Permitted::Stored(stored),
        // The user has set or withdrawn the override of this object since.
        Some(stored) if stored.standing.is_claiming() != seen.standing.is_claiming() => {
            Permitted::Seen(Some(seen.clone()))
        }
        Some(stored) if stored.standing.rank() > seen.standing.rank() => Permitted::Stored(stored),
        None if seen.standing == SharingState::Unique => Permitted::Unknown,
        _ => Permitted::Seen(Some(seen.clone())),
    }
}

/// The verdict of a status that was written while the object held its credential.
fn stored(previous: &TenantCredentialStatus) -> Option<View> {
    let condition = |type_: ConditionType| previous.conditions.iter().find(|c| c.type_ == type_.as_str());
    let nothing = [FailureReason::SecretNotFound, FailureReason::KeyNotFound];
    let held = condition(ConditionType::Ready).is_some_and(|ready| nothing.iter().all(|r| r.as_str() != ready.reason));
    let duplicate = condition(ConditionType::Duplicate).filter(|_| held)?;
    if duplicate.status == ConditionStatus::False && duplicate.reason == SharingState::Unique.reason() {
        return Some(View::unique());
    }
    match remembered(previous)? {
        Peers::Known(view) => view,
        Peers::Pending | Peers::Partial(_) => None,
    }
}
