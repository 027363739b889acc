//! Notices: which Events are due. How each of them is sent once is `delivery`'s part.
//!
//! Decided from `status.announced` alone, which counts the announcements beside each condition as episodes.
//!
//! A Secret that alternates between two credentials must not alarm at each turn. So a change that may be taken back
//! (WentBackwards, Restored, Replaced), and the stages of the credential that it brought, wait until the credential has
//! been in place for as long as any other transient problem has to last. A renewal is announced at once.

use chrono::{DateTime, TimeDelta, Utc};

use super::TenantContext;
use super::finding::Finding;
pub use super::notice::Notice;
use super::peers::Peers;
use super::renewal::{mark_of, stage_mark};
use crate::api::conditions::{Condition, ConditionType};
use crate::api::limits;
use crate::api::reasons::ChangeReason;
use crate::api::status::{Announced, KeyMatch, LastChange, Notification};
use crate::api::{Severity, TenantCredentialSpec};
use crate::messages::{self, Words};
use crate::verdict::Stage;

/// The reason of what closes a problem.
pub const RECOVERED: &str = "Recovered";

/// What is due now, what is to be recorded without an Event, and when to look again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlannedNotices {
    /// Events to send.
    pub notices: Vec<Notice>,
    /// Records that need no Event.
    pub silent: Vec<Announced>,
    /// When the next one may be due.
    pub next: Option<DateTime<Utc>>,
}

/// What the notices are decided from.
pub struct NoticePlanner<'a> {
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
    /// The verdicts: since when.
    pub conditions: &'a [Condition],
    /// The last change of the credential.
    pub last_change: Option<&'a LastChange>,
    /// The sentences.
    pub words: Option<&'a Words<'a>>,
    /// Who else holds the same credential.
    pub peers: &'a Peers,
    /// The tenant that the spec names.
    pub tenant: TenantContext<'a>,
    /// The time.
    pub now: DateTime<Utc>,
    /// How long something must last before its Event is sent, where it settles.
    pub settle: TimeDelta,
}

impl NoticePlanner<'_> {
    /// Decides.
    pub fn due(&self) -> PlannedNotices {
        let mut due = PlannedNotices::default();
        for finding in self.findings {
            // The change itself announces this one.
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

    /// A problem: announced when it is news, later reminded of.
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
                // Announced beside the other condition: here only the reminders begin.
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

    /// True while the Event of a new finding waits, for at most the event delay since the finding began: because the
    /// finding may be transient, or because the tenant that the spec names does not exist yet, and GitOps applies in any
    /// order. Without the tenant, the Event would lack its runbook and contact until the next reminder.
    fn is_early(&self, finding: &Finding, due: &mut PlannedNotices) -> bool {
        if !finding.settles && self.tenant != TenantContext::NotFound {
            return false;
        }
        let notification =
            self.notifications.iter().find(|n| n.type_ == finding.type_.as_str() && n.reason == finding.reason);
        let since = notification.map_or(self.now, |n| n.since);
        // A clock that was ahead when it began must not delay the Event until it is that late again.
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

    /// The time at which a change that may be taken back has lasted for long enough, if that is still to come.
    fn unsettled_change(&self) -> Option<DateTime<Utc>> {
        let change = self.last_change?;
        let is_transient =
            matches!(change.reason, ChangeReason::WentBackwards | ChangeReason::Restored | ChangeReason::Replaced);
        // A clock that was ahead at the change does not delay its Event.
        let settled = change.time.checked_add_signed(self.settle)?;
        (is_transient && change.time <= self.now && self.now < settled).then_some(settled)
    }

    /// The last change, where it was not announced yet. Tells which one is announced now.
    fn change(&self, due: &mut PlannedNotices) -> Option<ChangeReason> {
        let change = self.last_change?;
        let words = self.words?;
        if matches!(change.reason, ChangeReason::IdentityChanged | ChangeReason::IdentityUnknown) {
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
        if let Some(settled) = self.unsettled_change() {
            due.look_at(settled);
            return None;
        }
        let record = self.record(ConditionType::Regressed, reason, &mark);
        // Restored is news after a WentBackwards that was announced. The way back from another identity is announced by
        // the identity's own Recovered.
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

    /// A problem that is mended: said once, if it was announced.
    fn close(&self, type_: ConditionType, changed: Option<ChangeReason>, due: &mut PlannedNotices) {
        let Some(last) = self.last(type_) else { return };
        if last.reason == RECOVERED || self.findings.iter().any(|f| f.type_ == type_) || !self.can_tell(type_) {
            return;
        }
        // The change's own Event says that the identity is right.
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

    /// True if a problem that others make has been gone for as long as it had to last: where an object or a Secret is
    /// replaced by another one of its name, its holder goes and comes back.
    ///
    /// That can be told since both conditions have been as they are: while its own Secret was gone, the object held
    /// nothing, and nobody could tell who else would hold the same. Of several Secrets that come back together, the
    /// first one that is read does not see the others yet.
    fn is_gone_for_good(&self, type_: ConditionType, due: &mut PlannedNotices) -> bool {
        let conditions = self.conditions.iter();
        let since = conditions
            .filter(|condition| [type_, ConditionType::Ready].iter().any(|of| condition.type_ == of.as_str()))
            .map(|condition| condition.last_transition_time)
            // A clock that was ahead then does not delay it.
            .filter(|since| *since <= self.now)
            .max();
        let settled = since.and_then(|since| since.checked_add_signed(self.settle));
        let is_early = settled.filter(|settled| self.now < *settled);
        is_early.into_iter().for_each(|settled| due.look_at(settled));
        is_early.is_none()
    }

    /// Whether the absence of a finding means that all is well, and not that nobody knows.
    fn can_tell(&self, type_: ConditionType) -> bool {
        self.words.is_none_or(|words| match type_ {
            ConditionType::KeyMismatch => matches!(words.facts.key_match, KeyMatch::Matches | KeyMatch::NotApplicable),
            ConditionType::IdentityChanged => words.facts.identity.is_some(),
            // Where its Secret is gone it may hold it again, with the Secret.
            ConditionType::Duplicate => matches!(self.peers, Peers::Known(Some(_))),
            _ => true,
        })
    }

    /// The stages of a credential that is here no more: should it come back, they are news again. Where the user has
    /// declared another date, no change of the credential says that all is well, so this does.
    fn close_stages(&self, due: &mut PlannedNotices) {
        let Some(words) = self.words else { return };
        let mark = stage_mark(words.facts);
        // The credential before may be back in a moment, and its stages are then no news.
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
    /// Not later than `time`.
    pub(super) fn look_at(&mut self, time: DateTime<Utc>) {
        self.next = Some(self.next.map_or(time, |next| next.min(time)));
    }
}
