//! Decides which verdicts are permitted while only some of the other holders are known.
//!
//! After a restart, objects are read one after the other. An object that was not read yet may use the same credential
//! too. Therefore partial information can make a verdict worse, but can never withdraw a verdict.

use super::{Peers, remembered};
use crate::api::TenantCredentialStatus;
use crate::api::conditions::{ConditionStatus, ConditionType};
use crate::api::reasons::FailureReason;
use crate::verdict::{SharingState, View};

/// A verdict about the other holders of a credential. The variants differ in the source of the verdict.
#[derive(Debug, PartialEq)]
pub(in crate::assessment) enum Permitted {
    /// The verdict follows from the objects that were read. None if this object uses no credential.
    Seen(Option<View>),
    /// The verdict comes from the status. The holders that the status names may be among the objects that were not
    /// read.
    Stored(View),
    /// No verdict is possible.
    Unknown,
}

/// Chooses between `seen`, which follows from the objects that were read, and the verdict in the status `previous`.
/// `is_same_credential` is true if the status describes the credential that this object uses at present.
pub(in crate::assessment) fn permitted(
    seen: Option<&View>,
    previous: &TenantCredentialStatus,
    is_same_credential: bool,
) -> Permitted {
    let Some(seen) = seen else { return Permitted::Seen(None) };
    let stored = stored(previous).filter(|_| is_same_credential);
    match stored {
        // A holder that only the status names may be among the objects that were not read.
        Some(stored) if stored.standing == seen.standing => {
            let is_more = seen.others.iter().any(|other| !stored.others.contains(other));
            let others = if is_more { seen.others.clone() } else { stored.others };
            Permitted::Seen(Some(View { others, ..seen.clone() }))
        }
        Some(stored) if seen.standing == SharingState::Unique => Permitted::Stored(stored),
        // An override was set or removed after the status was written, so the stored verdict is obsolete.
        Some(stored) if stored.standing.is_claiming() != seen.standing.is_claiming() => {
            Permitted::Seen(Some(seen.clone()))
        }
        Some(stored) if stored.standing.rank() > seen.standing.rank() => Permitted::Stored(stored),
        None if seen.standing == SharingState::Unique => Permitted::Unknown,
        _ => Permitted::Seen(Some(seen.clone())),
    }
}

/// Returns the view that a status contains. None if the object used no credential when the status was written.
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
