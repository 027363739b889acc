//! The way to a cluster: the configuration, the connection, one request on it, lists in pages, and watches.

mod chain;
pub mod clock;
pub mod connect;
mod dial;
pub mod kubeconfig;
pub mod list;
pub mod login;
mod proxy;
pub mod request;
pub mod unreachable;
pub mod watch;
