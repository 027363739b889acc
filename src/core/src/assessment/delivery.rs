//! Delivery: how each Event that is due is sent once, whatever restarts, crashes or repeats, and how many are sent.
//!
//! An Event is sent in three steps. First the status write enters it into `status.pendingEvents`; this write carries the
//! version of the object that was observed, so that of two replicas only one succeeds and stale knowledge sends nothing.
//! Then the Event is created, under a name made of its entry. Then a second status write moves the entry to
//! `status.announced`. Whatever ends in between, the next look finds one of these states:
//!
//! - No entry: nothing was sent. The Event is decided on again.
//! - An entry, and the Event is still due: it is created again. If it is there already, the API server refuses the name,
//!   and the entry moves on.
//! - An entry, and the Event is no longer due, since the problem is gone: only the API server knows whether the Event
//!   was sent. It is asked (see `doubtful`). If the Event was sent, the entry moves to `announced`, and the next look
//!   announces the recovery. If not, the entry is dropped, and nobody was alarmed.
//! - An entry that the budget holds back was never sent. Once it is no longer due, it only counts.
//!
//! A name contains the time and the count of its entry, which was stored before. So a later episode of the same problem
//! never has the name of an earlier one.

use chrono::{DateTime, Utc};

use super::event_budget::{self, Spent, Urgency};
use super::notices::Notice;
use crate::api::limits;
use crate::api::pending_events::EventRecords;
use crate::api::status::{Announced, EventBudget, PendingEvent};
use crate::messages::held_back;

/// The Events to send now, and the records that the first status write makes of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delivery {
    /// The Events to send.
    pub notices: Vec<Notice>,
    /// All entries of `status.pendingEvents`.
    pub pending: Vec<PendingEvent>,
    /// The entries of these that are no longer due, and of which only the API server knows whether they were sent.
    pub doubtful: Vec<PendingEvent>,
    /// The budget after these Events.
    pub budget: Option<EventBudget>,
    /// When an Event that is held back may be sent.
    pub next: Option<DateTime<Utc>>,
}

/// Decides which of the Events that are `due` are sent now, from the records of the status.
pub fn plan(due: Vec<Notice>, records: &EventRecords<'_>, now: DateTime<Utc>) -> Delivery {
    let mut delivery = Delivery { budget: records.budget.cloned(), ..Delivery::default() };
    // An earlier version does not know the entries and may have announced later Events beside them.
    let is_over = |entry: &&PendingEvent| {
        let later = |sent: &Announced| (sent.episode, sent.reminder) >= (entry.episode, entry.reminder);
        records.announced.iter().any(|sent| sent.type_ == entry.type_ && later(sent))
    };
    let pending = records.pending.iter().filter(|entry| !is_over(entry));
    let mut due: Vec<(Notice, PendingState)> = due.into_iter().map(|notice| (notice, PendingState::New)).collect();
    for entry in pending {
        match due.iter_mut().find(|(notice, _)| is_of(&notice.record, entry)) {
            Some((notice, state)) => {
                notice.entered = entry.time;
                *state = if entry.held_back { PendingState::Held } else { PendingState::Granted };
            }
            None if entry.held_back => {
                delivery.budget = Some(event_budget::count_held_back(delivery.budget.take(), entry.time));
            }
            None => delivery.doubtful.push(entry.clone()),
        }
    }
    // What was sent last beside the same condition has to be known first.
    due.retain(|(notice, _)| !delivery.doubtful.iter().any(|entry| entry.type_ == notice.record.type_));

    let mut order: Vec<usize> = (0..due.len()).collect();
    order.sort_by_key(|at| due.get(*at).map(|(notice, _)| notice.urgency() != Urgency::Critical));
    for at in order {
        let Some((notice, state)) = due.get_mut(at) else { continue };
        if *state == PendingState::Granted {
            continue;
        }
        match event_budget::spend(delivery.budget.as_ref(), notice.urgency(), now) {
            Spent::Granted(left) => (delivery.budget, *state) = (Some(left), PendingState::Granted),
            Spent::HeldUntil(time) => {
                *state = PendingState::Held;
                delivery.next = Some(delivery.next.map_or(time, |next| next.min(time)));
            }
        }
    }
    let suffix = delivery.budget.as_ref().and_then(held_back);
    for (mut notice, state) in due {
        delivery.pending.push(PendingEvent::new(&notice.record, notice.entered, state == PendingState::Held));
        if state == PendingState::Granted {
            if let Some(suffix) = &suffix {
                limits::cut_bytes(&mut notice.note, limits::NOTE_BYTES.saturating_sub(suffix.len()));
                notice.note.push_str(suffix);
            }
            delivery.notices.push(notice);
        }
    }
    delivery.pending.extend(delivery.doubtful.iter().cloned());
    delivery.pending.sort_by(|a, b| a.type_.cmp(&b.type_));
    delivery
}

/// What is known of an Event that is due.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PendingState {
    New,
    Held,
    Granted,
}

/// True if the entry is that of the Event: the same problem of the same credential, and the same reminder of it.
fn is_of(record: &Announced, entry: &PendingEvent) -> bool {
    (&record.type_, &record.reason, &record.fingerprint, record.episode, record.reminder)
        == (&entry.type_, &entry.reason, &entry.fingerprint, entry.episode, entry.reminder)
}

/// Moves the entry of an Event that was sent to `announced`, which keeps the last Event beside each condition.
pub fn settle(announced: &mut Vec<Announced>, pending: &mut Vec<PendingEvent>, record: Announced) {
    pending.retain(|entry| entry.type_ != record.type_);
    super::record(announced, record);
    // The same order as in the status that is compared with.
    announced.sort_by(|a, b| a.type_.cmp(&b.type_));
}
