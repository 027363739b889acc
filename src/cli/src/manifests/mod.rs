//! Manifests: files, folders and the standard input in; TenantCredentials, MDMTenants and Secrets out, each with its place.
//!
//! What is broken is told with file and line, quotes nothing of the file, and hides nothing else.

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
use lapsewatch_core::sanitize::harmless;

/// Reads all that `paths` name; `-` is `stdin`.
pub fn read(paths: &[PathBuf], stdin: &mut dyn Read) -> ManifestObjects {
    let mut objects = ManifestObjects::default();
    files::read(paths, stdin, &mut |found| match found {
        Ok(source) => objects.take(&source),
        Err(unreadable) => {
            let place = SourceLocation { file: harmless(&unreadable.name).into(), line: None, item: None };
            objects.problems.push(ManifestProblem::at(place, unreadable.why));
        }
    });
    objects
}
