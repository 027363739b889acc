//! Reads credentials from the bytes of Secrets, assesses them, and writes the messages about the result. This crate has
//! no clock, no I/O and no Kubernetes client, and its dependencies offer none.
//!
//! A value passes through the modules in this order:
//!
//! ```text
//! Secret bytes -> CredentialFacts -> Assessment -> status, notices
//!  secret          credential         assessment
//! ```
//!
//! A credential that can't be read becomes a `ReadFailure` instead of facts. [`read`] adds the message to this failure.
//!
//! `api` contains the types of the custom resources. `verdict` contains the enums of the assessment's results, and
//! `messages` all sentences for users. `observed` contains an object in the form that the operator and `status` keep in
//! memory.

pub mod api;
pub mod assessment;
pub mod credential;
pub mod messages;
pub mod observed;
pub mod sanitize;
pub mod secret;
pub mod verdict;

use api::CredentialType;
use api::status::{CredentialFacts, Failure, KeySelection};
use secret::SecretData;

/// Reads the credential in a Secret, and writes the message if no credential can be read.
///
/// ```
/// use lapsewatch_core::api::CredentialType;
/// use lapsewatch_core::api::reasons::FailureReason;
/// use lapsewatch_core::api::status::KeySelection;
/// use lapsewatch_core::secret::SecretData;
///
/// let secret: SecretData = [("push.pem", b"hello".to_vec())].into_iter().collect();
/// let result = lapsewatch_core::read(CredentialType::APNsCertificate, &secret, &KeySelection::default());
/// assert!(result.is_err_and(|failure| {
///     failure.reason == FailureReason::WrongFile && failure.message.starts_with("key push.pem holds plain text")
/// }));
/// ```
///
/// # Errors
/// Returns the reason and the message for the administrator. Callers that need no message use [`credential::read`].
pub fn read(type_: CredentialType, secret: &SecretData, selection: &KeySelection) -> Result<CredentialFacts, Failure> {
    credential::read(type_, secret, selection).map_err(|failure| messages::reader::failure(&failure))
}
