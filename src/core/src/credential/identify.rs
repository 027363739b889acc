//! Identifies the type of a credential whose type is not given, by trying the reader of each type.

use super::certificates;
use super::file_kind::FileKind;
use super::read_failure::{FailureCause, ReadFailure, ReadRequest};
use super::read_problem::ReadProblem;
use super::search::Search;
use super::token;
use super::tokens;
use super::value::{self, Value};
use crate::api::credential::CredentialType;
use crate::api::reasons::FailureReason;
use crate::api::status::{CredentialFacts, Format, KeySelection};
use crate::secret::{SecretBytes, SecretData};

/// The types that accept only one kind of credential. `X509Certificate` accepts any certificate and is tried last.
const SPECIAL: [CredentialType; 4] = [
    CredentialType::APNsCertificate,
    CredentialType::VPPToken,
    CredentialType::DEPToken,
    CredentialType::WindowsSymantecCertificate,
];

/// A credential and its detected type.
#[derive(Clone, Debug, PartialEq)]
pub struct Identified {
    /// The type that accepts the credential.
    pub type_: CredentialType,
    /// The kind of credential. `messages::reader::identified` names the kind.
    pub(crate) kind: FileKind,
    /// The facts that the reader found.
    pub facts: CredentialFacts,
    /// True if encrypted private keys remain that a password could open.
    pub has_closed_keys: bool,
}

/// Reads the credential as the given type, or detects the type if none is given.
///
/// # Errors
/// Returns the cause. The message about the cause asks for the given type, or for any credential if no type is given.
pub fn identify(
    type_: Option<CredentialType>,
    secret: &SecretData,
    selection: &KeySelection,
) -> Result<Identified, ReadFailure> {
    if let Some(type_) = type_ {
        return read(type_, true, secret, selection).map_err(|refused| refused.failure);
    }
    let read = |type_| read(type_, false, secret, selection);
    let (mut found, mut refused) = (Vec::new(), Vec::new());
    for type_ in SPECIAL {
        match read(type_) {
            Ok(identified) => found.push(identified),
            Err(other) => refused.push(other),
        }
    }
    // Only a reader that recognizes several credentials of its own type fails as ambiguous, so its failure is the most
    // exact.
    if let Some(at) = refused.iter().position(|other| other.failure.reason() == FailureReason::Ambiguous) {
        return Err(refused.swap_remove(at).failure);
    }
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => return Ok(only),
        (Some(last), false) => {
            let types = found.iter().chain([&last]).map(|identified| identified.type_).collect();
            let request = ReadRequest { type_: None, source: secret.source, password: None };
            return Err(ReadFailure { request, cause: FailureCause::SeveralTypes(types) });
        }
        (None, _) => {}
    }
    // A token that is damaged or can't be opened is the credential, even if a certificate is stored beside the token.
    if let Some(at) = refused.iter().position(|other| other.is_token) {
        return Err(refused.swap_remove(at).failure);
    }
    read(CredentialType::X509Certificate).map_err(|other| other.failure)
}

/// The result of a reader that could not read a credential of its type.
struct Refused {
    failure: ReadFailure,
    /// True if the values contain a token of the reader's type, even a damaged or encrypted token.
    is_token: bool,
}

/// True if the value contains a token of the type that was tried, or a damaged token.
fn holds_token(value: &Value) -> bool {
    let is_broken = |problem| matches!(problem, ReadProblem::Malformed(breakage) if breakage.is_of_a_token());
    !value.messages.is_empty() || !value.tokens.is_empty() || value.problem.is_some_and(is_broken)
}

/// Reads the values as one type. `is_named` is true if the user gave this type. Otherwise messages about a failure ask
/// for a credential of any type.
fn read(
    type_: CredentialType,
    is_named: bool,
    secret: &SecretData,
    selection: &KeySelection,
) -> Result<Identified, Refused> {
    let refused = |failure| Refused { failure, is_token: false };
    if type_ == CredentialType::DeclaredExpiry {
        let request = ReadRequest { type_: Some(type_), source: secret.source, password: None };
        return Err(refused(ReadFailure { request, cause: FailureCause::DeclaredExpiry }));
    }
    let mut search = Search::new(type_, secret, selection).map_err(refused)?;
    search.asked.type_ = search.asked.type_.filter(|_| is_named);
    let is_token = search.values.values().any(holds_token);
    let refused = |failure| Refused { failure, is_token };
    let (facts, kind, has_closed_keys) = if token::is_token(type_) {
        (tokens::facts(search).map_err(refused)?, None, false)
    } else {
        let read = certificates::read(search).map_err(refused)?;
        (read.facts, read.kind, read.has_closed_keys)
    };
    let kind = match (kind, type_, facts.format) {
        (Some(kind), ..) => kind,
        (_, CredentialType::VPPToken, _) => FileKind::VppToken,
        (_, CredentialType::DEPToken, Some(Format::SMIME)) => FileKind::DepMessage,
        (_, CredentialType::DEPToken, _) => FileKind::DepJson,
        _ => FileKind::EnrollmentToken,
    };
    Ok(Identified { type_, kind, facts, has_closed_keys })
}

/// True if a file contains private keys and nothing else that a reader recognizes.
pub fn is_private_key(bytes: &SecretBytes) -> bool {
    // A budget of 0 keys suffices: the public keys are not needed here.
    let value = value::read(CredentialType::X509Certificate, bytes.expose(), &mut 0);
    !value.private_keys.is_empty() && value.entries() == value.private_keys.len()
}
