//! Plans reminders: while a finding has the severity Warning or Critical, its Event is repeated at fixed intervals
//! after the announcement.

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use sha2::{Digest, Sha256};

use super::finding::Finding;
use super::notices::{NoticePlanner, PlannedNotices};
use crate::api::Severity;
use crate::api::status::Announced;

/// The default interval between reminders in hours.
const REMINDER_HOURS: u16 = 24;

impl NoticePlanner<'_> {
    fn period(&self) -> Option<TimeDelta> {
        match self.spec.reminder_every_hours.unwrap_or(REMINDER_HOURS) {
            0 => None,
            hours => Some(TimeDelta::hours(i64::from(hours))),
        }
    }

    /// Returns the time of the reminder after `last`. None if no reminder follows. The first reminder is delayed by up
    /// to an hour, so that credentials that expire together are not all reminded of at the same moment.
    fn next_reminder(&self, finding: &Finding, last: &Announced) -> Option<DateTime<Utc>> {
        if finding.severity < Severity::Warning {
            return None;
        }
        let jitter = if last.reminder == 0 { jitter(self.uid) } else { TimeDelta::zero() };
        last.time.checked_add_signed(self.period()?)?.checked_add_signed(jitter)
    }

    fn muted_until(&self, finding: &Finding) -> Option<DateTime<Utc>> {
        let until = self.spec.muted_until.and_then(|until| until.with_nanosecond(0));
        until.filter(|until| finding.severity < Severity::Critical && *until > self.now)
    }

    /// Schedules an assessment for the time at which the reminder after `record` is due.
    pub(super) fn look_at_reminder(&self, finding: &Finding, record: &Announced, due: &mut PlannedNotices) {
        if let Some(at) = self.next_reminder(finding, record) {
            due.look_at(self.muted_until(finding).map_or(at, |until| until.max(at)));
        }
    }

    /// Adds the reminder after `last` to the Events if the reminder is due. Otherwise schedules an assessment for its
    /// time.
    pub(super) fn remind(&self, finding: &Finding, last: &Announced, due: &mut PlannedNotices) {
        let (Some(first), Some(period)) = (self.next_reminder(finding, last), self.period()) else { return };
        if last.time.signed_duration_since(self.now) > period {
            // The clock was set back. The intervals start again, because otherwise no reminder would be sent until the
            // clock reaches the time of `last`.
            let record = Announced { time: self.now, ..last.clone() };
            self.look_at_reminder(finding, &record, due);
            due.silent.push(record);
            return;
        }
        if self.now < first || self.muted_until(finding).is_some() {
            self.look_at_reminder(finding, last, due);
            return;
        }
        // If several reminders were missed, only the latest is sent. Later reminders keep their original times.
        let missed = (self.now - first).num_seconds().checked_div(period.num_seconds()).unwrap_or(0);
        let slot = first + TimeDelta::seconds(missed.saturating_mul(period.num_seconds()));
        let reminder = last.reminder.saturating_add(1).saturating_add(missed);
        let record = Announced { reminder, time: slot, ..last.clone() };
        self.look_at_reminder(finding, &record, due);
        due.notices.push(self.notice(finding, record));
    }
}

/// Returns a delay of less than an hour, which is always the same for one UID.
fn jitter(uid: &str) -> TimeDelta {
    let hash = Sha256::digest(uid);
    let seconds = hash.iter().take(2).fold(0_i64, |sum, byte| sum.saturating_mul(256).saturating_add(i64::from(*byte)));
    TimeDelta::seconds(seconds % 3600)
}
