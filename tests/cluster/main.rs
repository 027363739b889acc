//! Tests against a real API server. The first one to need it builds and starts it, see `bed`.

mod api;
mod audit;
mod bed;
mod kubectl;
mod users;
