//! Every sentence about a status as it is stored, beside what is true.

use chrono::{DateTime, Utc};

use super::at;

/// What the operator said, and what is true now.
pub fn stale(before: &str, now: &str) -> String {
    format!("STALE: the operator has not updated this: stored is {before}, now it is {now}")
}

/// What that means.
pub const STALE_IMPACT: &str = "stops: Events, conditions and notifications are behind, as long as it is so; \
goes on: what stands here was assessed again from what the operator last read";

/// What to do about it.
pub const STALE_REMEDY: &str =
    "see whether the operator is running and up to date, and whether its log tells of a write that failed";

/// What the operator said, and what is true at a time that was asked for.
pub fn stale_at(before: &str, then: &str, time: DateTime<Utc>) -> String {
    format!("STALE at {}: stored is {before}, then it is {then}; the operator is to say so then", at(time))
}

/// A spec that is newer than what is said of it.
pub const SPEC_CHANGED: &str = "the spec was changed, and the operator has not assessed it yet: what stands here is of \
the spec as it is now and of the Secret as it was last read";

/// What to do about it.
pub const SPEC_CHANGED_REMEDY: &str = "look again in a moment; if it stays so, see whether the operator is running";

/// One that no operator has looked at.
pub fn never(created: Option<DateTime<Utc>>) -> String {
    match created {
        Some(created) => format!("no operator has looked at it since it was created at {}", at(created)),
        None => "no operator has looked at it since it was created".to_owned(),
    }
}

/// What that means.
pub const NEVER_IMPACT: &str = "stops: nothing warns before it lapses";

/// What to do about it.
pub const NEVER_REMEDY: &str = "see whether an operator is running and watches this namespace";

/// One that was created a moment ago.
pub const WAITING: &str = "it is new, and the operator has not looked at it yet";

/// What to do about it.
pub const WAITING_REMEDY: &str = "look again in a moment";
