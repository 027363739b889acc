//! What is wrong with a field, in the API server's words. Only the value that the server quotes is left out: who pastes
//! a secret into the wrong place must not find it in a log.

use std::fmt;

/// The kinds of fault, as field errors of Kubernetes are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// A field that is needed is not there.
    Required,
    /// A value of another type.
    TypeInvalid,
    /// A value that is none of those allowed.
    NotSupported,
    /// A text that is too long.
    TooLong,
    /// A list that is too long.
    TooMany,
    /// Twice the same where that is not allowed.
    Duplicate,
    /// Something that must not be there.
    Forbidden,
    /// Any other wrong value.
    Invalid,
    /// A field that is not known.
    Unknown,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The field, such as `spec.secretRef.name`.
    pub path: String,
    /// Of what kind.
    pub kind: FaultKind,
    /// What is wrong; empty where the kind says it all.
    pub detail: String,
}

impl Fault {
    /// Of the field at `path`.
    pub fn new(path: &str, kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { path: path.to_owned(), kind, detail: detail.into() }
    }

    /// Whether it keeps the server from trying the rules in CEL.
    pub fn is_blocking(&self) -> bool {
        matches!(
            self.kind,
            FaultKind::NotSupported
                | FaultKind::Required
                | FaultKind::TooLong
                | FaultKind::TooMany
                | FaultKind::TypeInvalid
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, kind, detail } = self;
        let kind = match kind {
            FaultKind::Required => "Required value",
            FaultKind::TypeInvalid | FaultKind::Invalid => "Invalid value",
            FaultKind::NotSupported => "Unsupported value",
            FaultKind::TooLong => "Too long",
            FaultKind::TooMany => "Too many",
            FaultKind::Duplicate => "Duplicate value",
            FaultKind::Forbidden => "Forbidden",
            FaultKind::Unknown => return write!(f, "unknown field \"{path}\""),
        };
        write!(f, "{path}: {kind}")?;
        if detail.is_empty() { Ok(()) } else { write!(f, ": {detail}") }
    }
}
