//! A notice: an Event that is due, before it becomes an Event object of the Kubernetes API.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::event_budget::Urgency;
use super::notices::RECOVERED;
use crate::api::conditions::ConditionType;
use crate::api::status::Announced;

/// An Event that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// True if the Event is of type Warning, false if Normal.
    pub warning: bool,
    /// True for a problem of the highest severity.
    pub critical: bool,
    /// The reason of the Event.
    pub reason: String,
    /// The note of the Event, at most [`crate::api::limits::NOTE_BYTES`] bytes.
    pub note: String,
    /// The entry that is written to `status.announced` after the Event is sent.
    pub record: Announced,
    /// The time at which the Event was entered in `status.pendingEvents`. The name of the Event depends on this time,
    /// so that a second attempt to send the Event uses the same name.
    pub entered: DateTime<Utc>,
}

impl Notice {
    /// True if the Event became due because time passed: an expiry or a warning before an expiry.
    pub fn is_of_time(&self) -> bool {
        let types = [ConditionType::Expiring, ConditionType::Expired];
        self.reason != RECOVERED && types.iter().any(|type_| type_.as_str() == self.record.type_)
    }

    /// True if the Event is about other objects that use the same credential.
    pub fn is_of_others(&self) -> bool {
        self.record.type_ == ConditionType::Duplicate.as_str()
    }

    /// Returns the urgency, which determines the share of the budget of Events that the Event may use.
    pub fn urgency(&self) -> Urgency {
        if self.critical { Urgency::Critical } else { Urgency::Other }
    }

    /// Returns the name of the Event, which is unique for each announcement of each object. The object name is cut to
    /// 200 characters, so that with the hash the name stays below the limit of 253 for Kubernetes names.
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
