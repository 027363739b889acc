//! Notices: which Events are due, so that each is sent once, whatever restarts, crashes or repeats.
//!
//! Decided from `status.announced` alone. Beside each condition the announcements are counted as episodes; an Event's
//! name is made of the count, so that sending one again finds it there, and the status write that carries the conditions
//! records it and moves the count on.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::expiry::Stage;
use super::finding::Finding;
use super::renewal::mark_of;
use super::words::{self, Words};
use crate::api::conditions::ConditionType;
use crate::api::limits;
use crate::api::reasons::ChangeReason;
use crate::api::status::{Announced, LastChange, Notification};
use crate::api::{Severity, TenantCredentialSpec};

/// Bytes that an Event's note may have; the API server refuses more.
pub const NOTE_BYTES: usize = 1024;
/// The reason of what closes a problem.
pub const RECOVERED: &str = "Recovered";
/// Hours between reminders, where the user gives none.
const REMINDER_HOURS: u16 = 24;

/// An Event that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Whether it is of type Warning; else Normal.
    pub warning: bool,
    /// Its reason.
    pub reason: String,
    /// Its note, at most [`NOTE_BYTES`].
    pub note: String,
    /// What the status write records once it was sent.
    pub record: Announced,
}

impl Notice {
    /// The Event's name: the same for the same announcement of the same object, and fit for an object's name of any
    /// length.
    pub fn event_name(&self, object_name: &str, uid: &str) -> String {
        let hash = Sha256::new()
            .chain_update(uid)
            .chain_update([0])
            .chain_update(&self.record.type_)
            .chain_update([0])
            .chain_update(&self.reason)
            .chain_update([0])
            .chain_update(self.record.episode.to_be_bytes())
            .chain_update(self.record.reminder.to_be_bytes())
            .finalize();
        let hash: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let mut name: String = object_name.chars().take(200).collect();
        name.truncate(name.trim_end_matches(['.', '-']).len());
        format!("{name}.{hash}")
    }
}

/// What is due now, what is to be recorded without an Event, and when to look again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Due {
    /// Events to send.
    pub notices: Vec<Notice>,
    /// Records that need no Event.
    pub silent: Vec<Announced>,
    /// When the next one may be due.
    pub next: Option<DateTime<Utc>>,
}

/// What the notices are decided from.
pub struct Situation<'a> {
    /// The object's UID.
    pub uid: &'a str,
    /// What the user declares.
    pub spec: &'a TenantCredentialSpec,
    /// What was announced before.
    pub announced: &'a [Announced],
    /// What needs attention.
    pub findings: &'a [Finding],
    /// The same as notifications: since when.
    pub notifications: &'a [Notification],
    /// The last change of the credential.
    pub last_change: Option<&'a LastChange>,
    /// The change before that, as of the status that this is decided from.
    pub change_before: Option<&'a LastChange>,
    /// The sentences.
    pub words: Option<&'a Words<'a>>,
    /// The time.
    pub now: DateTime<Utc>,
    /// How long something must last before its Event is sent, where it settles.
    pub settle: TimeDelta,
}

impl Situation<'_> {
    /// Decides.
    pub fn due(&self) -> Due {
        let mut due = Due::default();
        for finding in self.findings {
            // The change itself announces this one.
            if finding.type_ != ConditionType::Regressed {
                self.open(finding, &mut due);
            }
        }
        let changed = self.change(&mut due);
        for type_ in
            [ConditionType::Ready, ConditionType::Healthy, ConditionType::IdentityChanged, ConditionType::KeyMismatch]
        {
            self.close(type_, changed, &mut due);
        }
        due
    }

    fn last(&self, type_: ConditionType) -> Option<&Announced> {
        self.announced.iter().find(|a| a.type_ == type_.as_str())
    }

    fn record(&self, type_: ConditionType, reason: &str, mark: &str) -> Announced {
        Announced {
            type_: type_.as_str().to_owned(),
            reason: reason.to_owned(),
            fingerprint: mark.to_owned(),
            episode: self.last(type_).map_or(0, |a| a.episode).saturating_add(1),
            reminder: 0,
            time: self.now,
        }
    }

    /// A problem: announced when it is news, later reminded of.
    fn open(&self, finding: &Finding, due: &mut Due) {
        let last = self.last(finding.type_);
        if let Some(last) = last.filter(|a| a.reason == finding.reason && a.fingerprint == finding.mark) {
            self.remind(finding, last, due);
            return;
        }
        if self.went_back(finding) {
            return;
        }
        if finding.settles {
            let since = self
                .notifications
                .iter()
                .find(|n| n.type_ == finding.type_.as_str() && n.reason == finding.reason)
                .map_or(self.now, |n| n.since);
            let settled = since.checked_add_signed(self.settle).unwrap_or(since);
            if self.now < settled {
                due.look_at(settled);
                return;
            }
        }
        let record = self.record(finding.type_, &finding.reason, &finding.mark);
        self.look_at_first_reminder(finding, &record, due);
        due.notices.push(self.notice(finding, record));
    }

    fn notice(&self, finding: &Finding, record: Announced) -> Notice {
        Notice {
            warning: finding.severity >= Severity::Warning,
            reason: finding.reason.clone(),
            note: finding.note(self.spec),
            record,
        }
    }

    /// Whether a later stage of the same credential was announced already: a clock was set back, or the days changed.
    fn went_back(&self, finding: &Finding) -> bool {
        let Some(rank) = Stage::rank_of_reason(&finding.reason) else { return false };
        [ConditionType::Expiring, ConditionType::Expired]
            .iter()
            .filter_map(|type_| self.last(*type_))
            .filter(|a| a.fingerprint == finding.mark)
            .filter_map(|a| Stage::rank_of_reason(&a.reason))
            .any(|announced| announced >= rank)
    }

    fn period(&self) -> Option<TimeDelta> {
        match self.spec.reminder_every_hours.unwrap_or(REMINDER_HOURS) {
            0 => None,
            hours => Some(TimeDelta::hours(i64::from(hours))),
        }
    }

    /// When the reminder after `last` is due. Up to an hour is added to the first, so that a thousand credentials that
    /// lapse together do not all speak at once.
    fn next_reminder(&self, finding: &Finding, last: &Announced) -> Option<DateTime<Utc>> {
        if finding.severity < Severity::Warning {
            return None;
        }
        let jitter = if last.reminder == 0 { jitter(self.uid) } else { TimeDelta::zero() };
        last.time.checked_add_signed(self.period()?)?.checked_add_signed(jitter)
    }

    fn muted_until(&self, finding: &Finding) -> Option<DateTime<Utc>> {
        self.spec.muted_until.filter(|until| finding.severity < Severity::Critical && *until > self.now)
    }

    fn look_at_first_reminder(&self, finding: &Finding, record: &Announced, due: &mut Due) {
        if let Some(at) = self.next_reminder(finding, record) {
            due.look_at(self.muted_until(finding).map_or(at, |until| until.max(at)));
        }
    }

    fn remind(&self, finding: &Finding, last: &Announced, due: &mut Due) {
        let (Some(first), Some(period)) = (self.next_reminder(finding, last), self.period()) else { return };
        if let Some(until) = self.muted_until(finding) {
            due.look_at(until.max(first));
            return;
        }
        if self.now < first {
            due.look_at(first);
            return;
        }
        // Of several missed only the latest is sent; the next ones stay on the same grid.
        let missed = (self.now - first).num_seconds().checked_div(period.num_seconds()).unwrap_or(0);
        let slot = first + TimeDelta::seconds(missed.saturating_mul(period.num_seconds()));
        let record =
            Announced { reminder: last.reminder.saturating_add(1).saturating_add(missed), time: slot, ..last.clone() };
        due.look_at(slot + period);
        due.notices.push(self.notice(finding, record));
    }

    /// The last change, where it was not announced yet. Tells which one is announced now.
    fn change(&self, due: &mut Due) -> Option<ChangeReason> {
        let change = self.last_change?;
        let words = self.words?;
        if change.reason == ChangeReason::IdentityChanged {
            return None;
        }
        let reason = change.reason.as_str();
        let mark = mark_of(&change.to);
        let finding = self.findings.iter().find(|f| f.type_ == ConditionType::Regressed);
        if let Some(last) = self.last(ConditionType::Regressed)
            && last.reason == reason
            && last.fingerprint == mark
        {
            if let Some(finding) = finding {
                self.remind(finding, last, due);
            }
            return None;
        }
        let record = self.record(ConditionType::Regressed, reason, &mark);
        // The identity's own Recovered says it, where the alarm was sent at all.
        let back = change.reason == ChangeReason::Restored
            && self.change_before.is_some_and(|before| before.reason == ChangeReason::IdentityChanged);
        if back {
            due.silent.push(record);
            return None;
        }
        let notice = match finding {
            Some(finding) if change.reason == ChangeReason::WentBackwards => {
                self.look_at_first_reminder(finding, &record, due);
                self.notice(finding, record)
            }
            _ => {
                let mut note = words.change(change);
                limits::cut_bytes(&mut note, NOTE_BYTES);
                Notice { warning: false, reason: reason.to_owned(), note, record }
            }
        };
        due.notices.push(notice);
        Some(change.reason)
    }

    /// A problem that is mended: said once, if it was announced.
    fn close(&self, type_: ConditionType, changed: Option<ChangeReason>, due: &mut Due) {
        let Some(last) = self.last(type_) else { return };
        if last.reason == RECOVERED || self.findings.iter().any(|f| f.type_ == type_) {
            return;
        }
        let record = self.record(type_, RECOVERED, "");
        // The change's own Event says that the identity is right; a validity that begins is no event.
        if type_ == ConditionType::Healthy || (type_ == ConditionType::IdentityChanged && changed.is_some()) {
            due.silent.push(record);
            return;
        }
        let mut note = match self.words {
            Some(words) => format!("{}: {}", words::recovered(type_), words.read()),
            None => words::recovered(type_).to_owned(),
        };
        limits::cut_bytes(&mut note, NOTE_BYTES);
        due.notices.push(Notice { warning: false, reason: RECOVERED.to_owned(), note, record });
    }
}

impl Due {
    fn look_at(&mut self, time: DateTime<Utc>) {
        self.next = Some(self.next.map_or(time, |next| next.min(time)));
    }
}

/// Up to an hour, the same for the same object.
fn jitter(uid: &str) -> TimeDelta {
    let hash = Sha256::digest(uid);
    let seconds = hash.iter().take(2).fold(0_i64, |sum, byte| sum.saturating_mul(256).saturating_add(i64::from(*byte)));
    TimeDelta::seconds(seconds % 3600)
}
