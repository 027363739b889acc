//! The containers that the tests open, and what must be in them.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::path::Path;

use crate::credential::{base64_text, pem};

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A file of the fixtures.
pub(in crate::credential) fn file(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

/// The names of the containers of one kind.
pub(in crate::credential) fn names(kind: &str) -> Vec<String> {
    let entries = std::fs::read_dir(path("containers").join(kind)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| format!("containers/{kind}/{}", entry.unwrap().file_name().to_str().unwrap())).collect();
    names.sort();
    names
}

/// What the only PEM block of a file holds.
pub(in crate::credential) fn block(name: &str) -> Vec<u8> {
    let file = file(name);
    pem::blocks(&file).ok().unwrap().remove(0).body.unwrap().to_vec()
}

/// The headers of a PEM block, and what it holds.
pub(in crate::credential) fn legacy_block(name: &str) -> (Vec<u8>, Vec<u8>) {
    let text = String::from_utf8(file(name)).unwrap();
    let (head, rest) = text.split_once("\n\n").unwrap();
    let (body, _) = rest.split_once("-----END").unwrap();
    let (_, headers) = head.split_once('\n').unwrap();
    (headers.as_bytes().to_vec(), base64_text::decode(body.as_bytes()).unwrap().to_vec())
}
