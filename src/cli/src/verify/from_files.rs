//! The place as the files say that are in place now.

use std::path::PathBuf;

use super::place::RenewalTarget;
use crate::local_files;
use lapsewatch_core::api::CredentialType;
use lapsewatch_core::secret::SecretBytes;

/// The place of these files. Their type is told by content where it is not given.
///
/// # Errors
/// Where they can't be read: a sentence.
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
