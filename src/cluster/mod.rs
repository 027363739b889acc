//! The way to a cluster: the connection, one request on it, and lists in pages.

pub mod connect;
pub mod list;
pub mod request;
