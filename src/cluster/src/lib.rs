//! Access to a cluster: configuration, connection, single requests, lists in pages, and watches. This crate does not
//! interpret the objects.

mod chain;
pub mod clock;
pub mod connect;
mod dial;
pub mod kubeconfig;
pub mod list;
pub mod login;
mod lookup;
mod proxy;
pub mod request;
pub mod unreachable;
pub mod watch;
