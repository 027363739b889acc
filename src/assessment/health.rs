//! The two summaries: Ready (could it be read and assessed) and Healthy (its state in one word).

use super::finding::Finding;
use super::words::advice::Case;
use crate::api::conditions::{ConditionStatus, ConditionType, Verdict};
use crate::api::{Failure, Severity};

/// Whether it was read, understood and assessed. An expired credential is Ready: GitOps waits for this one.
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

/// The state in one word: the first that holds. `valid` says what is true where nothing is found.
pub(super) fn healthy(findings: &[Finding], valid: String) -> Verdict {
    let worst =
        findings.iter().filter_map(|finding| Some((state(finding)?, finding))).min_by_key(|((rank, ..), _)| *rank);
    let (status, reason, message) = match worst {
        Some(((_, status, reason), finding)) => (status, reason, finding.message.clone()),
        None => (ConditionStatus::True, "Valid", valid),
    };
    Verdict { type_: ConditionType::Healthy, status, reason: reason.into(), message }
}

/// A finding's place in the order of states, with what it says.
fn state(finding: &Finding) -> Option<(u8, ConditionStatus, &'static str)> {
    Some(match finding.case {
        Case::Unreadable(_) => (0, ConditionStatus::False, "Unreadable"),
        Case::Expired | Case::GracePeriodOver => (1, ConditionStatus::False, "Expired"),
        Case::IdentityChanged => (2, ConditionStatus::False, "IdentityChanged"),
        Case::KeyMismatch => (3, ConditionStatus::False, "KeyMismatch"),
        // An override that is meant, or a renewal that is staged, is no fault that a gate should stop at.
        Case::Shared(_) if finding.severity < Severity::Warning => return None,
        Case::Shared(_) => (4, ConditionStatus::False, "Duplicate"),
        // A staged renewal that was taken back is no fault that a gate should stop at.
        Case::WentBackwards if finding.severity < Severity::Warning => return None,
        Case::WentBackwards => (5, ConditionStatus::False, "Regressed"),
        Case::NotYetValid => (6, ConditionStatus::False, "NotYetValid"),
        Case::ExpiryUnknown => (7, ConditionStatus::Unknown, "ExpiryUnknown"),
        Case::Expiring => (8, ConditionStatus::True, "Expiring"),
    })
}
