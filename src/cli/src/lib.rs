//! The commands beside the operator: `check` on manifests, `status` and `verify` on a cluster, `inspect`, `new` and `verify`
//! on files. They use the same assessment as the operator, and write to no cluster.

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
