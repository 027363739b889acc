//! A rehearsal: what would be said if a credential stood where another one stands now, and whether to put it there.
//!
//! The verdict is read off the assessment that the operator would make afterwards: no rule is written a second time.

use chrono::{DateTime, TimeDelta, Utc};

use super::peers::Peers;
pub use super::point::{Cause, Outcome, Point};
use super::renewal::{self, Standing};
use super::words::verify as words;
use super::{Assessment, Input, Reading, Tenant, assess, certificate, published};
use crate::api::conditions::ConditionType;
use crate::api::reasons::{ChangeReason, FailureReason};
use crate::api::status::{Expiry, KeyMatch, Notification};
use crate::api::{CredentialFacts, CredentialType, Failure, Severity, TenantCredentialSpec, TenantCredentialStatus};

/// All that a rehearsal goes by.
pub struct Scene<'a> {
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
    pub tenant: Tenant<'a>,
    /// The time.
    pub now: DateTime<Utc>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsal {
    /// Whether to put it in place.
    pub outcome: Outcome,
    /// The verdict in one line.
    pub sentence: String,
    /// What speaks for it, worst first.
    pub points: Vec<Point>,
    /// What the change would be, as `lastChange` would say; none where it would be none.
    pub change: Option<ChangeReason>,
    /// What the operator would say afterwards.
    pub status: TenantCredentialStatus,
}

/// Rehearses.
pub fn rehearse(scene: Scene<'_>) -> Rehearsal {
    let Scene { spec, previous, reading, sees_all, peers, tenant, now } = scene;
    let failure = match &reading {
        Reading::Facts(_) => None,
        Reading::Failed(failure) => Some(published::failure(failure.clone())),
    };
    let Assessment { status, .. } = assess(Input {
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
            let rehearsed = Rehearsed { spec, previous, facts, status: &status, change, sees_all };
            rehearsed.points()
        }
        // A reading gives one or the other.
        (None, None) => Vec::new(),
    };
    points.sort_by_key(|point| (std::cmp::Reverse(point.outcome), point.cause));
    let outcome = points.iter().map(|point| point.outcome).max().unwrap_or(Outcome::Safe);
    let sentence = words::verdict(outcome, &points, &words::Compared { spec, previous, facts, change });
    Rehearsal { outcome, sentence, points, change, status }
}

/// What is put in place of what was said before, and what the operator would then say.
struct Rehearsed<'a> {
    spec: &'a TenantCredentialSpec,
    previous: &'a TenantCredentialStatus,
    facts: &'a CredentialFacts,
    status: &'a TenantCredentialStatus,
    change: Option<ChangeReason>,
    sees_all: bool,
}

impl Rehearsed<'_> {
    fn points(&self) -> Vec<Point> {
        let mut points: Vec<Point> = self.status.notifications.iter().filter_map(|said| self.said(said)).collect();
        points.extend(self.identity());
        points.extend(self.key());
        points.extend(self.age());
        points.extend(self.in_place());
        points
    }

    /// What the operator would say needs attention.
    fn said(&self, said: &Notification) -> Option<Point> {
        let all = [
            (ConditionType::Expiring, Outcome::Safe, Cause::Expiring),
            (ConditionType::Expired, Outcome::Stop, Cause::Expired),
            (ConditionType::Healthy, Outcome::Stop, Cause::NotYetValid),
            match said.reason.as_str() {
                "IdentityUnknown" => (ConditionType::IdentityChanged, Outcome::Untold, Cause::IdentityUnknown),
                _ => (ConditionType::IdentityChanged, Outcome::Stop, Cause::IdentityChanged),
            },
            (ConditionType::KeyMismatch, Outcome::Stop, Cause::KeyMismatch),
            (ConditionType::Regressed, Outcome::Stop, Cause::WentBackwards),
            (ConditionType::Duplicate, self.shared(said), Cause::Shared),
        ];
        let by_reason = match said.reason.as_str() {
            certificate::DATES_REVERSED => Some((Outcome::Stop, Cause::DatesReversed)),
            certificate::ISSUER_EXPIRED if said.severity >= Severity::Warning => Some((Outcome::Stop, Cause::Chain)),
            certificate::ISSUER_EXPIRED | certificate::ISSUER_EXPIRES_FIRST => Some((Outcome::Safe, Cause::Chain)),
            certificate::SEVERAL_CERTIFICATES => Some((Outcome::Safe, Cause::SeveralCertificates)),
            // The point about the private key goes by what is in place as well.
            certificate::KEY_UNREADABLE => return None,
            _ => None,
        };
        let by_type = || all.into_iter().find(|(type_, ..)| type_.as_str() == said.type_);
        let (outcome, cause) = by_reason.or_else(|| by_type().map(|(_, outcome, cause)| (outcome, cause)))?;
        let remedy = match cause {
            // Who else holds it, and what to do then, is the same before and after.
            Cause::Shared => said.remedy.clone(),
            cause => words::remedy(cause, self.spec),
        };
        let (message, impact) = (said.message.clone(), said.impact.clone());
        Some(Point { outcome, cause, reason: said.reason.clone(), message, impact, remedy })
    }

    /// What is meant, by an override or as a renewal that is staged, stops nothing.
    fn shared(&self, said: &Notification) -> Outcome {
        let is_meant = ["SameSecret", "ControlAssumed"].contains(&said.reason.as_str());
        let is_staged = said.reason == "Superseded" && said.severity < Severity::Warning;
        if is_meant || is_staged { Outcome::Safe } else { Outcome::Stop }
    }

    fn point(&self, outcome: Outcome, cause: Cause, reason: &str, message: String) -> Point {
        let impact = words::impact(cause, self.spec.type_).to_owned();
        Point { outcome, cause, reason: reason.to_owned(), message, impact, remedy: words::remedy(cause, self.spec) }
    }

    fn condition(&self, type_: ConditionType) -> String {
        let condition = self.status.conditions.iter().find(|condition| condition.type_ == type_.as_str());
        condition.map(|condition| condition.message.clone()).unwrap_or_default()
    }

    fn identity(&self) -> Option<Point> {
        let accepted = self.previous.accepted_identity.as_deref();
        if self.change == Some(ChangeReason::IdentityAccepted) {
            let message = self.condition(ConditionType::IdentityChanged);
            return Some(self.point(Outcome::Safe, Cause::IdentityAccepted, "IdentityAccepted", message));
        }
        if self.previous.credential.is_some() || accepted.is_some() {
            return None;
        }
        let is_pinned = self.spec.expected_identities.as_ref().is_some_and(|pins| !pins.is_empty());
        match renewal::standing(self.spec, self.previous, self.facts) {
            // Said already.
            Standing::Changed => None,
            Standing::Accepted if is_pinned => None,
            Standing::Accepted | Standing::NotIdentified | Standing::Unknown => {
                let message = words::nothing_in_place();
                Some(self.point(Outcome::Untold, Cause::NothingInPlace, "NothingInPlace", message))
            }
        }
    }

    fn key(&self) -> Option<Point> {
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
        Some(Point { remedy, ..self.point(Outcome::Untold, Cause::KeyNotTold, reason, message) })
    }

    fn age(&self) -> Option<Point> {
        if self.change != Some(ChangeReason::Replaced) {
            return None;
        }
        let is_dated = |facts: &CredentialFacts| facts.expiry != Expiry::Unknown;
        let is_comparable = is_dated(self.facts) && self.previous.credential.as_ref().is_some_and(is_dated);
        // Of two server tokens of Apple's only the one that was downloaded last works.
        if !is_comparable || self.spec.type_ == CredentialType::DEPToken {
            let message = words::age_unknown(self.spec.type_, is_comparable);
            return Some(self.point(Outcome::Untold, Cause::AgeNotTold, "Replaced", message));
        }
        Some(self.point(Outcome::Safe, Cause::Replaced, "Replaced", words::replaced(self.spec.type_)))
    }

    /// The one that is there, given once more, renews nothing: which matters where what is there needs attention, also
    /// after another key was put beside it.
    fn in_place(&self) -> Option<Point> {
        if !words::is_in_place(self.previous, self.facts) {
            return None;
        }
        let needs_attention = self.status.severity.unwrap_or_default() >= Severity::Warning;
        let outcome = if needs_attention { Outcome::Stop } else { Outcome::Safe };
        Some(self.point(outcome, Cause::InPlace, "InPlace", words::in_place(self.spec.type_, self.facts)))
    }
}

/// Of what can't be read: whether it is the wrong thing, or only can't be opened or chosen here.
fn unreadable(
    failure: &Failure,
    status: &TenantCredentialStatus,
    spec: &TenantCredentialSpec,
    sees_all: bool,
) -> Point {
    let outcome = match failure.reason {
        FailureReason::WrongFile | FailureReason::Malformed => Outcome::Stop,
        // What was not seen may hold it.
        FailureReason::KeyNotFound | FailureReason::NoMatchingKey if sees_all => Outcome::Stop,
        _ => Outcome::Untold,
    };
    let said = status.notifications.iter().find(|said| said.type_ == ConditionType::Ready.as_str());
    Point {
        outcome,
        cause: Cause::Unreadable,
        reason: failure.reason.as_str().to_owned(),
        message: failure.message.clone(),
        impact: said.map(|said| said.impact.clone()).unwrap_or_default(),
        remedy: words::unreadable(failure.reason, spec),
    }
}
