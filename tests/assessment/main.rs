//! The assessment's rules, each by a story: what the Secret holds, at which instant, and what is said then.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(unreachable_pub)]

mod apns_stages;
mod boundaries;
mod certificate;
mod clock;
mod delivery;
mod duplicates;
mod extremes;
mod facts;
mod first_sight;
mod flapping;
mod health;
mod identity;
mod invariants;
mod key_match;
mod other_stages;
mod peers;
mod properties;
mod rehearsal;
mod reminders;
mod renewal;
mod spelling;
mod staleness;
mod story;
mod tenant;
mod undated;
mod unreadable;
mod unseen_tenant;
