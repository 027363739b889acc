//! The structure of the code: a core without I/O, dependencies that point one way, small files, and names that mean
//! something.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Parts of the standard library that core may not use. Its dependencies offer no other I/O and no clock.
const IMPURE: [&str; 9] = [
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
/// Crates that core may not depend on, directly or through others.
const CLIENTS_AND_RUNTIMES: [&str; 7] = ["kube", "kube-client", "kube-runtime", "tokio", "hyper", "reqwest", "mio"];
/// The crates of the workspace on which each crate of it may depend.
const LAYERS: [(&str, &[&str]); 6] = [
    ("lapsewatch-core", &[]),
    ("lapsewatch-cluster", &["lapsewatch-core"]),
    ("lapsewatch-operator", &["lapsewatch-core", "lapsewatch-cluster"]),
    ("lapsewatch-cli", &["lapsewatch-core", "lapsewatch-cluster"]),
    ("lapsewatch", &["lapsewatch-core", "lapsewatch-cluster", "lapsewatch-operator", "lapsewatch-cli"]),
    (TEST_SUPPORT, &["lapsewatch-core", "lapsewatch-cluster", "lapsewatch-operator", "lapsewatch-cli"]),
];
/// The crate that only tests and benchmarks may depend on.
const TEST_SUPPORT: &str = "lapsewatch-test-support";
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

/// True if `line` names the path `name`: as a whole word, not inside another; comments do not count.
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

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(args).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn core_depends_on_no_client_and_no_runtime() {
    // The dev-dependencies count too: the tests of core are built without the Kubernetes client.
    for edges in ["--edges=normal", "--edges=normal,dev"] {
        let tree = cargo(&["tree", "--locked", "--package=lapsewatch-core", edges, "--prefix=none"]);
        let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert!(names.contains("x509-parser"), "{names:?}");
        let found: Vec<_> = CLIENTS_AND_RUNTIMES.into_iter().filter(|name| names.contains(name)).collect();
        assert!(found.is_empty(), "lapsewatch-core depends on {found:?} ({edges})");
    }
}

#[test]
fn core_uses_no_files_no_network_and_no_clock() {
    let files = sources(&root().join("src/core/src"));
    assert!(files.len() > 100, "{files:?}");
    for file in files {
        let found = impure(&fs::read_to_string(&file).unwrap());
        assert!(found.is_empty(), "{}: {found:#?}", file.display());
    }
}

#[test]
fn crates_depend_in_one_direction() {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--locked", "--no-deps", "--format-version=1"])).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut seen: Vec<String> = packages.iter().map(|package| text(&package["name"])).collect();
    seen.sort();
    let mut known: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(seen, known);
    for (name, below) in LAYERS {
        let package = packages.iter().find(|package| package["name"] == name).unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = text(&dependency["name"]);
            let is_of_tests = other == TEST_SUPPORT && dependency["kind"] == "dev";
            let is_below = !other.starts_with("lapsewatch") || below.contains(&other.as_str());
            assert!(is_of_tests || is_below, "{name} depends on {other}");
        }
    }
}

#[test]
fn no_file_holds_more_than_one_idea() {
    for file in ["src", "tests", "benches"].iter().flat_map(|folder| sources(&root().join(folder))) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= LINES, "{}: {lines} lines, at most {LINES}", file.display());
    }
}

#[test]
fn no_file_is_compiled_into_several_binaries() {
    let attribute = ["#[", "path"].concat();
    for file in ["src", "tests", "benches"].iter().flat_map(|folder| sources(&root().join(folder))) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains(&attribute), "{}: shared test code belongs in tests/support", file.display());
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
        "    let now = Utc::now();",
        "use std::{collections::BTreeMap, fs, io};",
        "use std::{\n    collections::BTreeMap,\n    net::IpAddr,\n};",
        "std::time::SystemTime::now()",
    ] {
        assert!(!impure(line).is_empty(), "{line}");
    }
    for line in ["//! No std::fs here.", "let stdfs = 1;", "use std::cmp::Ordering;", "let x = 1; // not SystemTime"] {
        assert!(impure(line).is_empty(), "{line}: {:?}", impure(line));
    }
}

/// The names of the types that a source file makes visible to other files.
fn visible_types(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("pub")?;
        let rest = match rest.strip_prefix('(') {
            Some(restricted) => restricted.split_once(')')?.1,
            None => rest,
        };
        let mut words = rest.strip_prefix(' ')?.split_whitespace();
        let is_type = matches!(words.next()?, "struct" | "enum" | "trait" | "type" | "union");
        let name = words.next().filter(|_| is_type)?;
        name.split(|c: char| !c.is_alphanumeric() && c != '_').next()
    })
}

#[test]
fn a_type_name_that_other_files_see_exists_once_in_the_workspace() {
    let mut types: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for file in sources(&root().join("src")) {
        for name in visible_types(&fs::read_to_string(&file).unwrap()) {
            types.entry(name.to_owned()).or_default().push(file.clone());
        }
    }
    assert!(types.len() > 250, "only {} types are found", types.len());
    assert!(types.contains_key("TenantCredentialSpec") && types.contains_key("StartupBarrier"));
    types.retain(|_, files| files.len() > 1);
    assert!(types.is_empty(), "{types:#?}");
}

#[test]
fn the_search_for_types_finds_every_visibility() {
    let text = "pub struct A;\n    pub(super) enum B<T> {}\npub(in crate::c) trait C: D {}\npub type E = u8;\nstruct F;\npub fn g() {}";
    assert_eq!(visible_types(text).collect::<Vec<_>>(), ["A", "B", "C", "E"]);
}
