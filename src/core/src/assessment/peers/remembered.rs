//! Restores the information about other holders from a status, for programs that can't read the other objects.

use super::Peers;
use crate::api::TenantCredentialStatus;
use crate::api::conditions::{ConditionStatus, ConditionType};
use crate::verdict::{Other, SharingState, Unlisted, View};

/// All sharing states except [`SharingState::Unique`].
const STANDINGS: [SharingState; 7] = [
    SharingState::SameSecret,
    SharingState::SharedByOthers,
    SharingState::ControlAssumed,
    SharingState::Superseded { certain: true },
    SharingState::TokenInUse,
    SharingState::ControlLost,
    SharingState::OverrideContested,
];

/// Returns the information about other holders that `status` contains. None if the condition Duplicate is absent, or
/// has a reason that only a newer version of lapsewatch writes.
pub fn remembered(status: &TenantCredentialStatus) -> Option<Peers> {
    let duplicate = status.conditions.iter().find(|c| c.type_ == ConditionType::Duplicate.as_str())?;
    match (duplicate.status, duplicate.reason.as_str()) {
        (ConditionStatus::Unknown, _) => Some(Peers::Pending),
        (ConditionStatus::False, _) => Some(Peers::Known(None)),
        (ConditionStatus::True, reason) => {
            let standing = STANDINGS.into_iter().find(|standing| standing.reason() == reason)?;
            let other = |entry: &crate::api::status::OtherHolder| match &entry.name {
                Some(name) => {
                    Other::Here { name: name.as_str().into(), tenant: entry.tenant.as_deref().map(Into::into) }
                }
                None => Other::Elsewhere,
            };
            let others = status.duplicates.iter().map(other).collect();
            let unlisted = if status.more_duplicates { Unlisted::Some } else { Unlisted::None };
            Some(Peers::Known(Some(View { standing, others, claimant: None, unlisted })))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_standing_is_remembered_by_its_reason() {
        for standing in STANDINGS {
            let condition = serde_json::json!({"type": "Duplicate", "status": "True", "reason": standing.reason(),
                "lastTransitionTime": "2030-01-01T00:00:00Z"});
            let duplicates = serde_json::json!([{"elsewhere": "x"}]);
            let status =
                serde_json::json!({"conditions": [condition], "duplicates": duplicates, "moreDuplicates": true});
            let status: TenantCredentialStatus = serde_json::from_value(status).unwrap();
            let view = View { standing, others: vec![Other::Elsewhere], claimant: None, unlisted: Unlisted::Some };
            assert_eq!(remembered(&status), Some(Peers::Known(Some(view))));
        }
        let ranks = std::collections::BTreeSet::from(STANDINGS.map(SharingState::rank));
        assert_eq!(ranks, (1..=7).collect());
    }
}
