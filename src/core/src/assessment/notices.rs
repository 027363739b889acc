//! Decides which Events of a credential are due. The module `delivery` ensures that each Event is sent once.
//!
//! The only record of earlier announcements is `status.announced`, which counts the announcements of each type as
//! episodes.
//!
//! A Secret that alternates between two credentials must not cause an Event at each change. Therefore a change that may
//! be reverted (WentBackwards, Restored, Replaced) is announced only after the event delay. The expiry warnings of the
//! new credential wait too. A renewal is announced at once.

use chrono::{DateTime, TimeDelta, Utc};

use super::TenantContext;
use super::finding::Finding;
pub use super::notice::Notice;
use super::peers::Peers;
use super::renewal::{credential_key_after, expiry_key};
use crate::api::conditions::{Condition, ConditionType};
use crate::api::limits;
use crate::api::reasons::ChangeReason;
use crate::api::status::{Announced, KeyMatch, LastChange, Notification};
use crate::api::{Severity, TenantCredentialSpec};
use crate::messages::{self, Words};
use crate::verdict::Stage;

/// The reason that states that an announced problem is fixed, for the Event and its entry in `status.announced`.
pub const RECOVERED: &str = "Recovered";

/// The Events that are due, the changes of `status.announced` without an Event, and the time of the next assessment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlannedNotices {
    /// The Events to send.
    pub notices: Vec<Notice>,
    /// Entries for `status.announced` that need no Event.
    pub silent: Vec<Announced>,
    /// The earliest time at which another Event may be due.
    pub next: Option<DateTime<Utc>>,
}

/// The input for deciding which Events are due.
pub struct NoticePlanner<'a> {
    /// The UID of the TenantCredential. The delay of the first reminder depends on the UID.
    pub uid: &'a str,
    /// The spec, including the values that the credential inherits from its tenant.
    pub spec: &'a TenantCredentialSpec,
    /// The earlier announcements, from `status.announced`.
    pub announced: &'a [Announced],
    /// The findings of this assessment.
    pub findings: &'a [Finding],
    /// The findings as notifications, which contain the start time of each finding.
    pub notifications: &'a [Notification],
    /// The conditions of this assessment, which contain the times of the last transitions.
    pub conditions: &'a [Condition],
    /// The last change of the credential.
    pub last_change: Option<&'a LastChange>,
    /// The messages for the facts. None if the credential was never read.
    pub words: Option<&'a Words<'a>>,
    /// The other TenantCredentials with the same credential, as far as known.
    pub peers: &'a Peers,
    /// The tenant that the spec names.
    pub tenant: TenantContext<'a>,
    /// The time of the assessment.
    pub now: DateTime<Utc>,
    /// The event delay: a problem that may be transient must last this long before its Event is sent.
    pub settle: TimeDelta,
}

impl NoticePlanner<'_> {
    /// Decides which Events are due.
    pub fn plan(&self) -> PlannedNotices {
        let mut due = PlannedNotices::default();
        for finding in self.findings {
            // `change` below announces a credential that is older than the newest.
            if finding.type_ != ConditionType::Regressed {
                self.open(finding, &mut due);
            }
        }
        let changed = self.change(&mut due);
        for type_ in
            [ConditionType::Ready, ConditionType::Duplicate, ConditionType::IdentityChanged, ConditionType::KeyMismatch]
        {
            self.close(type_, changed, &mut due);
        }
        self.close_stages(&mut due);
        self.close_certificate(&mut due);
        due
    }

    fn last(&self, type_: ConditionType) -> Option<&Announced> {
        self.last_named(type_.as_str())
    }

    pub(super) fn last_named(&self, name: &str) -> Option<&Announced> {
        self.announced.iter().find(|a| a.type_ == name)
    }

    fn record(&self, type_: ConditionType, reason: &str, mark: &str) -> Announced {
        self.record_named(type_.as_str(), reason, mark)
    }

    pub(super) fn record_named(&self, name: &str, reason: &str, mark: &str) -> Announced {
        Announced {
            type_: name.to_owned(),
            reason: reason.to_owned(),
            fingerprint: mark.to_owned(),
            episode: self.last_named(name).map_or(0, |a| a.episode).saturating_add(1),
            reminder: 0,
            time: self.now,
        }
    }

    /// Announces a new finding, or reminds of a finding that was announced before.
    fn open(&self, finding: &Finding, due: &mut PlannedNotices) {
        let name = finding.announced_as();
        let last = self.last_named(name);
        if let Some(last) = last.filter(|a| a.reason == finding.reason && a.fingerprint == finding.mark) {
            self.remind(finding, last, due);
            return;
        }
        if self.went_back(finding) {
            match last.filter(|a| a.fingerprint == finding.mark) {
                Some(last) => self.remind(finding, last, due),
                // The stage was announced under the other condition: Expired instead of Expiring, or the reverse. Under
                // this condition, only reminders are sent.
                None => {
                    let record = self.record_named(name, &finding.reason, &finding.mark);
                    self.look_at_reminder(finding, &record, due);
                    due.silent.push(record);
                }
            }
            return;
        }
        if finding.is_stored {
            return;
        }
        if let Some(settled) = self.unsettled_change().filter(|_| Stage::rank_of_reason(&finding.reason).is_some()) {
            due.look_at(settled);
            return;
        }
        if self.is_early(finding, due) {
            return;
        }
        let record = self.record_named(name, &finding.reason, &finding.mark);
        self.look_at_reminder(finding, &record, due);
        due.notices.push(self.notice(finding, record));
    }

    /// True while the Event of a new finding waits, for at most the event delay since the finding began. The Event
    /// waits if the finding may be transient, or if the tenant that the spec names does not exist yet. Without the
    /// tenant, the Event would lack the inherited runbook and contact until the next reminder.
    fn is_early(&self, finding: &Finding, due: &mut PlannedNotices) -> bool {
        if !finding.settles && self.tenant != TenantContext::NotFound {
            return false;
        }
        let notification =
            self.notifications.iter().find(|n| n.type_ == finding.type_.as_str() && n.reason == finding.reason);
        let since = notification.map_or(self.now, |n| n.since);
        // A start time in the future comes from a clock that was ahead. Such a time does not delay the Event.
        let settled = since.checked_add_signed(self.settle).filter(|settled| since <= self.now && self.now < *settled);
        settled.into_iter().for_each(|settled| due.look_at(settled));
        settled.is_some()
    }

    pub(super) fn notice(&self, finding: &Finding, record: Announced) -> Notice {
        Notice {
            warning: finding.severity >= Severity::Warning,
            critical: finding.severity == Severity::Critical,
            reason: finding.reason.clone(),
            note: finding.note(self.spec, self.tenant == TenantContext::NotFound),
            entered: record.time,
            record,
        }
    }

    /// True if the same or a later expiry stage of the same credential was announced already. This
    /// happens if the clock was set back or the warning days changed.
    fn went_back(&self, finding: &Finding) -> bool {
        let Some(rank) = Stage::rank_of_reason(&finding.reason) else { return false };
        [ConditionType::Expiring, ConditionType::Expired]
            .iter()
            .filter_map(|type_| self.last(*type_))
            .filter(|a| a.fingerprint == finding.mark)
            .filter_map(|a| Stage::rank_of_reason(&a.reason))
            .any(|announced| announced >= rank)
    }

    /// Returns the end of the event delay if the last change may still be reverted. None if no such delay is in
    /// progress.
    fn unsettled_change(&self) -> Option<DateTime<Utc>> {
        let change = self.last_change?;
        let is_transient =
            matches!(change.reason, ChangeReason::WentBackwards | ChangeReason::Restored | ChangeReason::Replaced);
        // A change in the future comes from a clock that was ahead. Such a change does not delay the Event.
        let settled = change.time.checked_add_signed(self.settle)?;
        (is_transient && change.time <= self.now && self.now < settled).then_some(settled)
    }

    /// Announces the last change of the credential if it was not announced before. Returns the reason of the change if
    /// its Event is due.
    fn change(&self, due: &mut PlannedNotices) -> Option<ChangeReason> {
        let change = self.last_change?;
        let words = self.words?;
        if matches!(change.reason, ChangeReason::IdentityChanged | ChangeReason::IdentityUnknown) {
            return None;
        }
        let reason = change.reason.as_str();
        let mark = credential_key_after(&change.to);
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
        if let Some(settled) = self.unsettled_change() {
            due.look_at(settled);
            return None;
        }
        let record = self.record(ConditionType::Regressed, reason, &mark);
        // Restored is announced only if WentBackwards was announced before. If the credential in between had another
        // identity, the Recovered Event of IdentityChanged already reports the return.
        let is_news =
            self.last(ConditionType::Regressed).is_some_and(|last| last.reason == ChangeReason::WentBackwards.as_str());
        if change.reason == ChangeReason::Restored && !is_news {
            due.silent.push(record);
            return None;
        }
        let notice = match finding {
            Some(finding) if change.reason == ChangeReason::WentBackwards => {
                self.look_at_reminder(finding, &record, due);
                self.notice(finding, record)
            }
            _ => {
                let mut note = messages::sentence(&words.change(change));
                limits::cut_bytes(&mut note, limits::NOTE_BYTES);
                Notice {
                    warning: false,
                    critical: false,
                    reason: reason.to_owned(),
                    note,
                    entered: record.time,
                    record,
                }
            }
        };
        due.notices.push(notice);
        Some(change.reason)
    }

    /// Announces that an announced problem is fixed. `changed` is the reason of the change that this
    /// assessment announces, if any.
    fn close(&self, type_: ConditionType, changed: Option<ChangeReason>, due: &mut PlannedNotices) {
        let Some(last) = self.last(type_) else { return };
        if last.reason == RECOVERED || self.findings.iter().any(|f| f.type_ == type_) || !self.can_tell(type_) {
            return;
        }
        // The Event of `changed` already reports that the identity is accepted, so no Recovered Event is needed.
        let said = matches!(changed, Some(ChangeReason::IdentityAccepted | ChangeReason::Renewed));
        if said && type_ == ConditionType::IdentityChanged {
            due.silent.push(self.record(type_, RECOVERED, ""));
            return;
        }
        if type_ == ConditionType::Duplicate && !self.is_gone_for_good(type_, due) {
            return;
        }
        due.notices.push(self.recovered(type_));
    }

    /// True if a problem with other users of the credential has been gone for the event delay. The problem disappears
    /// for a short time if another object, or its Secret, is deleted and created again.
    ///
    /// The delay starts at the last transition of `type_` or of Ready. Ready counts because without its own Secret, the
    /// object has no credential to compare. If several Secrets return together, the first object to be read does not
    /// see the others yet.
    fn is_gone_for_good(&self, type_: ConditionType, due: &mut PlannedNotices) -> bool {
        let conditions = self.conditions.iter();
        let since = conditions
            .filter(|condition| [type_, ConditionType::Ready].iter().any(|of| condition.type_ == of.as_str()))
            .map(|condition| condition.last_transition_time)
            // A transition in the future comes from a clock that was ahead. Such a transition does not delay the Event.
            .filter(|since| *since <= self.now)
            .max();
        let settled = since.and_then(|since| since.checked_add_signed(self.settle));
        let is_early = settled.filter(|settled| self.now < *settled);
        is_early.into_iter().for_each(|settled| due.look_at(settled));
        is_early.is_none()
    }

    /// True if the absence of a finding shows that the problem is fixed. False if the check could not be made.
    fn can_tell(&self, type_: ConditionType) -> bool {
        self.words.is_none_or(|words| match type_ {
            ConditionType::KeyMismatch => matches!(words.facts.key_match, KeyMatch::Matches | KeyMatch::NotApplicable),
            ConditionType::IdentityChanged => words.facts.identity.is_some(),
            // An object without its Secret uses no credential (`Known(None)`). The problem may return with the Secret.
            ConditionType::Duplicate => matches!(self.peers, Peers::Known(Some(_))),
            _ => true,
        })
    }

    /// Closes the announced expiry stages of a credential that was replaced, so that they are announced again if the
    /// credential returns. The replacement has an Event of its own. A new declared date has no such Event, so a
    /// Recovered Event is sent.
    fn close_stages(&self, due: &mut PlannedNotices) {
        let Some(words) = self.words else { return };
        let mark = expiry_key(words.facts);
        // While the change may be reverted, the stages stay open. If the earlier credential returns, its stages are
        // then not announced again.
        if let Some(settled) = self.unsettled_change() {
            due.look_at(settled);
            return;
        }
        let is_found = |type_: ConditionType| self.findings.iter().any(|finding| finding.type_ == type_);
        let types = [ConditionType::Expired, ConditionType::Expiring];
        let mut say = words.facts.is_declared() && !types.into_iter().any(is_found);
        for type_ in types {
            let is_open = self.last(type_).is_some_and(|last| last.reason != RECOVERED && last.fingerprint != mark);
            if is_open && !is_found(type_) {
                match std::mem::take(&mut say) {
                    true => due.notices.push(self.recovered(type_)),
                    false => due.silent.push(self.record(type_, RECOVERED, "")),
                }
            }
        }
    }

    pub(super) fn recovered_as(&self, type_: ConditionType, record: Announced) -> Notice {
        let mut note = messages::sentence(&messages::recovered(type_, self.words));
        limits::cut_bytes(&mut note, limits::NOTE_BYTES);
        let entered = record.time;
        Notice { warning: false, critical: false, reason: RECOVERED.to_owned(), note, record, entered }
    }

    fn recovered(&self, type_: ConditionType) -> Notice {
        self.recovered_as(type_, self.record(type_, RECOVERED, ""))
    }
}

impl PlannedNotices {
    /// Schedules the next assessment for `time`, unless an earlier assessment is scheduled.
    pub(super) fn look_at(&mut self, time: DateTime<Utc>) {
        self.next = Some(self.next.map_or(time, |next| next.min(time)));
    }
}
