//! Tests of the runbooks: each alert has a page, each page has all parts, and the index contains all pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::prometheus::{root, rules};

const ADDRESS: &str = "https://github.com/lapsewatch/lapsewatch/blob/main/docs/runbooks/";
/// The parts of a page, in this order.
const PARTS: [&str; 4] = ["## Meaning", "## Impact", "## Diagnosis", "## Mitigation"];

pub fn page(name: &str) -> String {
    let path = root().join("docs/runbooks").join(format!("{name}.md"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_alert_has_the_page_that_it_names_and_every_page_an_alert() {
    for (name, rule) in rules::alerts() {
        assert_eq!(rule.annotations["runbook_url"], format!("{ADDRESS}{name}.md"));
    }
    let pages = fs::read_dir(root().join("docs/runbooks")).unwrap();
    let pages: BTreeSet<String> = pages.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(pages, rules::names().iter().map(|name| format!("{name}.md")).collect());
}

#[test]
fn a_page_tells_what_it_means_what_it_does_how_to_look_and_how_to_act() {
    for name in rules::names() {
        let page = page(&name);
        assert!(page.starts_with(&format!("# {name}\n")), "{name}");
        let headings: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, PARTS, "{name}");
        let (_, diagnosis) = page.split_once(PARTS[2]).unwrap();
        assert!(diagnosis.contains("```sh\nkubectl "), "{name}: Diagnosis contains no kubectl command");
        assert!(page.contains("](../alerts.md)"), "{name}: the page has no link to alerts.md");
    }
}

#[test]
fn a_lease_is_deleted_only_while_no_replica_leads() {
    let pages = rules::names().into_iter().map(|name| page(&name).replace("\n  ", " "));
    let deleting: Vec<String> = pages.filter(|page| page.contains("kubectl delete lease")).collect();
    assert_eq!(deleting.len(), 1);
    assert!(deleting[0].contains("While no replica leads, deleting it is safe: `kubectl delete lease"), "{deleting:?}");
}

#[test]
fn a_page_and_the_index_tell_the_severities_of_the_rules() {
    let mut severities: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, rule) in rules::alerts() {
        severities.entry(name).or_default().push(rule.severity().to_owned());
    }
    let index = fs::read_to_string(root().join("docs/alerts.md")).unwrap();
    let mut listed = 0;
    for (name, severities) in severities {
        let severities = severities.join(" or ");
        let row = format!("| [{name}](runbooks/{name}.md) | {severities} |");
        assert!(index.contains(&row), "docs/alerts.md lacks a row that begins with {row}");
        assert!(page(&name).contains(&format!("Severity: {severities}.")), "{name}: {severities}");
        listed += 1;
    }
    assert_eq!(index.matches("](runbooks/").count(), listed, "docs/alerts.md names a page twice, or a missing page");
}

/// Returns the blocks of a page in this language.
pub fn blocks(page: &str, language: &str) -> Vec<String> {
    let inside = page.split("```").skip(1).step_by(2);
    inside
        .filter_map(|block| block.split_once('\n'))
        .filter(|(of, _)| *of == language)
        .map(|(_, text)| text.to_owned())
        .collect()
}
