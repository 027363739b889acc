//! Events on their way: what the status records before an Event is sent, and how many more the object may send.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits;
use super::status::Announced;

/// An Event that is about to be sent, or that the budget of Events holds back.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct PendingEvent {
    /// The condition, MissingCredential of a tenant, or InvalidObject.
    #[serde(rename = "type")]
    #[schemars(length(max = limits::REASON))]
    pub type_: String,
    /// The reason of the Event.
    #[schemars(length(max = limits::REASON))]
    pub reason: String,
    /// Identifies the credential as in `announced`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub fingerprint: String,
    /// The number of this announcement among all announcements of this condition.
    pub episode: i64,
    /// Counts the reminders of this announcement.
    pub reminder: i64,
    /// When the Event became due.
    pub time: DateTime<Utc>,
    /// True while the budget holds the Event back. No attempt to send such an Event was made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held_back: bool,
}

impl PendingEvent {
    /// The entry that stands in the status before the Event of `record` is sent.
    pub fn new(record: &Announced, time: DateTime<Utc>, held_back: bool) -> Self {
        let Announced { type_, reason, fingerprint, episode, reminder, time: _ } = record.clone();
        Self { type_, reason, fingerprint, episode, reminder, time, held_back }
    }

    /// The record of the Event once the Event is sent.
    pub fn into_record(self) -> Announced {
        let Self { type_, reason, fingerprint, episode, reminder, time, held_back: _ } = self;
        Announced { type_, reason, fingerprint, episode, reminder, time }
    }
}

/// The parts of a status that record its Events.
#[derive(Clone, Copy, Debug)]
pub struct EventRecords<'a> {
    /// The last Event that was sent beside each condition.
    pub announced: &'a [Announced],
    /// The Events that are about to be sent.
    pub pending: &'a [PendingEvent],
    /// The budget of Events. None before the first Event.
    pub budget: Option<&'a EventBudget>,
}

/// How many Events an object may still send: 25 at once, then one every five minutes.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct EventBudget {
    /// When all 25 Events are available again, if none is sent before. Each Event adds five minutes.
    pub full_at: DateTime<Utc>,
    /// The number of Events that were held back and became obsolete since the last Event was sent.
    #[serde(skip_serializing_if = "is_zero")]
    pub held_back: i64,
    /// When the first of these Events was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_back_since: Option<DateTime<Utc>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &i64) -> bool {
    *count == 0
}
