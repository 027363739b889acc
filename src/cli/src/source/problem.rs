//! What is wrong with a part of the input.

use std::fmt;

use super::location::SourceLocation;
use lapsewatch_core::api::Key;

/// The kinds of object that are read from manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A TenantCredential.
    TenantCredential,
    /// An MDMTenant.
    MDMTenant,
    /// A Secret.
    Secret,
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TenantCredential => "TenantCredential",
            Self::MDMTenant => "MDMTenant",
            Self::Secret => "Secret",
        })
    }
}

/// What is said of a part of the input. None of its texts quotes a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ManifestProblem {
    /// Where.
    pub place: SourceLocation,
    /// Of which object, where that is known.
    pub object: Option<(ObjectKind, Key)>,
    /// What.
    pub what: String,
}

impl ManifestProblem {
    /// Of what stands there.
    pub fn at(place: SourceLocation, what: impl Into<String>) -> Self {
        Self { place, object: None, what: what.into() }
    }

    /// Of an object.
    pub fn of(place: SourceLocation, kind: ObjectKind, key: &Key, what: impl Into<String>) -> Self {
        Self { place, object: Some((kind, key.clone())), what: what.into() }
    }
}

impl fmt::Display for ManifestProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if let Some((kind, key)) = &self.object {
            write!(f, "{kind} {key}: ")?;
        }
        f.write_str(&self.what)
    }
}
