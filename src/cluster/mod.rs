//! The way to a cluster: the configuration, the connection, one request on it, lists in pages, and watches.

pub mod connect;
mod dial;
pub mod kubeconfig;
pub mod list;
mod proxy;
pub mod request;
pub mod unreachable;
pub mod watch;
