//! A rehearsal: what would be said if a credential stood where another one stands now, and whether to put it there.
//!
//! The verdict is read off the assessment that the operator would make afterwards: no rule is written a second time.

use chrono::{DateTime, TimeDelta, Utc};

use super::peers::Peers;
use super::renewal;
use super::{Assessment, AssessmentInput, Reading, TenantContext, assess, certificate, normalize};
use crate::api::conditions::ConditionType;
use crate::api::reasons::{ChangeReason, FailureReason};
use crate::api::status::{Expiry, KeyMatch, Notification};
use crate::api::{CredentialFacts, CredentialType, Failure, Severity, TenantCredentialSpec, TenantCredentialStatus};
use crate::messages::verify as words;
use crate::verdict::IdentityMatch;
pub use crate::verdict::{VerifyCause, VerifyFinding, VerifyOutcome};

/// All that a rehearsal goes by.
pub struct VerifyInput<'a> {
    /// What the user declares, with what it has from its tenant.
    pub spec: &'a TenantCredentialSpec,
    /// What was said last of what is in place.
    pub previous: &'a TenantCredentialStatus,
    /// What would stand there.
    pub reading: Reading,
    /// All that stands beside it was seen: it could not be opened with anything else, nor has it another key.
    pub sees_all: bool,
    /// Who else holds it.
    pub peers: Peers,
    /// Whose it is.
    pub tenant: TenantContext<'a>,
    /// The time.
    pub now: DateTime<Utc>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// Whether to put it in place.
    pub outcome: VerifyOutcome,
    /// The verdict in one line.
    pub sentence: String,
    /// What speaks for it, worst first.
    pub points: Vec<VerifyFinding>,
    /// What the change would be, as `lastChange` would say; none where it would be none.
    pub change: Option<ChangeReason>,
    /// What the operator would say afterwards.
    pub status: TenantCredentialStatus,
}

/// Rehearses.
pub fn rehearse(scene: VerifyInput<'_>) -> Verification {
    let VerifyInput { spec, previous, reading, sees_all, peers, tenant, now } = scene;
    let failure = match &reading {
        Reading::Facts(_) => None,
        Reading::Failed(failure) => Some(normalize::failure(failure.clone())),
    };
    let Assessment { status, .. } = assess(AssessmentInput {
        uid: "",
        generation: previous.observed_generation.unwrap_or_default(),
        spec,
        previous,
        reading,
        last_read: None,
        peers,
        tenant,
        now,
        settle: TimeDelta::zero(),
    });
    let change = status.last_change.as_ref().filter(|_| status.last_change != previous.last_change);
    let change = change.map(|change| change.reason);
    let facts = status.credential.as_ref().filter(|_| failure.is_none());
    let mut points = match (&failure, facts) {
        (Some(failure), _) => vec![unreadable(failure, &status, spec, sees_all)],
        (None, Some(facts)) => {
            let rehearsed = VerifiedStatus { spec, previous, facts, status: &status, change, sees_all };
            rehearsed.points()
        }
        // A reading gives one or the other.
        (None, None) => Vec::new(),
    };
    points.sort_by_key(|point| (std::cmp::Reverse(point.outcome), point.cause));
    let outcome = points.iter().map(|point| point.outcome).max().unwrap_or(VerifyOutcome::Safe);
    let sentence = words::verdict(
        outcome,
        &points,
        &words::Compared {
            spec,
            previous,
            facts,
            change,
            is_same: facts.is_some_and(|facts| is_same(previous, facts)),
        },
    );
    Verification { outcome, sentence, points, change, status }
}

/// What is put in place of what was said before, and what the operator would then say.
struct VerifiedStatus<'a> {
    spec: &'a TenantCredentialSpec,
    previous: &'a TenantCredentialStatus,
    facts: &'a CredentialFacts,
    status: &'a TenantCredentialStatus,
    change: Option<ChangeReason>,
    sees_all: bool,
}

impl VerifiedStatus<'_> {
    fn points(&self) -> Vec<VerifyFinding> {
        let mut points: Vec<VerifyFinding> =
            self.status.notifications.iter().filter_map(|said| self.said(said)).collect();
        points.extend(self.identity());
        points.extend(self.key());
        points.extend(self.age());
        points.extend(self.in_place());
        points
    }

    /// What the operator would say needs attention.
    fn said(&self, said: &Notification) -> Option<VerifyFinding> {
        let all = [
            (ConditionType::Expiring, VerifyOutcome::Safe, VerifyCause::Expiring),
            (ConditionType::Expired, VerifyOutcome::Stop, VerifyCause::Expired),
            (ConditionType::Healthy, VerifyOutcome::Stop, VerifyCause::NotYetValid),
            match said.reason.as_str() {
                "IdentityUnknown" => {
                    (ConditionType::IdentityChanged, VerifyOutcome::Untold, VerifyCause::IdentityUnknown)
                }
                _ => (ConditionType::IdentityChanged, VerifyOutcome::Stop, VerifyCause::IdentityChanged),
            },
            (ConditionType::KeyMismatch, VerifyOutcome::Stop, VerifyCause::KeyMismatch),
            (ConditionType::Regressed, VerifyOutcome::Stop, VerifyCause::WentBackwards),
            (ConditionType::Duplicate, self.shared(said), VerifyCause::Shared),
        ];
        let by_reason = match said.reason.as_str() {
            certificate::DATES_REVERSED => Some((VerifyOutcome::Stop, VerifyCause::DatesReversed)),
            certificate::ISSUER_EXPIRED if said.severity >= Severity::Warning => {
                Some((VerifyOutcome::Stop, VerifyCause::Chain))
            }
            certificate::ISSUER_EXPIRED | certificate::ISSUER_EXPIRES_FIRST => {
                Some((VerifyOutcome::Safe, VerifyCause::Chain))
            }
            certificate::SEVERAL_CERTIFICATES => Some((VerifyOutcome::Safe, VerifyCause::SeveralCertificates)),
            // The point about the private key goes by what is in place as well.
            certificate::KEY_UNREADABLE => return None,
            _ => None,
        };
        let by_type = || all.into_iter().find(|(type_, ..)| type_.as_str() == said.type_);
        let (outcome, cause) = by_reason.or_else(|| by_type().map(|(_, outcome, cause)| (outcome, cause)))?;
        let remedy = match cause {
            // Who else holds it, and what to do then, is the same before and after.
            VerifyCause::Shared => said.remedy.clone(),
            cause => words::remedy(cause, self.spec),
        };
        let (message, impact) = (said.message.clone(), said.impact.clone());
        Some(VerifyFinding { outcome, cause, reason: said.reason.clone(), message, impact, remedy })
    }

    /// What is meant, by an override or as a renewal that is staged, stops nothing.
    fn shared(&self, said: &Notification) -> VerifyOutcome {
        let is_meant = ["SameSecret", "ControlAssumed"].contains(&said.reason.as_str());
        let is_staged = said.reason == "Superseded" && said.severity < Severity::Warning;
        if is_meant || is_staged { VerifyOutcome::Safe } else { VerifyOutcome::Stop }
    }

    fn point(&self, outcome: VerifyOutcome, cause: VerifyCause, reason: &str, message: String) -> VerifyFinding {
        let impact = words::impact(cause, self.spec.type_).to_owned();
        VerifyFinding {
            outcome,
            cause,
            reason: reason.to_owned(),
            message,
            impact,
            remedy: words::remedy(cause, self.spec),
        }
    }

    fn condition(&self, type_: ConditionType) -> String {
        let condition = self.status.conditions.iter().find(|condition| condition.type_ == type_.as_str());
        condition.map(|condition| condition.message.clone()).unwrap_or_default()
    }

    fn identity(&self) -> Option<VerifyFinding> {
        let accepted = self.previous.accepted_identity.as_deref();
        if self.change == Some(ChangeReason::IdentityAccepted) {
            let message = self.condition(ConditionType::IdentityChanged);
            return Some(self.point(VerifyOutcome::Safe, VerifyCause::IdentityAccepted, "IdentityAccepted", message));
        }
        if self.previous.credential.is_some() || accepted.is_some() {
            return None;
        }
        let is_pinned = self.spec.expected_identities.as_ref().is_some_and(|pins| !pins.is_empty());
        match renewal::standing(self.spec, self.previous, self.facts) {
            // Said already.
            IdentityMatch::Changed => None,
            IdentityMatch::Accepted if is_pinned => None,
            IdentityMatch::Accepted | IdentityMatch::NotIdentified | IdentityMatch::Unknown => {
                let message = words::nothing_in_place();
                Some(self.point(VerifyOutcome::Untold, VerifyCause::NothingInPlace, "NothingInPlace", message))
            }
        }
    }

    fn key(&self) -> Option<VerifyFinding> {
        let before = self.previous.credential.as_ref().map(|facts| facts.key_match);
        let reason = match (self.facts.key_match, before) {
            (KeyMatch::NoKey, Some(KeyMatch::Matches)) => "NoKey",
            // What was not seen may hold the key that was there.
            (KeyMatch::NoKey, Some(KeyMatch::Mismatch | KeyMatch::KeyUnreadable)) if !self.sees_all => "NoKey",
            (KeyMatch::KeyUnreadable, before) if before != Some(KeyMatch::KeyUnreadable) => "KeyUnreadable",
            _ => return None,
        };
        let message = self.condition(ConditionType::KeyMismatch);
        let remedy = words::key_remedy(self.facts.key_match, !self.sees_all, self.spec);
        Some(VerifyFinding { remedy, ..self.point(VerifyOutcome::Untold, VerifyCause::KeyNotTold, reason, message) })
    }

    fn age(&self) -> Option<VerifyFinding> {
        if self.change != Some(ChangeReason::Replaced) {
            return None;
        }
        let is_dated = |facts: &CredentialFacts| facts.expiry != Expiry::Unknown;
        let is_comparable = is_dated(self.facts) && self.previous.credential.as_ref().is_some_and(is_dated);
        // Of two server tokens of Apple's only the one that was downloaded last works.
        if !is_comparable || self.spec.type_ == CredentialType::DEPToken {
            let message = words::age_unknown(self.spec.type_, is_comparable);
            return Some(self.point(VerifyOutcome::Untold, VerifyCause::AgeNotTold, "Replaced", message));
        }
        Some(self.point(VerifyOutcome::Safe, VerifyCause::Replaced, "Replaced", words::replaced(self.spec.type_)))
    }

    /// The one that is there, given once more, renews nothing: which matters where what is there needs attention, also
    /// after another key was put beside it.
    fn in_place(&self) -> Option<VerifyFinding> {
        if !is_in_place(self.previous, self.facts) {
            return None;
        }
        let needs_attention = self.status.severity.unwrap_or_default() >= Severity::Warning;
        let outcome = if needs_attention { VerifyOutcome::Stop } else { VerifyOutcome::Safe };
        Some(self.point(outcome, VerifyCause::InPlace, "InPlace", words::in_place(self.spec.type_, self.facts)))
    }
}

/// Of what can't be read: whether it is the wrong thing, or only can't be opened or chosen here.
fn unreadable(
    failure: &Failure,
    status: &TenantCredentialStatus,
    spec: &TenantCredentialSpec,
    sees_all: bool,
) -> VerifyFinding {
    let outcome = match failure.reason {
        FailureReason::WrongFile | FailureReason::Malformed => VerifyOutcome::Stop,
        // What was not seen may hold it.
        FailureReason::KeyNotFound | FailureReason::NoMatchingKey if sees_all => VerifyOutcome::Stop,
        _ => VerifyOutcome::Untold,
    };
    let said = status.notifications.iter().find(|said| said.type_ == ConditionType::Ready.as_str());
    VerifyFinding {
        outcome,
        cause: VerifyCause::Unreadable,
        reason: failure.reason.as_str().to_owned(),
        message: failure.message.clone(),
        impact: said.map(|said| said.impact.clone()).unwrap_or_default(),
        remedy: words::unreadable(failure.reason, spec),
    }
}

/// True if this is the credential that is in place. The private key beside it may be another one.
fn is_in_place(previous: &TenantCredentialStatus, facts: &CredentialFacts) -> bool {
    previous.credential.as_ref().is_some_and(|before| renewal::mark(before) == renewal::mark(facts))
}

/// True if this is the credential that is in place, with the same private key.
fn is_same(previous: &TenantCredentialStatus, facts: &CredentialFacts) -> bool {
    let is_key_alike = previous.credential.as_ref().is_some_and(|before| before.key_match == facts.key_match);
    is_key_alike && is_in_place(previous, facts)
}
