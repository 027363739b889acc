//! What the code's shape promises: a pure core, small files, names that say what is inside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

/// What decides must not know of: Kubernetes' clients, the runtime, files, the network, clocks.
const IMPURE: [&str; 13] = [
    "kube",
    "k8s_openapi",
    "tokio",
    "futures",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::SystemTime",
    "SystemTime",
    "std::time::Instant",
    "Utc::now",
];
const LINES: usize = 350;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// All files and folders below `folder`.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path.clone());
            }
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    below(folder).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// Whether `line` names the path `name`: as a whole word, not inside another; comments do not count.
fn names(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let part_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        !before.is_some_and(part_of_a_word) && !after.is_some_and(part_of_a_word)
    })
}

/// `use std::{fs, net}` on one line or on several.
fn names_inside_braces(text: &str, name: &str) -> bool {
    let Some(last) = name.strip_prefix("std::") else { return false };
    text.split("use std::{").skip(1).any(|rest| names(rest.split(';').next().unwrap_or_default(), last))
}

fn impure(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in IMPURE {
        for line in text.lines().filter(|line| names(line, name)) {
            found.push(format!("{name}: {}", line.trim()));
        }
        if names_inside_braces(text, name) {
            found.push(format!("{name}: use std::{{…}}"));
        }
    }
    found
}

#[test]
fn what_decides_reads_no_clock_no_file_and_no_cluster() {
    let src = root().join("src");
    assert!(src.join("assessment").is_dir());
    for folder in ["assessment", "credential"].map(|name| src.join(name)) {
        // A room that is not built yet has nothing to keep to.
        if !folder.is_dir() {
            continue;
        }
        let files = sources(&folder);
        assert!(!files.is_empty(), "{} holds no Rust", folder.display());
        for file in files {
            let found = impure(&fs::read_to_string(&file).unwrap());
            assert!(found.is_empty(), "{}: {found:#?}", file.display());
        }
    }
}

#[test]
fn no_file_holds_more_than_one_idea() {
    for file in sources(&root().join("src")) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= LINES, "{}: {lines} lines, at most {LINES}", file.display());
    }
}

#[test]
fn no_room_is_named_after_nothing() {
    for folder in ["src", "tests"] {
        for path in below(&root().join(folder)) {
            let name = path.file_stem().unwrap().to_string_lossy().to_lowercase();
            let singular = name.trim_end_matches('s');
            assert!(!["util", "common", "helper", "misc"].contains(&singular), "{}", path.display());
        }
    }
}

#[test]
fn the_search_finds_what_it_is_for() {
    for line in [
        "use kube::Api;",
        "    let now = Utc::now();",
        "fn f() -> k8s_openapi::api::core::v1::Secret {",
        "use std::{collections::BTreeMap, fs, io};",
        "use std::{\n    collections::BTreeMap,\n    net::IpAddr,\n};",
        "tokio::spawn(f());",
        "std::time::SystemTime::now()",
    ] {
        assert!(!impure(line).is_empty(), "{line}");
    }
    for line in
        ["//! Nothing of kube here.", "let kubernetes = 1;", "use std::cmp::Ordering;", "let x = 1; // not tokio"]
    {
        assert!(impure(line).is_empty(), "{line}: {:?}", impure(line));
    }
}
