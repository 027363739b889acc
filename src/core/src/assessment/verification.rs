//! Verifies a new credential before it replaces the present credential. The result is a recommendation to apply the new
//! credential or not.
//!
//! The verdict is derived from the assessment that the operator would make after the replacement. So no rule of the
//! assessment exists twice.

use chrono::{DateTime, TimeDelta, Utc};

use super::peers::Peers;
use super::renewal;
use super::{Assessment, AssessmentInput, Reading, TenantContext, assess, certificate, normalize};
use crate::api::conditions::ConditionType;
use crate::api::reasons::{ChangeReason, FailureReason};
use crate::api::status::{Expiry, KeyMatch, Notification};
use crate::api::stored;
use crate::api::{CredentialFacts, CredentialType, Failure, Severity, TenantCredentialSpec, TenantCredentialStatus};
use crate::messages::verify as words;
use crate::verdict::IdentityMatch;
pub use crate::verdict::{VerifyCause, VerifyFinding, VerifyOutcome};

/// The input of a verification.
pub struct VerifyInput<'a> {
    /// The spec, including the values that the credential inherits from its tenant.
    pub spec: &'a TenantCredentialSpec,
    /// The status of the credential that is in place.
    pub previous: &'a TenantCredentialStatus,
    /// The result of reading the new credential.
    pub reading: Reading,
    /// True if all private keys and passwords that the Secret would contain were available to this command. Only then
    /// does a missing private key mean that the Secret would lack it.
    pub sees_all: bool,
    /// The other TenantCredentials with the new credential, as far as known.
    pub peers: Peers,
    /// The tenant that the spec names.
    pub tenant: TenantContext<'a>,
    /// The time of the verification.
    pub now: DateTime<Utc>,
}

/// The result of a verification.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// The recommendation to apply the new credential or not.
    pub outcome: VerifyOutcome,
    /// The verdict in one line.
    pub sentence: String,
    /// The findings that the verdict is based on, worst first.
    pub points: Vec<VerifyFinding>,
    /// The reason of the change that `status.lastChange` would contain. None if nothing would change.
    pub change: Option<ChangeReason>,
    /// The status that the operator would write after the new credential is applied.
    pub status: TenantCredentialStatus,
}

/// Verifies a credential without applying it.
pub fn verify(scene: VerifyInput<'_>) -> Verification {
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
        // A reading without a failure always gives facts.
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

/// The new credential, the status before it is applied, and the status that the operator would write afterwards.
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
            self.status.notifications.iter().filter_map(|said| self.finding_from_notification(said)).collect();
        points.extend(self.identity());
        points.extend(self.key());
        points.extend(self.age());
        points.extend(self.in_place());
        points
    }

    /// Converts a notification that the operator would write into a finding. None if no finding follows from it.
    fn finding_from_notification(&self, said: &Notification) -> Option<VerifyFinding> {
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
            stored::SEVERAL_CERTIFICATES => Some((VerifyOutcome::Safe, VerifyCause::SeveralCertificates)),
            // Method `key` returns the finding about the private key, which also depends on the credential in place.
            stored::KEY_UNREADABLE => return None,
            _ => None,
        };
        let by_type = || all.into_iter().find(|(type_, ..)| type_.as_str() == said.type_);
        let (outcome, cause) = by_reason.or_else(|| by_type().map(|(_, outcome, cause)| (outcome, cause)))?;
        let remedy = match cause {
            // The remedy for a shared credential is the same before and after the credential is applied. Other remedies
            // are worded for a credential that is not applied yet.
            VerifyCause::Shared => said.remedy.clone(),
            cause => words::remedy(cause, self.spec),
        };
        let (message, impact) = (said.message.clone(), said.impact.clone());
        Some(VerifyFinding { outcome, cause, reason: said.reason.clone(), message, impact, remedy })
    }

    /// Returns the outcome for a credential that other objects use too. Safe if that is intended: the objects read one
    /// Secret, this object sets an override, or another object already has the renewal. Otherwise Stop.
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
        match renewal::match_identity(self.spec, self.previous, self.facts) {
            // The notification IdentityChanged already leads to a finding.
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
            // The private key may be in a part of the Secret that this command could not read.
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
        // Only the DEP token that was downloaded last from Apple works. Equal dates do not show which token that is.
        if !is_comparable || self.spec.type_ == CredentialType::DEPToken {
            let message = words::age_unknown(self.spec.type_, is_comparable);
            return Some(self.point(VerifyOutcome::Untold, VerifyCause::AgeNotTold, "Replaced", message));
        }
        Some(self.point(VerifyOutcome::Safe, VerifyCause::Replaced, "Replaced", words::replaced(self.spec.type_)))
    }

    /// Returns a finding if the new credential is the credential in place, because applying it would renew nothing. The
    /// outcome is Stop if the credential has a problem, because applying it again would not solve the problem.
    fn in_place(&self) -> Option<VerifyFinding> {
        if !is_in_place(self.previous, self.facts) {
            return None;
        }
        let needs_attention = self.status.severity.unwrap_or_default() >= Severity::Warning;
        let outcome = if needs_attention { VerifyOutcome::Stop } else { VerifyOutcome::Safe };
        Some(self.point(outcome, VerifyCause::InPlace, "InPlace", words::in_place(self.spec.type_, self.facts)))
    }
}

/// Returns the finding for a credential that can't be read. The outcome is Stop for wrong content. Otherwise it is
/// usually unknown, because perhaps only a password or a private key was not given to this command.
fn unreadable(
    failure: &Failure,
    status: &TenantCredentialStatus,
    spec: &TenantCredentialSpec,
    sees_all: bool,
) -> VerifyFinding {
    let outcome = match failure.reason {
        FailureReason::WrongFile | FailureReason::Malformed => VerifyOutcome::Stop,
        // Stop only if the whole Secret was available. Otherwise the missing value or private key may be in the
        // unavailable part.
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

/// True if the new credential is the credential in place. The private key may differ.
fn is_in_place(previous: &TenantCredentialStatus, facts: &CredentialFacts) -> bool {
    previous.credential.as_ref().is_some_and(|before| renewal::credential_key(before) == renewal::credential_key(facts))
}

/// True if the new credential is the credential in place and the comparison of the private key gives the same result.
fn is_same(previous: &TenantCredentialStatus, facts: &CredentialFacts) -> bool {
    let is_key_alike = previous.credential.as_ref().is_some_and(|before| before.key_match == facts.key_match);
    is_key_alike && is_in_place(previous, facts)
}
