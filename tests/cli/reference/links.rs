//! Tests that each link between documents leads to an existing file and, if the link names a heading, to an existing
//! heading.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::reference::root;

/// Returns all documents of the project.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_str().unwrap();
            let is_made = folder == root() && (name.starts_with('.') || name == "target");
            if entry.file_type().unwrap().is_dir() && !is_made && name != "node_modules" && name != "target" {
                open.push(path);
            } else if name.ends_with(".md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Returns the anchor that GitHub and GitLab derive from a heading: letters, digits and hyphens.
fn anchor(heading: &str) -> String {
    let text: String = heading.to_lowercase().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect();
    text.trim().replace(' ', "-")
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = outside_blocks(text).filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#'))).collect()
}

/// Returns the lines outside of code blocks.
fn outside_blocks(text: &str) -> impl Iterator<Item = &str> {
    let mut in_block = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_block ^= is_fence;
        !in_block && !is_fence
    })
}

/// Returns the targets of all links in a text.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // A link can span two lines.
    let text: String = outside_blocks(text).collect::<Vec<_>>().join(" ");
    for (at, _) in text.match_indices("](") {
        let rest = &text[at + 2..];
        if let Some(end) = rest.find(')') {
            found.push(rest[..end].trim().to_owned());
        }
    }
    found
}

fn broken(document: &Path, target: &str) -> Option<String> {
    let (file, heading) = target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
    let path = if file.is_empty() { document.to_owned() } else { document.parent().unwrap().join(file) };
    if !path.exists() {
        return Some(format!("{}: {target}: there is no such file", document.display()));
    }
    let heading = heading?;
    let text = fs::read_to_string(&path).unwrap_or_default();
    let known = anchors(&text).contains(heading);
    (!known).then(|| format!("{}: {target}: there is no such heading", document.display()))
}

#[test]
fn every_link_leads_somewhere() {
    let mut looked_at = 0;
    let mut all = Vec::new();
    for document in documents() {
        for target in targets(&fs::read_to_string(&document).unwrap()) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            looked_at += 1;
            all.extend(broken(&document, &target));
        }
    }
    assert!(looked_at > 20, "only {looked_at} links were found");
    assert!(all.is_empty(), "{all:#?}");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let readme = root().join("README.md");
    assert!(broken(&readme, "docs/nothing.md").is_some());
    assert!(broken(&readme, "docs/check.md#no-such-heading").is_some());
    assert!(broken(&readme, "docs/check.md").is_none());
    assert_eq!(targets("a [b](c.md#d) and [e](f)\n```\n[x](y)\n```\n"), ["c.md#d", "f"]);
    assert_eq!(anchor(" The `Lease`, and who holds it "), "the-lease-and-who-holds-it");
}

/// Every document is reachable by links that start in the README.
#[test]
fn every_document_of_docs_is_linked_from_the_readme_or_from_one_that_is() {
    let mut reached = BTreeSet::from([root().join("README.md")]);
    let mut open: Vec<PathBuf> = reached.iter().cloned().collect();
    while let Some(document) = open.pop() {
        for target in targets(&fs::read_to_string(&document).unwrap()) {
            let file = target.split('#').next().unwrap();
            let path = document.parent().unwrap().join(file);
            if file.ends_with(".md")
                && !file.contains("://")
                && let Ok(path) = path.canonicalize()
            {
                let path = root().canonicalize().unwrap().join(path);
                if reached.insert(path.clone()) {
                    open.push(path);
                }
            }
        }
    }
    let docs = root().join("docs").canonicalize().unwrap();
    let lost: Vec<PathBuf> = documents()
        .into_iter()
        .filter_map(|path| path.canonicalize().ok())
        .filter(|path| path.starts_with(&docs) && !reached.contains(path))
        .collect();
    assert!(lost.is_empty(), "{lost:#?}");
}
