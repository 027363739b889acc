//! Writes the messages about credentials that can't be read: the found content, the expected credential and its source.
//!
//! A message names keys of the Secret and kinds of file. If one value contains several certificates, the message also
//! names their serial numbers and dates. No other content of a value is quoted, not even the name of a certificate.

mod container;
mod damage;
mod file_kind;
mod names;
mod problem;
mod request;
mod several;
mod unknown;

pub use unknown::content;

use crate::api::limits;
use crate::api::status::Failure;
use crate::credential::{FailureCause, FileKind, Identified, ReadFailure};
use names::{list, shown};

/// Returns the failure as the status shows it: the reason, and the message within the limit of the API.
pub fn failure(failure: &ReadFailure) -> Failure {
    let request = failure.request;
    let message = match &failure.cause {
        FailureCause::DeclaredExpiry => {
            "a DeclaredExpiry is read from no Secret; its date stands in spec.expirationTime".to_owned()
        }
        FailureCause::KeyNotFound { field, key, present } => {
            let there = match list(present) {
                keys if keys.is_empty() => "it has none at all".to_owned(),
                keys => format!("its keys are {keys}"),
            };
            format!("the Secret has no key {}, which spec.secretRef.{field} names; {there}", shown(key))
        }
        FailureCause::ManyEntries { most } => {
            let (holds, remedy) = request.words(
                (
                    "the Secret holds",
                    "keep the credential in a Secret of its own, or name its keys in spec.secretRef.key and privateKeyKey",
                ),
                ("the files hold", "give the credential's own files alone"),
            );
            format!("{holds} more than the {most} certificates, private keys and tokens that are read of one; {remedy}")
        }
        FailureCause::NoValues => {
            let empty = request.words("the Secret is empty", "there is no file");
            format!("{empty}; expected is {}", request.expected())
        }
        FailureCause::SeveralValues { type_, keys } => several::values(*type_, request, keys),
        FailureCause::SeveralCertificates { type_, key, certificates } => {
            several::certificates(*type_, request, key, certificates)
        }
        FailureCause::SeveralTypes(types) => several::types(types),
        FailureCause::Problem { key, problem, unknown } => {
            unknown::with_unknown(problem::problem(request, key, *problem), request, unknown)
        }
        FailureCause::NoCredential { key, private_key, unknown } => {
            unknown::no_credential(request, unknown, key, *private_key)
        }
        FailureCause::HiddenByCa { key, problem, ca } => problem::hidden(request, key, *problem, ca),
    };
    Failure { reason: failure.reason(), message: within_limit(message) }
}

/// Returns the kind of the identified credential, with its article.
pub fn identified(identified: &Identified) -> &'static str {
    match identified.kind {
        FileKind::DepMessage => "an encrypted DEP server token",
        kind => kind.name(),
    }
}

/// Cuts a message to the limit of the API.
fn within_limit(mut message: String) -> String {
    limits::cut(&mut message, limits::TEXT);
    message
}
