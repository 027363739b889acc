//! Tests of the tenant status on a real API server: it follows the credentials, its content is correct, and it costs
//! few requests.

mod apart;
mod describe;
mod events;
mod follows;
mod inherit;
mod invalid;
mod optional;
mod required;
mod seen;
