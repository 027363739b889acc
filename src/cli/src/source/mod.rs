//! The places in the input, and the problems found there. Manifests, reports and commands name them alike.

pub mod place;
pub mod problem;

pub use place::SourceLocation;
pub use problem::{ManifestProblem, ObjectKind};
