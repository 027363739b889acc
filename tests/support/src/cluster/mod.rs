//! A real API server for tests, with users, its audit log, an operator in the test's own process, and injected faults.

pub mod account;
pub mod audit;
pub mod bed;
pub mod clock;
pub mod faults;
pub mod helm;
pub mod kubectl;
pub mod objects;
pub mod relay;
pub mod story;
pub mod tenants;
pub mod users;
