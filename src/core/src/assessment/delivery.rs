//! Plans the delivery of Events, so that each Event is sent once in spite of restarts and crashes, within a budget.
//!
//! An Event is sent in three steps. First, a status write adds an entry to `status.pendingEvents`. This write contains
//! the observed resourceVersion, so that only one of two replicas succeeds and an outdated cache sends nothing. Second,
//! the Event is created under a name that is derived from the entry. Third, another status write moves the entry to
//! `status.announced`. After an interruption, the next assessment finds one of these states:
//!
//! - No entry: nothing was sent. The assessment decides again if the Event is due.
//! - An entry, and the Event is still due: the Event is created again. If the Event exists already, the API server
//!   rejects the name, and the entry moves to `status.announced`.
//! - An entry, and the problem is gone: a request to the API server shows if the Event was sent (see `doubtful`). If
//!   the Event was sent, the entry moves to `status.announced`, and the next assessment announces the recovery. If not,
//!   the entry is removed.
//! - An entry that the budget holds back: the Event was never sent. If the Event is no longer due, the entry is removed
//!   and counted.
//!
//! The name of an Event depends on the time and the episode of its entry. Therefore a later episode of the same problem
//! never has the name of an earlier episode.

use chrono::{DateTime, Utc};

use super::event_budget::{self, Spent, Urgency};
use super::notices::Notice;
use crate::api::limits;
use crate::api::pending_events::EventRecords;
use crate::api::status::{Announced, EventBudget, PendingEvent};
use crate::messages::held_back;

/// The Events to send now, and the records for the first status write.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delivery {
    /// The Events to send.
    pub notices: Vec<Notice>,
    /// All entries of `status.pendingEvents`.
    pub pending: Vec<PendingEvent>,
    /// The entries of `pending` that are no longer due. Only a request to the API server shows if their Events were
    /// sent.
    pub doubtful: Vec<PendingEvent>,
    /// The budget after these Events.
    pub budget: Option<EventBudget>,
    /// The earliest time at which an Event that is held back may be sent. None if no Event is held back.
    pub next: Option<DateTime<Utc>>,
}

/// Decides which of the `due` Events are sent now. `records` come from the status before this assessment.
pub fn plan(due: Vec<Notice>, records: &EventRecords<'_>, now: DateTime<Utc>) -> Delivery {
    let mut delivery = Delivery { budget: records.budget.cloned(), ..Delivery::default() };
    // After a downgrade to a version without `pendingEvents`, later Events are sent, but the entries of earlier Events
    // stay. Such an entry is obsolete.
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
    // An Event waits while an entry of the same type is doubtful. If the Event of that entry was sent, the number of
    // the next episode is higher by one.
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

/// The state of an Event that is due: without an entry in `status.pendingEvents`, held back by the budget, or to be
/// sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PendingState {
    New,
    Held,
    Granted,
}

/// True if `entry` belongs to the Event of `record`: the same problem, credential, episode and reminder.
fn is_of(record: &Announced, entry: &PendingEvent) -> bool {
    (&record.type_, &record.reason, &record.fingerprint, record.episode, record.reminder)
        == (&entry.type_, &entry.reason, &entry.fingerprint, entry.episode, entry.reminder)
}

/// Moves the entry from `pending` to `announced` after its Event was sent. `announced` contains the last Event of each
/// type.
pub fn settle(announced: &mut Vec<Announced>, pending: &mut Vec<PendingEvent>, record: Announced) {
    pending.retain(|entry| entry.type_ != record.type_);
    super::record(announced, record);
    // A stored status has the same order, so that comparing both finds no difference.
    announced.sort_by(|a, b| a.type_.cmp(&b.type_));
}
