//! Describes a fault of a field in the API server's words. The value is left out, because a secret may be pasted into
//! the wrong field and must not appear in a log.

use std::fmt;

/// The kind of a fault, as in the field errors of Kubernetes (`ErrorType` in k8s.io/apimachinery).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// A required field is missing.
    Required,
    /// The value has the wrong type.
    TypeInvalid,
    /// The value is not one of the supported values.
    NotSupported,
    /// The text is too long.
    TooLong,
    /// The list is too long.
    TooMany,
    /// The list must not contain the same item twice.
    Duplicate,
    /// The field must not be set.
    Forbidden,
    /// The value is wrong for any other reason.
    Invalid,
    /// The schema does not define the field.
    Unknown,
}

/// One fault of a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The field, such as `spec.secretRef.name`.
    pub path: String,
    /// The kind of the fault.
    pub kind: FaultKind,
    /// The details. Empty if the kind alone describes the fault.
    pub detail: String,
    /// True if the value is not a valid time. Rules that compare this time can't be evaluated.
    pub is_of_time: bool,
}

impl Fault {
    /// Creates a fault of the field at `path`.
    pub fn new(path: &str, kind: FaultKind, detail: impl Into<String>) -> Self {
        Self { path: path.to_owned(), kind, detail: detail.into(), is_of_time: false }
    }

    /// True if the API server does not evaluate the CEL rules because of this fault.
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
        let Self { path, kind, detail, is_of_time: _ } = self;
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
