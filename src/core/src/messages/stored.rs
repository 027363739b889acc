//! Messages about a stored status that differs from the current assessment.

use chrono::{DateTime, Utc};

use super::at;

/// Returns the message for a stored verdict that differs from the current verdict.
pub fn stale(before: &str, now: &str) -> String {
    format!("STALE: the operator has not updated this: stored is {before}, now it is {now}")
}

/// The consequences of a stale status.
pub const STALE_IMPACT: &str = "stops: Events, conditions and notifications are behind, as long as it is so; \
goes on: what stands here was assessed again from what the operator last read";

/// The remedy for a stale status.
pub const STALE_REMEDY: &str =
    "see whether the operator is running and up to date, and whether its log tells of a write that failed";

/// Returns the message for a stored verdict that differs from the verdict at a time that the user requested.
pub fn stale_at(before: &str, then: &str, time: DateTime<Utc>) -> String {
    format!("STALE at {}: stored is {before}, then it is {then}; the operator is to say so then", at(time))
}

/// The message for a spec that is newer than the stored status.
pub const SPEC_CHANGED: &str = "the spec was changed, and the operator has not assessed it yet: what stands here is of \
the spec as it is now and of the Secret as it was last read";

/// The remedy for a spec that is newer than the stored status.
pub const SPEC_CHANGED_REMEDY: &str = "look again in a moment; if it stays so, see whether the operator is running";

/// Returns the message for an object that no operator has assessed.
pub fn never(created: Option<DateTime<Utc>>) -> String {
    match created {
        Some(created) => format!("no operator has looked at it since it was created at {}", at(created)),
        None => "no operator has looked at it since it was created".to_owned(),
    }
}

/// The consequences for an object that no operator has assessed.
pub const NEVER_IMPACT: &str = "stops: nothing warns before it lapses";

/// The remedy for an object that no operator has assessed.
pub const NEVER_REMEDY: &str = "see whether an operator is running and watches this namespace";

/// The message for an object that was just created.
pub const WAITING: &str = "it is new, and the operator has not looked at it yet";

/// The remedy for an object that was just created.
pub const WAITING_REMEDY: &str = "look again in a moment";
