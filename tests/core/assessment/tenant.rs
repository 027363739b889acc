//! A tenant's page: what is put together from its credentials, what is said of it, and when.

mod awaited;
mod groups;
mod inherit;
mod notices;
mod properties;
mod state;
