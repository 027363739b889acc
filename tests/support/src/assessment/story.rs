//! The operator's loop without a cluster: stores the status like the API before Events are sent, sends Events under
//! their names, and records them. A second Event with the same name within an hour, the lifetime of Events, is not
//! created.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use lapsewatch_core::api::conditions::{Condition, ConditionStatus, ConditionType};
use lapsewatch_core::api::reasons::{ChangeReason, FailureReason};
use lapsewatch_core::api::status::Announced;
use lapsewatch_core::api::{
    CredentialFacts, CredentialType, Failure, Severity, TenantCredentialSpec, TenantCredentialStatus,
};
use lapsewatch_core::assessment::delivery::settle;
use lapsewatch_core::assessment::event_budget::reported;
use lapsewatch_core::assessment::notices::Notice;
use lapsewatch_core::assessment::peers::Peers;
use lapsewatch_core::assessment::{Assessment, AssessmentInput, Reading, TenantContext, assess};
use lapsewatch_core::messages::Side;
use lapsewatch_core::verdict::View;

use super::facts::{spec, time};
use super::invariants;

pub const UID: &str = "5f0e6c1e-8f6b-4f0a-9a53-0d4f6f1f2a3b";

/// The fate of a decision.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Done,
    /// The status is written and the Events are sent. The operator crashes before it records them.
    Crash,
    /// The status is written. The API server refuses Events, or the operator crashes before it sends them.
    Refused,
}

/// One object and the Events that were sent.
pub struct Story {
    pub spec: TenantCredentialSpec,
    pub status: TenantCredentialStatus,
    pub settle: TimeDelta,
    pub peers: Peers,
    /// The tenant that the spec names.
    pub tenant: TenantContext<'static>,
    reading: Reading,
    sent: BTreeMap<String, DateTime<Utc>>,
}

/// The result of one assessment.
pub struct Look {
    pub at: DateTime<Utc>,
    pub status: TenantCredentialStatus,
    /// The Events that were created.
    pub sent: Vec<Notice>,
    pub next: Option<DateTime<Utc>>,
}

impl Story {
    pub fn of(facts: CredentialFacts, type_: CredentialType) -> Self {
        Self::new(Reading::Facts(facts), type_)
    }

    pub fn apns(facts: CredentialFacts) -> Self {
        Self::of(facts, CredentialType::APNsCertificate)
    }

    pub fn unreadable(reason: FailureReason, type_: CredentialType) -> Self {
        Self::new(Reading::Failed(failure(reason)), type_)
    }

    fn new(reading: Reading, type_: CredentialType) -> Self {
        let status = TenantCredentialStatus::default();
        let alone = View::unique();
        Self {
            spec: spec(type_),
            status,
            settle: TimeDelta::seconds(30),
            reading,
            peers: Peers::Known(Some(alone)),
            tenant: TenantContext::Found(Side::default()),
            sent: BTreeMap::new(),
        }
    }

    /// Changes the content of the Secret.
    pub fn holds(&mut self, facts: CredentialFacts) -> &mut Self {
        self.reading = Reading::Facts(facts);
        self
    }

    /// Makes the Secret unreadable.
    pub fn fails(&mut self, reason: FailureReason) -> &mut Self {
        self.reading = Reading::Failed(failure(reason));
        self
    }

    /// Changes the peers.
    pub fn among(&mut self, peers: Peers) -> &mut Self {
        self.peers = peers;
        self
    }

    pub fn pins<const N: usize>(&mut self, pins: [&str; N]) -> &mut Self {
        self.spec.expected_identities = (N > 0).then(|| pins.map(str::to_owned).to_vec());
        self
    }

    /// Assesses once.
    pub fn at(&mut self, now: &str) -> Look {
        self.look(time(now), Outcome::Done)
    }

    /// Assesses once, when no Event is due yet, and once more after the event delay.
    #[track_caller]
    pub fn settled(&mut self, now: &str) -> Look {
        self.at(now).quiet();
        self.look(time(now) + self.settle, Outcome::Done)
    }

    /// Assesses once, and crashes between the Events and their record.
    pub fn crash_at(&mut self, now: &str) -> Look {
        self.look(time(now), Outcome::Crash)
    }

    /// Assesses once while the API server refuses Events.
    pub fn refused_at(&mut self, now: &str) -> Look {
        self.look(time(now), Outcome::Refused)
    }

    /// Assesses at `from` and then at each returned boundary until `to`. Returns the Events with their times.
    pub fn run(&mut self, from: &str, to: &str) -> Vec<(String, String)> {
        let (mut now, to) = (time(from), time(to));
        let mut events = Vec::new();
        loop {
            let look = self.look(now, Outcome::Done);
            events.extend(look.sent.iter().map(|n| (lapsewatch_core::messages::at(now), n.reason.clone())));
            match look.next {
                Some(next) if next <= to => now = next,
                _ => return events,
            }
        }
    }

    pub fn assess(&self, now: DateTime<Utc>) -> Assessment {
        self.assess_reading(self.reading.clone(), &self.status, now)
    }

    fn assess_reading(&self, reading: Reading, previous: &TenantCredentialStatus, now: DateTime<Utc>) -> Assessment {
        assess(AssessmentInput {
            uid: UID,
            generation: 1,
            spec: &self.spec,
            previous,
            reading,
            last_read: None,
            peers: self.peers.clone(),
            tenant: self.tenant,
            now,
            settle: self.settle,
        })
    }

    fn look(&mut self, now: DateTime<Utc>, outcome: Outcome) -> Look {
        let mut assessment = self.assess(now);
        invariants::hold(&self.status, &assessment, now);
        if !assessment.doubtful.is_empty() {
            // The existence of the Event is looked up, and the write triggers another assessment.
            for entry in std::mem::take(&mut assessment.doubtful) {
                let record = entry.clone().into_record();
                let status = &mut assessment.status;
                match self.lives(&name_of(record.clone()), now) {
                    true => settle(&mut status.announced, &mut status.pending_events, record),
                    false => status.pending_events.retain(|other| other.type_ != entry.type_),
                }
            }
            // Other due Events already have their entries, as after an assessment whose Events are refused.
            self.status = stored(&assessment.status);
            return self.look(now, outcome);
        }
        let mut sent = Vec::new();
        let before = assessment.status.clone();
        for notice in assessment.notices.clone() {
            if outcome == Outcome::Refused {
                continue;
            }
            let name = notice.event_name("acme-apns", UID);
            if !self.lives(&name, now) {
                self.sent.insert(name, now);
                sent.push(notice.clone());
            }
            let status = &mut assessment.status;
            settle(&mut status.announced, &mut status.pending_events, notice.record);
            reported(&mut status.event_budget);
        }
        let status = stored(&assessment.status);
        if outcome == Outcome::Done {
            let kept = match (&self.reading, &status.credential) {
                (Reading::Facts(_), Some(facts)) => Reading::Facts(facts.clone()),
                _ => self.reading.clone(),
            };
            for reading in [self.reading.clone(), kept] {
                let again = self.assess_reading(reading, &status, now);
                assert_eq!(again.notices, [], "a second assessment has no more notices");
                assert_eq!(again.status, status, "a second assessment has the same result");
                assert_eq!(again.next, assessment.next, "a second assessment has the same next boundary");
            }
        }
        self.status = if outcome == Outcome::Crash { stored(&before) } else { status.clone() };
        Look { at: now, status, sent, next: assessment.next }
    }

    /// Returns true if an Event of this name exists.
    fn lives(&self, name: &str, now: DateTime<Utc>) -> bool {
        self.sent.get(name).is_some_and(|at| now - *at < TimeDelta::hours(1))
    }
}

/// Returns the status as the API returns it.
fn stored(status: &TenantCredentialStatus) -> TenantCredentialStatus {
    let json = serde_json::to_string(status).unwrap();
    let read: TenantCredentialStatus = serde_json::from_str(&json).unwrap();
    assert_eq!(read, *status, "the status as it is stored");
    read
}

fn name_of(record: Announced) -> String {
    let (reason, entered) = (record.reason.clone(), record.time);
    Notice { warning: false, critical: false, note: String::new(), reason, record, entered }
        .event_name("acme-apns", UID)
}

fn failure(reason: FailureReason) -> Failure {
    Failure { reason, message: format!("{reason:?}: as the reader says") }
}

impl Look {
    pub fn condition(&self, type_: ConditionType) -> &Condition {
        self.status.conditions.iter().find(|c| c.type_ == type_.as_str()).expect("all conditions are present")
    }

    #[track_caller]
    pub fn expect(&self, type_: ConditionType, status: ConditionStatus, reason: &str) -> &Self {
        let condition = self.condition(type_);
        let found = (condition.status, condition.reason.as_str());
        assert_eq!(found, (status, reason), "{type_:?} at {}: {}", self.at, condition.message);
        self
    }

    #[track_caller]
    pub fn severity(&self, severity: Severity) -> &Self {
        assert_eq!(self.status.severity, Some(severity), "severity at {}", self.at);
        self
    }

    /// Checks that exactly these Events were created.
    #[track_caller]
    pub fn events<const N: usize>(&self, reasons: [&str; N]) -> &Self {
        let found: Vec<&str> = self.sent.iter().map(|notice| notice.reason.as_str()).collect();
        assert_eq!(found, reasons, "Events at {}", self.at);
        self
    }

    #[track_caller]
    pub fn quiet(&self) -> &Self {
        self.events([])
    }

    #[track_caller]
    pub fn change(&self, reason: Option<ChangeReason>) -> &Self {
        assert_eq!(self.status.last_change.as_ref().map(|c| c.reason), reason, "change at {}", self.at);
        self
    }

    #[track_caller]
    pub fn next(&self, next: &str) -> &Self {
        assert_eq!(self.next, Some(time(next)), "next at {}", self.at);
        self
    }
}
