//! The records of Events that are about to be sent, and the budget of Events of an object.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits;
use super::status::Announced;

/// An Event that is about to be sent, or that the budget of Events holds back.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct PendingEvent {
    /// The type of a condition, or one of the other names InvalidObject, IssuerExpiry, KeyUnreadable and
    /// SeveralCertificates. For a tenant also MissingCredential.
    #[serde(rename = "type")]
    #[schemars(length(max = limits::REASON))]
    pub type_: String,
    /// The reason of the Event.
    #[schemars(length(max = limits::REASON))]
    pub reason: String,
    /// Identifies the credential that the Event is about, in the same form as in `announced`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub fingerprint: String,
    /// The number of this announcement among all announcements of this condition.
    pub episode: i64,
    /// The number of reminders of this announcement.
    pub reminder: i64,
    /// The time at which the Event became due.
    pub time: DateTime<Utc>,
    /// True while the budget holds the Event back. No attempt was made to send such an Event.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held_back: bool,
}

impl PendingEvent {
    /// Creates the entry for an Event that is not sent yet. `record` is the later entry of the Event in `announced`.
    pub fn new(record: &Announced, time: DateTime<Utc>, held_back: bool) -> Self {
        let Announced { type_, reason, fingerprint, episode, reminder, time: _ } = record.clone();
        Self { type_, reason, fingerprint, episode, reminder, time, held_back }
    }

    /// Returns the entry for `announced`, to be written after the Event is sent.
    pub fn into_record(self) -> Announced {
        let Self { type_, reason, fingerprint, episode, reminder, time, held_back: _ } = self;
        Announced { type_, reason, fingerprint, episode, reminder, time }
    }
}

/// The parts of a status that record the Events of an object.
#[derive(Clone, Copy, Debug)]
pub struct EventRecords<'a> {
    /// The last Event that was sent for each condition.
    pub announced: &'a [Announced],
    /// The Events that are about to be sent.
    pub pending: &'a [PendingEvent],
    /// The budget of Events. None before the first Event.
    pub budget: Option<&'a EventBudget>,
}

/// The number of Events that an object may still send: at most 25 at once, then one every five minutes. Five of the 25
/// are reserved for Critical problems.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct EventBudget {
    /// The time at which all 25 Events are available again if no other Event is sent. Each Event adds five minutes.
    pub full_at: DateTime<Utc>,
    /// The number of Events that were held back and became obsolete since the last Event was sent.
    #[serde(skip_serializing_if = "is_zero")]
    pub held_back: i64,
    /// The time at which the first of the Events in `heldBack` was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_back_since: Option<DateTime<Utc>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &i64) -> bool {
    *count == 0
}
