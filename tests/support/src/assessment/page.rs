//! A tenant and its credentials, as the operator would keep them: each look assesses the credentials, then the tenant,
//! which sees of them what the caches keep, and is given texts only for what it asks.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use lapsewatch_core::api::conditions::{Condition, ConditionStatus};
use lapsewatch_core::api::status::Notification;
use lapsewatch_core::api::tenant_status::TenantNotification;
use lapsewatch_core::api::{
    CredentialFacts, CredentialType, MDMTenantSpec, MDMTenantStatus, Severity, TenantCredentialStatus, limits,
};
use lapsewatch_core::assessment::delivery::settle;
use lapsewatch_core::assessment::event_budget::reported;
use lapsewatch_core::assessment::notices::Notice;
use lapsewatch_core::assessment::tenant::{TenantAssessment, TenantInput, TenantMember, assess, inherit};

use super::facts::{of_type, time};
use super::invariants;
use super::story::Story;

pub const UID: &str = "0b9c1a52-3f0e-4d0c-8a1b-6c1d2e3f4a5b";

/// One tenant, its credentials, and all that was ever said of it.
pub struct Page {
    pub spec: MDMTenantSpec,
    pub status: MDMTenantStatus,
    pub settle: TimeDelta,
    pub credentials: BTreeMap<String, Story>,
    /// Those that no operator has looked at yet.
    unseen: BTreeSet<String>,
    /// Whether the credentials' own words are at hand.
    pub words: bool,
    sent: BTreeMap<String, DateTime<Utc>>,
}

/// What was seen at one instant.
pub struct Look {
    pub at: DateTime<Utc>,
    pub status: MDMTenantStatus,
    pub sent: Vec<Notice>,
    pub next: Option<DateTime<Utc>>,
}

impl Default for Page {
    fn default() -> Self {
        Self::new()
    }
}

impl Page {
    pub fn new() -> Self {
        Self {
            spec: MDMTenantSpec::default(),
            status: MDMTenantStatus::default(),
            settle: TimeDelta::seconds(30),
            credentials: BTreeMap::new(),
            unseen: BTreeSet::new(),
            words: true,
            sent: BTreeMap::new(),
        }
    }

    pub fn requires<const N: usize>(mut self, types: [CredentialType; N]) -> Self {
        self.spec.required_credentials = Some(types.to_vec());
        self
    }

    /// From now on it has this credential.
    pub fn has(&mut self, name: &str, story: Story) -> &mut Self {
        self.unseen.remove(name);
        self.credentials.insert(name.to_owned(), story);
        self
    }

    /// As [`Page::has`], of a type's usual credential that expires at `end`.
    pub fn due(&mut self, name: &str, type_: CredentialType, end: &str) -> &mut Self {
        self.has(name, Story::of(of_type(type_, 'a', end), type_))
    }

    /// From now on it has one that was not looked at.
    pub fn unseen(&mut self, name: &str, type_: CredentialType) -> &mut Self {
        self.has(name, Story::of(CredentialFacts::default(), type_));
        self.unseen.insert(name.to_owned());
        self
    }

    /// From now on the spec of one can't be understood: of all that was said of it, only Ready says so.
    pub fn not_understood(&mut self, name: &str) -> &mut Self {
        self.unseen.insert(name.to_owned());
        let status = &mut self.credentials.get_mut(name).expect("it is there").status;
        let ready = status.conditions.iter_mut().find(|c| c.type_ == "Ready").expect("it was looked at");
        (ready.status, ready.reason) = (ConditionStatus::False, "InvalidObject".to_owned());
        self
    }

    pub fn lacks(&mut self, name: &str) -> &mut Self {
        self.credentials.remove(name);
        self
    }

    /// Looks once.
    pub fn at(&mut self, now: &str) -> Look {
        self.look(time(now), true, true)
    }

    /// Looks once and dies between the Events and their record.
    pub fn crash_at(&mut self, now: &str) -> Look {
        self.look(time(now), true, false)
    }

    /// Looks once where no Event can be created.
    pub fn refused_at(&mut self, now: &str) -> Look {
        self.look(time(now), false, true)
    }

    /// Whatever the order in which the credentials are given.
    fn assess(&self, previous: &MDMTenantStatus, now: DateTime<Utc>) -> TenantAssessment {
        let assessment = self.assess_in(false, previous, now);
        assert_eq!(self.assess_in(true, previous, now), assessment);
        assessment
    }

    fn assess_in(&self, reversed: bool, previous: &MDMTenantStatus, now: DateTime<Utc>) -> TenantAssessment {
        let (spec, settle) = (&self.spec, self.settle);
        let kept: Vec<_> =
            self.credentials.iter().map(|(name, story)| (name, &story.spec, bare(&story.status))).collect();
        let mut members: Vec<TenantMember<'_>> =
            kept.iter().map(|(name, spec, status)| TenantMember::of(name, spec, status)).collect();
        if reversed {
            members.reverse();
        }
        let words = |name: &str, type_: &str, reason: &str| -> Option<Notification> {
            let all = &self.credentials.get(name).expect("asked of its own credentials").status.notifications;
            all.iter().find(|n| n.type_ == type_ && n.reason == reason).filter(|_| self.words).cloned()
        };
        assess(&TenantInput {
            name: "acme-prod",
            generation: 1,
            spec,
            previous,
            members: &members,
            words: &words,
            now,
            settle,
        })
    }

    fn look(&mut self, now: DateTime<Utc>, events: bool, written: bool) -> Look {
        for (_, story) in self.credentials.iter_mut().filter(|(name, _)| !self.unseen.contains(*name)) {
            let own = story.spec.clone();
            story.spec = inherit(&own, Some(&self.spec)).into_owned();
            story.at(&now.to_rfc3339());
            story.spec = own;
        }
        let mut assessment = self.assess(&self.status, now);
        hold(&assessment, now);
        if !assessment.doubtful.is_empty() {
            // The server is asked, and the write calls for the next look.
            for entry in std::mem::take(&mut assessment.doubtful) {
                let record = entry.clone().into_record();
                let (reason, note, entered) = (record.reason.clone(), String::new(), entry.time);
                let notice = Notice { warning: false, critical: false, note, reason, record: record.clone(), entered };
                let status = &mut assessment.status;
                match self.lives(&notice.event_name("acme-prod", UID), now) {
                    true => settle(&mut status.announced, &mut status.pending_events, record),
                    false => status.pending_events.retain(|other| other.type_ != entry.type_),
                }
            }
            self.status = assessment.status;
            return self.look(now, events, written);
        }
        let mut sent = Vec::new();
        let before = assessment.status.clone();
        for notice in std::mem::take(&mut assessment.notices).into_iter().filter(|_| events) {
            let name = notice.event_name("acme-prod", UID);
            if !self.lives(&name, now) {
                self.sent.insert(name, now);
                sent.push(notice.clone());
            }
            let status = &mut assessment.status;
            settle(&mut status.announced, &mut status.pending_events, notice.record);
            reported(&mut status.event_budget);
        }
        let json = serde_json::to_string(&assessment.status).unwrap();
        let status: MDMTenantStatus = serde_json::from_str(&json).unwrap();
        assert_eq!(status, assessment.status, "the status as it is stored");
        if events && written {
            let again = self.assess(&without_texts(status.clone()), now);
            assert_eq!(again.notices, [], "nothing is left to be said");
            assert_eq!(again.status, status, "the same is found again, as after a restart");
            assert_eq!(again.next, assessment.next, "the same boundary is found again");
        }
        self.status = if written { status.clone() } else { before };
        Look { at: now, status, sent, next: assessment.next }
    }

    /// True if there is an Event of this name.
    fn lives(&self, name: &str, now: DateTime<Utc>) -> bool {
        self.sent.get(name).is_some_and(|at| now - *at < TimeDelta::hours(1))
    }
}

/// As the caches keep a credential's status.
fn bare(status: &TenantCredentialStatus) -> TenantCredentialStatus {
    let mut status = status.clone();
    for notification in &mut status.notifications {
        (notification.message, notification.impact, notification.remedy) = Default::default();
    }
    status
}

/// As the caches keep a tenant's status.
fn without_texts(mut status: MDMTenantStatus) -> MDMTenantStatus {
    for condition in &mut status.conditions {
        condition.message.clear();
    }
    for n in &mut status.notifications {
        (n.message, n.impact, n.remedy, n.runbook_url, n.contact) = Default::default();
    }
    status.agenda.clear();
    status
}

/// What holds of every page.
fn hold(assessment: &TenantAssessment, now: DateTime<Utc>) {
    let status = &assessment.status;
    assert!(assessment.next.is_none_or(|next| next > now), "{:?} is not after {now}", assessment.next);
    for notice in &assessment.notices {
        assert!(notice.note.len() <= limits::NOTE_BYTES && !notice.note.trim().is_empty(), "{}", notice.note);
        invariants::no_relative_words(&notice.note);
    }
    for condition in &status.conditions {
        assert!(!condition.message.is_empty(), "{condition:?}");
        invariants::fits(&condition.message, limits::TEXT);
        invariants::no_relative_words(&condition.message);
    }
    assert!(status.notifications.is_sorted_by(|a, b| a.severity >= b.severity), "worst first");
    assert!(status.notifications.len() <= limits::ENTRIES);
    let worst = status.notifications.iter().map(|n| n.severity).max().unwrap_or_default();
    assert_eq!(status.severity, Some(worst));
    for n in &status.notifications {
        for text in [&n.message, &n.impact, &n.remedy] {
            invariants::fits(text, limits::TEXT);
            invariants::no_relative_words(text);
        }
        assert!(n.names.len() <= limits::NAMES && n.more.is_none_or(|more| more > 0 && n.names.len() == limits::NAMES));
    }
    assert_eq!(status.agenda.len(), status.notifications.len());
    for (line, n) in status.agenda.iter().zip(&status.notifications) {
        invariants::fits(line, limits::TEXT);
        let told = line.strip_prefix(&format!("{:?}, ", n.severity)).expect("the severity, then the message");
        assert!(n.message.starts_with(told.trim_end_matches('…')), "{line}");
    }
    let counts = status.credentials.as_ref().expect("they are counted");
    assert_eq!(counts.states.iter().map(|s| s.count).sum::<i64>(), counts.total);
    assert!(status.announced.iter().all(|a| a.fingerprint.len() <= 64));
    invariants::times(&serde_json::to_value(status).unwrap());
}

impl Look {
    #[track_caller]
    pub fn state(&self, status: ConditionStatus, reason: &str, severity: Severity) -> &Self {
        let found = self.condition("Healthy");
        let found = (found.status, found.reason.as_str(), self.status.severity);
        assert_eq!(found, (status, reason, Some(severity)), "{}: {}", self.at, self.condition("Healthy").message);
        self
    }

    pub fn condition(&self, type_: &str) -> &Condition {
        self.status.conditions.iter().find(|c| c.type_ == type_).expect("both conditions are present")
    }

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
    pub fn next(&self, next: Option<&str>) -> &Self {
        assert_eq!(self.next, next.map(time), "next at {}", self.at);
        self
    }

    /// Type, reason and names of each notification.
    pub fn said(&self) -> Vec<(&str, &str, Vec<&str>)> {
        let of = |n: &'_ TenantNotification| n.credential_type.map_or("", CredentialType::as_str);
        let all = self.status.notifications.iter();
        all.map(|n| (of(n), n.reason.as_str(), n.names.iter().map(String::as_str).collect())).collect()
    }

    pub fn counts(&self) -> Vec<(&str, i64)> {
        let counts = self.status.credentials.as_ref().expect("they are counted");
        counts.states.iter().map(|s| (s.state.as_str(), s.count)).collect()
    }
}
