//! Reads TenantCredentials, MDMTenants and Secrets from files, folders and the standard input.
//!
//! A part of a file that can't be parsed is reported with its file and line, and the other parts are read. The messages
//! quote nothing from the file, because the file may contain secrets.

mod bounded;
mod documents;
pub mod encrypted_object;
mod files;
mod items;
pub mod objects;
mod plain_scalars;
pub mod rules;
pub mod secret_producers;
pub mod secrets;
mod sops;

use std::io::Read;
use std::path::PathBuf;

pub use objects::{Manifest, ManifestObjects, is_about};

use crate::source::{ManifestProblem, SourceLocation};
use lapsewatch_core::sanitize::sanitize;

/// Reads all manifests that `paths` name. The path `-` means `stdin`.
pub fn read(paths: &[PathBuf], stdin: &mut dyn Read) -> ManifestObjects {
    let mut objects = ManifestObjects::default();
    files::read(paths, stdin, &mut |found| match found {
        Ok(source) => objects.take(&source),
        Err(unreadable) => {
            let place = SourceLocation { file: sanitize(&unreadable.name).into(), line: None, item: None };
            objects.problems.push(ManifestProblem::at(place, unreadable.why));
        }
    });
    objects
}
