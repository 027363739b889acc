//! Reads and classifies tokens in JSON, and decides which types accept only tokens.

use super::breakage::{Breakage, Flaw};
use super::classify;
use super::dep;
use super::file_kind::FileKind;
use super::json::{JsonError, JsonMembers};
use super::mime;
use super::pem;
use super::read_problem::{Limit, ReadProblem};
use super::vpp;
use crate::api::credential::CredentialType;
use crate::api::status::CredentialFacts;

/// True if the type accepts only tokens.
pub(crate) fn is_token(type_: CredentialType) -> bool {
    matches!(type_, CredentialType::VPPToken | CredentialType::DEPToken)
}

/// Converts a flaw to the breakage of a token of this type.
pub(super) fn breakage(type_: CredentialType, flaw: Flaw) -> Breakage {
    match type_ {
        CredentialType::VPPToken => Breakage::VppToken(flaw),
        CredentialType::DEPToken => Breakage::DepJson(flaw),
        _ => Breakage::EnrollmentToken(flaw),
    }
}

/// Reads a text as JSON: as a token, or as another object. None if the text does not begin as an object, or if the JSON
/// is damaged and does not begin as a token.
pub(super) fn json(text: &[u8]) -> Option<Result<(FileKind, CredentialFacts), ReadProblem>> {
    if !text.starts_with(b"{") {
        return None;
    }
    let members = match JsonMembers::read(text) {
        Ok(members) => members,
        Err(JsonError::TooDeep) => return Some(Err(ReadProblem::Limit(Limit::Nesting))),
        Err(error) => {
            let flaw = if error == JsonError::CutOff { Flaw::CutOff } else { Flaw::Broken };
            return match classify::begins_as_token(text)? {
                FileKind::DepJson => Some(Err(ReadProblem::Malformed(Breakage::DepJson(flaw)))),
                _ => Some(Err(ReadProblem::Malformed(Breakage::VppToken(flaw)))),
            };
        }
    };
    Some(if members.count(&dep::NAMES) >= 2 {
        let facts = dep::read(&members).map_err(|flaw| ReadProblem::Malformed(Breakage::DepJson(flaw)));
        facts.map(|facts| (FileKind::DepJson, facts))
    } else if is_vpp(&members) {
        let facts = vpp::read(&members).map_err(|flaw| ReadProblem::Malformed(Breakage::VppToken(flaw)));
        facts.map(|facts| (FileKind::VppToken, facts))
    } else {
        Err(ReadProblem::Wrong(FileKind::OtherJson))
    })
}

/// True for a JSON object that is a token of either kind, even if members are missing.
pub(super) fn is_object(text: &[u8]) -> bool {
    JsonMembers::read(text).is_ok_and(|members| members.count(&dep::NAMES) >= 2 || is_vpp(&members))
}

fn is_vpp(members: &JsonMembers<'_>) -> bool {
    members.count(&vpp::NAMES) >= 2 && vpp::nested(members).is_none()
}

/// Reads the DEP token in the plaintext of a message: JSON, with or without text headers and BEGIN and END lines around
/// the JSON.
pub(super) fn opened(plaintext: &[u8]) -> Result<CredentialFacts, ReadProblem> {
    let broken = ReadProblem::Malformed(Breakage::DepJson(Flaw::Broken));
    let text = plaintext.strip_prefix(b"\xef\xbb\xbf").unwrap_or(plaintext).trim_ascii();
    let text = mime::split(text).map_or(text, |(_, body)| body).trim_ascii();
    match json(text) {
        Some(read) => read,
        None => match pem::blocks(text).unwrap_or_default().into_iter().find(|block| block.label == b"MESSAGE") {
            Some(block) => json(block.text.trim_ascii()).unwrap_or(Err(broken)),
            None => Err(broken),
        },
    }
    .and_then(|(kind, facts)| if kind == FileKind::DepJson { Ok(facts) } else { Err(ReadProblem::Wrong(kind)) })
}
