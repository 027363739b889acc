//! The way to a cluster: the connection, and one request on it.

pub mod connect;
pub mod request;
