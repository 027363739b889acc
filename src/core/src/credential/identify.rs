//! What files hold, where nobody has said what it is: each type's own reader is asked.

use super::certificates;
use super::failure;
use super::file_kind::{FileKind, ReadProblem};
use super::search::Search;
use super::token;
use super::tokens;
use super::value::{self, Value};
use crate::api::credential::CredentialType;
use crate::api::reasons::FailureReason;
use crate::api::status::{CredentialFacts, Failure, Format, KeySelection};
use crate::secret::{SecretBytes, SecretData};

/// The types that only one kind of credential is for. Any certificate may be an `X509Certificate` besides.
const SPECIAL: [CredentialType; 4] = [
    CredentialType::APNsCertificate,
    CredentialType::VPPToken,
    CredentialType::DEPToken,
    CredentialType::WindowsSymantecCertificate,
];

/// A credential, and what it turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Identified {
    /// The type that is for it.
    pub type_: CredentialType,
    /// What it is, in an administrator's words, with its article.
    pub what: &'static str,
    /// What is known of it.
    pub facts: CredentialFacts,
    /// Private keys stayed closed that a password may open.
    pub has_closed_keys: bool,
}

/// Reads the credential as of the type, or of whichever type it is.
///
/// # Errors
/// With the reason and a text for the administrator: for the type, or for all of them.
pub fn identify(
    type_: Option<CredentialType>,
    secret: &SecretData,
    selection: &KeySelection,
) -> Result<Identified, Failure> {
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
    // Only what is of the type can be of it several times over.
    if let Some(at) = refused.iter().position(|other| other.failure.reason == FailureReason::Ambiguous) {
        return Err(refused.swap_remove(at).failure);
    }
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => return Ok(only),
        (Some(last), false) => {
            return Err(failure::several_types(found.iter().chain([&last]).map(|identified| identified.type_)));
        }
        (None, _) => {}
    }
    // A token that stays closed, or is broken, is one, whatever certificate stands beside it.
    if let Some(at) = refused.iter().position(|other| other.is_token) {
        return Err(refused.swap_remove(at).failure);
    }
    read(CredentialType::X509Certificate).map_err(|other| other.failure)
}

/// Why it is not read as of a type.
struct Refused {
    failure: Failure,
    /// It is, or begins as, a token of that type all the same.
    is_token: bool,
}

/// Whether there is, or was to be, a token that the type is for.
fn holds_token(value: &Value) -> bool {
    let is_broken = |problem| matches!(problem, ReadProblem::Malformed(breakage) if breakage.is_of_a_token());
    !value.messages.is_empty() || !value.tokens.is_empty() || value.problem.is_some_and(is_broken)
}

/// Reads it as of one type. `is_named`: messages speak of that type alone.
fn read(
    type_: CredentialType,
    is_named: bool,
    secret: &SecretData,
    selection: &KeySelection,
) -> Result<Identified, Refused> {
    let refused = |failure| Refused { failure, is_token: false };
    if type_ == CredentialType::DeclaredExpiry {
        let why = "a DeclaredExpiry is read from no Secret; its date stands in spec.expirationTime";
        return Err(refused(failure::failure(FailureReason::NotSupported, why.to_owned())));
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
    let what = match (kind, type_, facts.format) {
        (Some(kind), ..) => kind.name(),
        (_, CredentialType::VPPToken, _) => FileKind::VppToken.name(),
        (_, CredentialType::DEPToken, Some(Format::SMIME)) => "an encrypted DEP server token",
        (_, CredentialType::DEPToken, _) => FileKind::DepJson.name(),
        _ => FileKind::EnrollmentToken.name(),
    };
    Ok(Identified { type_, what, facts, has_closed_keys })
}

/// Whether a file holds private keys and nothing else that is read.
pub fn is_private_key(bytes: &SecretBytes) -> bool {
    // Whose they are is not asked here.
    let value = value::read(CredentialType::X509Certificate, bytes.expose(), &mut 0);
    !value.private_keys.is_empty() && value.entries() == value.private_keys.len()
}
