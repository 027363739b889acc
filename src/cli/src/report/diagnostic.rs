//! Defines the origin of the objects in a report, and the problems and notes that the report lists in addition to the
//! objects.

use std::fmt;
use std::sync::Arc;

use crate::source::{ManifestProblem, ObjectKind, SourceLocation};
use lapsewatch_core::api::Key;
use lapsewatch_core::sanitize::sanitize_line;

/// The origin of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A position in a manifest.
    Manifest(SourceLocation),
    /// A cluster, with the name of its context if several contexts were queried.
    Cluster(Option<Arc<str>>),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest(place) => place.fmt(f),
            Self::Cluster(None) => f.write_str("cluster"),
            Self::Cluster(Some(context)) => write!(f, "context {}", sanitize_line(context)),
        }
    }
}

/// A problem with a part of the input, from files or a cluster. The texts quote no value of a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file or cluster with the problem.
    pub origin: Origin,
    /// The object that the message is about. None if the message is not about one object, or the object is unknown.
    pub object: Option<(ObjectKind, Key)>,
    /// The problem in words.
    pub message: String,
}

impl From<ManifestProblem> for Diagnostic {
    fn from(problem: ManifestProblem) -> Self {
        Self { origin: Origin::Manifest(problem.place), object: problem.object, message: problem.what }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.origin)?;
        if let Some((kind, key)) = &self.object {
            write!(f, "{kind} {key}: ")?;
        }
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_named_by_its_context() {
        let of = |origin| Diagnostic { origin, object: None, message: "no connection".to_owned() }.to_string();
        assert_eq!(of(Origin::Cluster(None)), "cluster: no connection");
        assert_eq!(of(Origin::Cluster(Some("east\u{1b}[2J".into()))), "context east?[2J: no connection");
        let place = SourceLocation { file: "a.yaml".into(), line: Some(3), item: None };
        assert_eq!(of(Origin::Manifest(place)), "a.yaml:3: no connection");
    }
}
