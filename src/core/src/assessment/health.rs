//! Derives the two summary conditions of a credential: Ready (the credential was read and assessed) and Healthy (its
//! worst problem).

use super::finding::Finding;
use crate::api::conditions::{ConditionStatus, ConditionType, Verdict};
use crate::api::{Failure, Severity};
use crate::verdict::FindingKind;

/// Returns the verdict for Ready, which is True if the credential was read, parsed and assessed. Ready is True even for
/// an expired credential, because GitOps tools wait for this condition.
pub(super) fn ready(failure: Option<&Failure>, read: String) -> Verdict {
    match failure {
        Some(failure) => Verdict {
            type_: ConditionType::Ready,
            status: ConditionStatus::False,
            reason: failure.reason.as_str().into(),
            message: failure.message.clone(),
        },
        None => Verdict {
            type_: ConditionType::Ready,
            status: ConditionStatus::True,
            reason: "Assessed".into(),
            message: read,
        },
    }
}

/// Returns the verdict for Healthy, whose reason is the state of the worst finding. `valid` is the message if no
/// finding affects Healthy.
pub(super) fn healthy(findings: &[Finding], valid: String) -> Verdict {
    let worst =
        findings.iter().filter_map(|finding| Some((state(finding)?, finding))).min_by_key(|((rank, ..), _)| *rank);
    let (status, reason, message) = match worst {
        Some(((_, status, reason), finding)) => (status, reason, finding.message.clone()),
        None => (ConditionStatus::True, "Valid", valid),
    };
    Verdict { type_: ConditionType::Healthy, status, reason: reason.into(), message }
}

/// Returns the rank of a finding in the order of states, with the status and the reason of Healthy. None if the finding
/// does not affect Healthy.
fn state(finding: &Finding) -> Option<(u8, ConditionStatus, &'static str)> {
    Some(match finding.case {
        FindingKind::Unreadable(_) => (0, ConditionStatus::False, "Unreadable"),
        FindingKind::Expired | FindingKind::GracePeriodOver => (1, ConditionStatus::False, "Expired"),
        FindingKind::IdentityChanged => (2, ConditionStatus::False, "IdentityChanged"),
        FindingKind::KeyMismatch => (3, ConditionStatus::False, "KeyMismatch"),
        // An intended override, or a renewal that is prepared in another object, has a lower severity. Neither must
        // stop a deployment that waits for Healthy.
        FindingKind::Shared(_) if finding.severity < Severity::Warning => return None,
        FindingKind::Shared(_) => (4, ConditionStatus::False, "Duplicate"),
        // The return to an older credential that still works must not stop a deployment either.
        FindingKind::WentBackwards if finding.severity < Severity::Warning => return None,
        FindingKind::WentBackwards => (5, ConditionStatus::False, "Regressed"),
        FindingKind::DatesReversed => (6, ConditionStatus::False, "DatesReversed"),
        FindingKind::IssuerExpired if finding.severity < Severity::Warning => return None,
        FindingKind::IssuerExpired => (7, ConditionStatus::False, "IssuerExpired"),
        FindingKind::NotYetValid => (8, ConditionStatus::False, "NotYetValid"),
        FindingKind::IdentityUnknown => (9, ConditionStatus::Unknown, "IdentityUnknown"),
        FindingKind::ExpiryUnknown => (10, ConditionStatus::Unknown, "ExpiryUnknown"),
        FindingKind::Expiring => (11, ConditionStatus::True, "Expiring"),
        // These findings have at most the severity Notice and must not stop a deployment either.
        FindingKind::IssuerExpiresFirst | FindingKind::KeyUnreadable | FindingKind::SeveralCertificates => return None,
    })
}

/// All reasons of the condition Healthy, worst first.
const STATES: [&str; 14] = [
    "Unreadable",
    "Expired",
    "IdentityChanged",
    "KeyMismatch",
    "Duplicate",
    "Regressed",
    "DatesReversed",
    "IssuerExpired",
    "NotYetValid",
    "IdentityUnknown",
    "ExpiryUnknown",
    "Pending",
    "Expiring",
    "Valid",
];

/// Returns the position of a state in [`STATES`]. A state that only a newer version of lapsewatch writes comes last.
pub(super) fn place(state: &str) -> usize {
    STATES.iter().position(|known| *known == state).unwrap_or(STATES.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::decode;
    use crate::api::reasons::FailureReason;
    use crate::verdict::SharingState;

    #[test]
    fn the_states_stand_in_their_order() {
        let spec = decode::spec(&json!({"type": "DEPToken", "secretRef": {"name": "a"}})).unwrap();
        let of = |case| Finding::new(ConditionType::Ready, "", case, Severity::Warning, String::new(), &spec, None);
        let mut states: Vec<_> = [
            FindingKind::Expiring,
            FindingKind::ExpiryUnknown,
            FindingKind::IdentityUnknown,
            FindingKind::NotYetValid,
            FindingKind::IssuerExpired,
            FindingKind::DatesReversed,
            FindingKind::WentBackwards,
            FindingKind::Shared(SharingState::TokenInUse),
            FindingKind::KeyMismatch,
            FindingKind::IdentityChanged,
            FindingKind::Expired,
            FindingKind::Unreadable(FailureReason::Malformed),
        ]
        .into_iter()
        .filter_map(|case| state(&of(case)))
        .collect();
        assert_eq!(states.len(), 12);
        states.sort_by_key(|(rank, ..)| *rank);
        assert!(states.is_sorted_by_key(|(.., reason)| place(reason)), "{states:?}");
        assert!(states.iter().all(|(.., reason)| STATES.contains(reason)), "{states:?}");
    }
}
