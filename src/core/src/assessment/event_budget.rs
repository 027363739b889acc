//! Limits the Events of one object: a burst, then one Event per period. The defaults of the Event spam filter of
//! client-go (`tools/record`) are the same.
//!
//! The budget is stored as one time, at which all Events are available again (generic cell rate algorithm). The status
//! contains this time, so that the budget survives restarts and is the same for each replica. The time changes only
//! when an Event is sent.

use chrono::{DateTime, TimeDelta, Utc};

use crate::api::status::EventBudget;

/// The number of Events that may be sent at once.
pub const BURST: i32 = 25;
/// The number of Events of [`BURST`] that only Critical problems may use, so that other Events never use up the budget.
pub const RESERVED: i32 = 5;
/// The time in which one used Event becomes available again.
pub const PERIOD: TimeDelta = TimeDelta::minutes(5);

/// The urgency of an Event, which determines its share of the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A Critical problem, which may use the whole budget.
    Critical,
    /// All other Events.
    Other,
}

impl Urgency {
    /// Returns the part of the budget that this urgency may use, as the time that the part needs to become available
    /// again.
    fn share(self) -> TimeDelta {
        match self {
            Self::Critical => PERIOD * BURST,
            Self::Other => PERIOD * (BURST - RESERVED),
        }
    }
}

/// The answer of the budget to the request to send one Event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spent {
    /// The Event may be sent. The value is the remaining budget.
    Granted(EventBudget),
    /// The Event must wait until this time.
    HeldUntil(DateTime<Utc>),
}

/// Takes one Event out of the budget.
pub fn spend(budget: Option<&EventBudget>, urgency: Urgency, now: DateTime<Utc>) -> Spent {
    let before = budget.cloned().unwrap_or_default();
    // Even an empty budget is full again after BURST periods. A `full_at` after this time comes from a clock that was
    // ahead when the last Event was sent. The budget then counts as full.
    let is_ahead = now.checked_add_signed(PERIOD * BURST).is_some_and(|emptied| before.full_at > emptied);
    let full_at = if is_ahead { now } else { before.full_at.max(now) };
    let Some(after) = full_at.checked_add_signed(PERIOD) else { return Spent::Granted(before) };
    if after - now <= urgency.share() {
        Spent::Granted(EventBudget { full_at: after, ..before })
    } else {
        Spent::HeldUntil(after.checked_sub_signed(urgency.share()).unwrap_or(now))
    }
}

/// Counts an Event that was held back until it was obsolete. The next Event that is sent reports the count. `due` is
/// the time at which the Event became due.
pub fn count_held_back(budget: Option<EventBudget>, due: DateTime<Utc>) -> EventBudget {
    let mut budget = budget.unwrap_or_default();
    budget.held_back = budget.held_back.saturating_add(1);
    budget.held_back_since.get_or_insert(due);
    budget
}

/// Resets the count of Events that were held back, after an Event has reported the count.
pub fn reported(budget: &mut Option<EventBudget>) {
    if let Some(budget) = budget {
        (budget.held_back, budget.held_back_since) = (0, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_900_000_000 + seconds, 0).unwrap()
    }

    /// Sends Events until one is held back. Returns the number of Events that were sent and the time until which the
    /// next Event must wait.
    fn drain(budget: &mut Option<EventBudget>, urgency: Urgency, now: DateTime<Utc>) -> (usize, DateTime<Utc>) {
        let mut granted = 0;
        loop {
            match spend(budget.as_ref(), urgency, now) {
                Spent::Granted(left) => *budget = Some(left),
                Spent::HeldUntil(time) => return (granted, time),
            }
            granted += 1;
        }
    }

    #[test]
    fn a_burst_then_one_per_period_and_a_reserve_for_critical_problems() {
        let mut budget = None;
        assert_eq!(drain(&mut budget, Urgency::Other, at(0)), (20, at(300)));
        assert_eq!(drain(&mut budget, Urgency::Critical, at(0)), (5, at(300)));
        // Events of other urgency wait until the five reserved Events are available again.
        assert_eq!(drain(&mut budget, Urgency::Other, at(300)), (0, at(1800)));
        assert_eq!(drain(&mut budget, Urgency::Critical, at(300)), (1, at(600)));
        let mut budget = None;
        drain(&mut budget, Urgency::Other, at(0));
        for period in 1..50 {
            assert_eq!(drain(&mut budget, Urgency::Other, at(period * 300)).0, 1);
        }
        assert_eq!(drain(&mut budget, Urgency::Critical, at(49 * 300)).0, 5, "others leave the reserve alone");
        assert_eq!(drain(&mut budget, Urgency::Critical, at(500 * 300)).0, 25, "after a rest it is full");
    }

    #[test]
    fn a_clock_that_was_ahead_holds_back_nothing() {
        let mut budget = None;
        drain(&mut budget, Urgency::Critical, at(9_000_000));
        assert_eq!(drain(&mut budget, Urgency::Critical, at(0)), (25, at(300)));
    }
}
