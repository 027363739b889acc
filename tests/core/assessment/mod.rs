//! Tests the rules of the assessment. Each test sets the content of a Secret, assesses the object at chosen times, and
//! checks the conditions and Events.

mod apns_stages;
mod boundaries;
mod certificate;
mod clock;
mod delivery;
mod duplicates;
mod extremes;
mod first_sight;
mod flapping;
mod health;
mod identity;
mod key_match;
mod other_stages;
mod peers;
mod properties;
mod rehearsal;
mod reminders;
mod renewal;
mod spelling;
mod staleness;
mod tenant;
mod undated;
mod unreadable;
mod unseen_tenant;
