//! Tests that docs/reasons.md lists every reason of conditions and Events. The reasons come from the snapshots in
//! tests/snapshots that `tests/core/words.rs` writes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use lapsewatch_core::api::conditions::ConditionType;
use lapsewatch_core::api::reasons::{ChangeReason, FailureReason};
use schemars::JsonSchema;

use crate::reference::{cell, hold, root};

/// Maps the status and reason of a condition to its first message.
type Conditions = BTreeMap<(usize, String, String), String>;
/// Maps the reason and type of an Event to the first sentence of its first note.
type Events = BTreeMap<(String, String), String>;

#[test]
fn the_page_of_reasons_has_every_one_that_is_said() {
    let (mut credentials, mut tenants, mut events) = (Conditions::new(), Conditions::new(), Events::new());
    let mut snapshots: Vec<_> =
        fs::read_dir(root().join("tests/snapshots")).unwrap().map(|entry| entry.unwrap().path()).collect();
    snapshots.sort();
    for path in snapshots {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let Some(of) = name.strip_prefix("words__") else { continue };
        let conditions = if of.starts_with("MDMTenant") { &mut tenants } else { &mut credentials };
        read(&fs::read_to_string(&path).unwrap(), conditions, &mut events);
    }
    // The message of a read failure depends on the file, so the page shows the description of the reason.
    for (reason, meaning) in described::<FailureReason>() {
        let said = credentials.get_mut(&(0, "False".to_owned(), reason.clone()));
        *said.unwrap_or_else(|| panic!("no snapshot contains {reason}")) = meaning.clone();
        events.insert((reason, "Warning".to_owned()), meaning);
    }
    credentials.insert((1, "False".to_owned(), "Unreadable".to_owned()), "What Ready says.".to_owned());
    let mut page = String::from("## Conditions of a TenantCredential\n\n");
    table(&mut page, &credentials);
    page.push_str("\n## Conditions of an MDMTenant\n\n");
    table(&mut page, &tenants);
    page.push_str("\n## Events\n\n| reason | type | says, for example |\n|---|---|---|\n");
    for ((reason, type_), says) in &events {
        writeln!(page, "| {reason} | {type_} | {} |", cell(says)).unwrap();
    }
    page.push_str(
        "\n## Changes\n\nWhat `status.lastChange.reason` says.\n\n| reason | what the new credential is |\n|---|---|\n",
    );
    for (reason, meaning) in described::<ChangeReason>() {
        writeln!(page, "| {reason} | {} |", cell(&meaning)).unwrap();
    }
    hold("docs/reasons.md", &page);
}

/// Returns the values of an enum with their descriptions.
fn described<T: JsonSchema>() -> Vec<(String, String)> {
    let schema = serde_json::to_value(schemars::schema_for!(T)).unwrap();
    let one_of = schema["oneOf"].as_array().unwrap().iter();
    one_of.map(|word| ["const", "description"].map(|part| word[part].as_str().unwrap().to_owned()).into()).collect()
}

fn read(text: &str, conditions: &mut Conditions, events: &mut Events) {
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("* Event ") {
            let (head, note) = rest.split_once(": ").unwrap();
            let mut words = head.split(' ');
            let (type_, reason) = (words.next().unwrap(), words.next().unwrap());
            // The page shows the first sentence only. The remedy that follows differs between the types.
            let first = note.split(". ").next().unwrap();
            events
                .entry((days(reason), type_.to_owned()))
                .or_insert_with(|| format!("{}.", first.trim_end_matches('.')));
        } else if let Some((head, message)) = line.split_once(": ")
            && let Some((condition, reason)) = head.split_once(' ')
            && let Some((condition, status)) = condition.split_once('=')
            && let Some(place) = ConditionType::ALL.iter().position(|known| known.as_str() == condition)
        {
            conditions.entry((place, status.to_owned(), days(reason))).or_insert_with(|| message.to_owned());
        }
    }
}

/// Replaces the number of days in a stage's reason with *N*, because users configure the days.
fn days(reason: &str) -> String {
    match reason.split_once("Within").and_then(|(before, rest)| Some((before, rest.strip_suffix("Days")?))) {
        Some((before, number)) if number.bytes().all(|b| b.is_ascii_digit()) => format!("{before}Within*N*Days"),
        _ => reason.to_owned(),
    }
}

fn table(page: &mut String, conditions: &Conditions) {
    page.push_str("| condition | status | reason | says, for example |\n|---|---|---|---|\n");
    for ((place, status, reason), says) in conditions {
        let condition = ConditionType::ALL[*place].as_str();
        writeln!(page, "| {condition} | {status} | {reason} | {} |", cell(says)).unwrap();
    }
}
