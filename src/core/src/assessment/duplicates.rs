//! Assesses duplicates: derives the condition Duplicate and its finding from the other holders of a credential. A
//! holder is a TenantCredential whose Secret contains the credential.

use super::finding::Finding;
use super::peers::{Peers, Permitted, permitted};
use crate::api::conditions::{ConditionStatus, ConditionType, Verdict};
use crate::api::status::OtherHolder;
use crate::api::{CredentialType, Severity, TenantCredentialStatus, limits};
use crate::messages::Words;
use crate::messages::shared;
use crate::verdict::{FindingKind, Other, SharingState, Unlisted, View};

/// The result for the condition Duplicate.
pub(super) struct SharingVerdict {
    /// The verdict for the condition Duplicate.
    pub verdict: Verdict,
    /// The finding. None if no other object uses the credential, or if this is unknown.
    pub finding: Option<Finding>,
    /// The entries for `status.duplicates`.
    pub duplicates: Vec<OtherHolder>,
    /// True if `duplicates` does not list all other holders.
    pub has_more: bool,
}

/// Derives the verdict and the finding from `peers`. While not all objects are read, a problem in `previous` remains.
pub(super) fn judge(words: &Words<'_>, peers: &Peers, previous: &TenantCredentialStatus) -> SharingVerdict {
    let plain = |status, reason: &'static str, message: String| SharingVerdict {
        verdict: Verdict { type_: ConditionType::Duplicate, status, reason: reason.into(), message },
        finding: None,
        duplicates: Vec::new(),
        has_more: false,
    };
    if !super::peers::is_exclusive(words.spec.type_) {
        return plain(ConditionStatus::False, "NotExclusive", shared::NOT_EXCLUSIVE.to_owned());
    }
    let mark = super::renewal::credential_key(words.facts);
    let permitted = match peers {
        Peers::Pending => Permitted::Unknown,
        Peers::Partial(seen) => {
            let is_same =
                previous.credential.as_ref().is_some_and(|facts| super::renewal::credential_key(facts) == mark);
            permitted(seen.as_ref(), previous, is_same)
        }
        Peers::Known(view) => Permitted::Seen(view.clone()),
    };
    let (view, is_stored) = match permitted {
        Permitted::Unknown => return plain(ConditionStatus::Unknown, "Pending", shared::PENDING.to_owned()),
        Permitted::Seen(None) => return plain(ConditionStatus::False, "Unique", shared::HOLDS_NOTHING.to_owned()),
        Permitted::Seen(Some(view)) => (view, false),
        Permitted::Stored(view) => (view, true),
    };
    if view.standing == SharingState::Unique {
        return plain(ConditionStatus::False, "Unique", shared::UNIQUE.to_owned());
    }
    let view = &view;
    let message = shared::message(words, view);
    let finding = Finding {
        type_: ConditionType::Duplicate,
        reason: view.standing.reason().to_owned(),
        case: FindingKind::Shared(view.standing),
        severity: severity(words.spec.type_, view.standing),
        mark,
        settles: true,
        is_stored,
        message: message.clone(),
        advice: shared::advice(words, view.standing),
    };
    SharingVerdict {
        verdict: Verdict {
            type_: ConditionType::Duplicate,
            status: ConditionStatus::True,
            reason: view.standing.reason().into(),
            message,
        },
        finding: Some(finding),
        duplicates: entries(view),
        has_more: view.unlisted != Unlisted::None,
    }
}

fn severity(type_: CredentialType, standing: SharingState) -> Severity {
    match standing {
        SharingState::ControlLost => Severity::Critical,
        SharingState::TokenInUse | SharingState::OverrideContested => Severity::Warning,
        // Another object with the newer credential is normal while a renewal is prepared. For DEP tokens it is a
        // problem, because Apple invalidates the older token.
        SharingState::Superseded { .. } if type_ == CredentialType::DEPToken => Severity::Warning,
        SharingState::Superseded { .. }
        | SharingState::SharedByOthers
        | SharingState::ControlAssumed
        | SharingState::SameSecret => Severity::Notice,
        SharingState::Unique => Severity::None,
    }
}

/// Returns the entries for `status.duplicates`, with names cut to the limits of the API.
fn entries(view: &View) -> Vec<OtherHolder> {
    let cut = |text: &str| {
        let mut text = text.to_owned();
        limits::cut(&mut text, limits::KEY);
        Some(text)
    };
    let entry = |other: &Other| match other {
        Other::Here { name, tenant } => {
            OtherHolder { name: cut(name), tenant: tenant.as_deref().and_then(cut), elsewhere: None }
        }
        Other::There { .. } | Other::Elsewhere => {
            OtherHolder { elsewhere: Some(shared::ELSEWHERE.to_owned()), ..OtherHolder::default() }
        }
        Other::Away { .. } => OtherHolder { elsewhere: Some(shared::AWAY.to_owned()), ..OtherHolder::default() },
    };
    let mut entries: Vec<OtherHolder> = view.others.iter().map(entry).collect();
    entries.dedup();
    entries.truncate(limits::DUPLICATES);
    entries
}
