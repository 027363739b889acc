//! The places in the input, and the problems found there. Manifests, reports and commands name them alike.

pub mod location;
pub mod problem;

pub use location::SourceLocation;
pub use problem::{ManifestProblem, ObjectKind};
