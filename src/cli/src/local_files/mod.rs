//! Files in hand: what an administrator has on disk before it stands in a Secret, read as if it stood there.

mod file;
mod files;
mod look;
pub mod password;

pub use files::{LocalCredential, gather, is_password, not_understood, read, secret_key};
pub use look::{LocalAssessment, identify, look, spec};
