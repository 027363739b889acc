//! Decides for a single file whether any reader understands the file.

use super::found_key::FoundPrivateKey;
use super::read_failure::{ContentProblem, UnknownContent};
use super::read_problem::ReadProblem;
use super::value;
use crate::api::credential::CredentialType;
use crate::secret::SecretBytes;

/// The types whose readers together recognize every kind of file.
const TYPES: [CredentialType; 4] = [
    CredentialType::X509Certificate,
    CredentialType::VPPToken,
    CredentialType::DEPToken,
    CredentialType::WindowsSymantecCertificate,
];

/// Returns the content of a file that no reader understands. None for a credential of
/// any type, for a file that accompanies a credential, and for content that only a password opens.
pub fn not_understood(file: &SecretBytes) -> Option<UnknownContent> {
    // A budget of 0 keys suffices: damage to a private key shows in its encoding, without computing the public key.
    let values = TYPES.map(|type_| value::read(type_, file.expose(), &mut 0));
    let problems = values.iter().filter_map(|value| value.problem).filter(|problem| problem.is_not_understood());
    let is_broken = |problem: &ReadProblem| matches!(problem, ReadProblem::Malformed(_) | ReadProblem::Limit(_));
    if let Some(problem) = problems.clone().find(is_broken) {
        return Some(UnknownContent(ContentProblem::Value(problem)));
    }
    let mut private_keys = values.iter().flat_map(|value| &value.private_keys);
    let damage = private_keys.find_map(FoundPrivateKey::damage).map(ContentProblem::PrivateKey);
    let is_empty = values.iter().all(|value| value.entries() == 0);
    let problem = || problems.filter(|_| is_empty).map(ContentProblem::Value).next();
    damage.or_else(problem).map(UnknownContent)
}
