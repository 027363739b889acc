//! Reads local files that an administrator has not yet stored in a Secret, as if they were the values of a Secret.

mod file;
mod files;
mod look;
pub mod password;

pub use files::{LocalCredential, gather, is_password, not_understood, read};
pub use look::{LocalAssessment, identify, look, spec};
