//! Represents the result of reading a credential, the input of an assessment.

use crate::api::status::{CredentialFacts, Failure};

/// The result of reading the credential that the spec names.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "each is assessed at once and not kept")]
pub enum Reading {
    /// The facts of the credential.
    Facts(CredentialFacts),
    /// The failure that prevents reading the credential.
    Failed(Failure),
}

impl From<Result<CredentialFacts, Failure>> for Reading {
    fn from(result: Result<CredentialFacts, Failure>) -> Self {
        match result {
            Ok(facts) => Self::Facts(facts),
            Err(failure) => Self::Failed(failure),
        }
    }
}
