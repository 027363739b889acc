//! The tenant's page on a real API server: that it follows its credentials, what it says, and what it costs.

mod apart;
mod describe;
mod events;
mod follows;
mod inherit;
mod invalid;
mod optional;
mod required;
mod seen;
