//! Defines positions and problems in the input, which manifests, reports and commands share.

pub mod location;
pub mod problem;

pub use location::SourceLocation;
pub use problem::{ManifestProblem, ObjectKind};
