//! Tests the status of a tenant: its summary of the credentials, its conditions and its Events.

mod awaited;
mod groups;
mod inherit;
mod notices;
mod properties;
mod state;
