//! One Event that is due, before it is an object of the API.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::event_budget::Urgency;
use super::notices::RECOVERED;
use crate::api::conditions::ConditionType;
use crate::api::status::Announced;

/// An Event that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Whether it is of type Warning; else Normal.
    pub warning: bool,
    /// True for a problem of the highest severity.
    pub critical: bool,
    /// Its reason.
    pub reason: String,
    /// Its note, at most [`crate::api::limits::NOTE_BYTES`].
    pub note: String,
    /// What the status write records once it was sent.
    pub record: Announced,
    /// When the Event was entered into `status.pendingEvents`, which tells it from others of the same name.
    pub entered: DateTime<Utc>,
}

impl Notice {
    /// True if the Event follows from time alone. Each other one says that something is so now.
    pub fn is_of_time(&self) -> bool {
        let types = [ConditionType::Expiring, ConditionType::Expired];
        self.reason != RECOVERED && types.iter().any(|type_| type_.as_str() == self.record.type_)
    }

    /// True if the Event rests on what others hold.
    pub fn is_of_others(&self) -> bool {
        self.record.type_ == ConditionType::Duplicate.as_str()
    }

    /// The Event's share of the budget of Events.
    pub fn urgency(&self) -> Urgency {
        if self.critical { Urgency::Critical } else { Urgency::Other }
    }

    /// The Event's name: the same for the same announcement of the same object, different for each other one, and fit
    /// for an object's name of any length.
    pub fn event_name(&self, object_name: &str, uid: &str) -> String {
        let hash = Sha256::new()
            .chain_update(uid)
            .chain_update([0])
            .chain_update(&self.record.type_)
            .chain_update([0])
            .chain_update(&self.reason)
            .chain_update([0])
            .chain_update(&self.record.fingerprint)
            .chain_update([0])
            .chain_update(self.entered.timestamp().to_be_bytes())
            .chain_update(self.record.episode.to_be_bytes())
            .chain_update(self.record.reminder.to_be_bytes())
            .finalize();
        let hash: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let mut name: String = object_name.chars().take(200).collect();
        name.truncate(name.trim_end_matches(['.', '-']).len());
        format!("{name}.{hash}")
    }
}
