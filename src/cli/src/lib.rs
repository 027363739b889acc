//! The command-line interface: the arguments of every command, and all commands except the operator itself.
//!
//! `check` reads manifests; `status` and `verify` read a cluster; `inspect`, `new` and `verify` read files. All of them
//! use the same assessment as the operator. None of them writes to a cluster.

pub mod args;
pub mod check;
pub mod crds;
pub mod exit;
pub mod inspect;
pub mod local_files;
pub mod manifests;
pub mod new;
pub mod offline;
pub mod report;
pub mod shell;
pub mod source;
pub mod status;
pub mod telemetry;
pub mod terminal;
pub mod verify;
