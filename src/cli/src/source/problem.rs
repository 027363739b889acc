//! Defines a problem with a part of the input.

use std::fmt;

use super::location::SourceLocation;
use lapsewatch_core::api::Key;

/// A kind of object that is read from manifests.
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

/// A problem with a part of the input. The text quotes no values, because a value may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ManifestProblem {
    /// The position in the input.
    pub place: SourceLocation,
    /// The kind, namespace and name of the object. None if the object is unknown.
    pub object: Option<(ObjectKind, Key)>,
    /// The problem in words.
    pub what: String,
}

impl ManifestProblem {
    /// Creates a problem at a position without a known object.
    pub fn at(place: SourceLocation, what: impl Into<String>) -> Self {
        Self { place, object: None, what: what.into() }
    }

    /// Creates a problem with a known object.
    pub fn about(place: SourceLocation, kind: ObjectKind, key: &Key, what: impl Into<String>) -> Self {
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
