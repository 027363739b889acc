//! Builds the target of a renewal from the files of the present credential (`--against`).

use std::path::PathBuf;

use super::place::RenewalTarget;
use crate::local_files;
use lapsewatch_core::api::CredentialType;
use lapsewatch_core::secret::SecretBytes;

/// Reads the files of the present credential. Without `type_`, the content determines the type.
///
/// # Errors
/// Returns a sentence if the files can't be read.
pub fn place(
    paths: &[PathBuf],
    type_: Option<CredentialType>,
    password: Option<SecretBytes>,
) -> Result<RenewalTarget, String> {
    let mut files = local_files::read(paths, password)?;
    let found = local_files::identify(&mut files, type_);
    let type_ = found.map_err(|failure| format!("--against: {}", failure.message))?.type_;
    match local_files::not_understood(&files).into_iter().next() {
        Some(problem) => Err(format!("--against: {problem}")),
        None => Ok(RenewalTarget::of_files(type_, files)),
    }
}
