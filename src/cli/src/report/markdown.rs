//! The result as the comment of a merge request: counts, a table of what needs attention, and the details of each.
//!
//! Whatever the input could have written stands in code, where Markdown, HTML, links and mentions mean nothing.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::table::{block, expires};
use super::{Diagnostic, Gate, Origin, Report, ReportedCredential, ReportedFinding, ReportedTenant, Summary};
use crate::terminal::Paint;
use lapsewatch_core::api::Severity;
use lapsewatch_core::sanitize::harmless;

/// GitHub takes 65,536 characters for a comment; a byte is no more than one.
const MOST: usize = 65_000;
/// What the table may take of it, so that there is room for the details of the worst.
const MOST_OF_TABLE: usize = 25_000;
/// What is kept for what was not read.
const MOST_OF_PROBLEMS: usize = 15_000;
/// What the lists below the table share.
const MOST_OF_LISTS: usize = 15_000;
/// What stands around the lines of a list: its title, its fence and how many are left out.
const FRAME: usize = 300;

/// One row of the table, and what is said below it.
struct MarkdownRow<'a> {
    rank: (bool, Severity),
    row: String,
    origin: &'a Origin,
    findings: Vec<ReportedFinding<'a>>,
}

/// Writes it.
///
/// # Errors
/// When it can't be written.
pub fn write(report: &Report, gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(text(report, gate).as_bytes())
}

fn text(report: &Report, gate: &Gate) -> String {
    let mut entries: Vec<MarkdownRow<'_>> =
        report.credentials.iter().filter_map(|one| credential(one, report, gate)).collect();
    entries.extend(report.tenants.iter().filter_map(|one| tenant(one, gate)));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.rank));
    let mut text = head(&Summary::of(report, gate), report);
    list("Could not be read", &lines(&report.problems), MOST_OF_PROBLEMS, &mut text);
    rows(&entries, &mut text);
    let changes = report.changes.iter();
    let changes = changes.map(|one| format!("{}: {}: {}", one.key, one.reason.as_str(), one.message)).collect();
    let lists = [
        ("Not compared", lines(&report.not_compared)),
        ("Changed", changes),
        ("Removed", lines(&report.removed)),
        ("Skipped", lines(&report.skipped)),
        ("Notes", lines(&report.notes)),
    ];
    let mut still = lists.iter().filter(|(_, items)| !items.is_empty()).count();
    let mut room = MOST_OF_LISTS;
    for (title, items) in lists.iter().filter(|(_, items)| !items.is_empty()) {
        let before = text.len();
        // What one of them does not need is the next one's.
        list(title, items, room / still, &mut text);
        room = room.saturating_sub(text.len() - before);
        still -= 1;
    }
    details(&entries, &mut text);
    text
}

fn head(summary: &Summary, report: &Report) -> String {
    let by = summary.by_severity;
    format!(
        "### lapsewatch {}: {}\n\n{summary}: {} Critical, {} Warning, {} Notice, {} without anything to say, at {}.\n",
        report.command,
        summary.verdict(),
        by.critical,
        by.warning,
        by.notice,
        by.none,
        lapsewatch_core::messages::at(report.at),
    )
}

/// The table.
fn rows(entries: &[MarkdownRow<'_>], text: &mut String) {
    if entries.is_empty() {
        return;
    }
    text.push_str("\n| Object | Type | State | Severity | Expires | Passes |\n|---|---|---|---|---|---|\n");
    let end = text.len() + MOST_OF_TABLE;
    let mut left = entries.len();
    for entry in entries {
        if text.len() + entry.row.len() > end {
            break;
        }
        text.push_str(&entry.row);
        left -= 1;
    }
    left_out(left, text);
}

/// What is said of each, as the terminal shows it.
fn details(entries: &[MarkdownRow<'_>], text: &mut String) {
    let mut left = entries.len();
    for entry in entries {
        let Some(first) = entry.findings.first() else {
            left -= 1;
            continue;
        };
        let mut said = Vec::new();
        // Only its end says how much there is, and a vector takes all of it.
        let _ = block(&entry.findings, Paint::default(), &mut said);
        let said = String::from_utf8_lossy(&said);
        let mut part = format!(
            "\n<details><summary>{} <code>{}</code>: {}</summary>\n\n{}\n\n{}",
            first.kind,
            first.key,
            first.reason,
            place(entry.origin),
            fenced(said.trim_end()),
        );
        if let Some(url) = entry.findings.iter().find_map(|finding| finding.runbook_url) {
            let _ = write!(part, "\nRunbook: {}\n", link(url));
        }
        part.push_str("\n</details>\n");
        if text.len() + part.len() + FRAME > MOST {
            break;
        }
        text.push_str(&part);
        left -= 1;
    }
    left_out(left, text);
}

/// Problems, each on a line.
fn lines(problems: &[Diagnostic]) -> Vec<String> {
    problems.iter().map(Diagnostic::to_string).collect()
}

/// One line each, which with all around them take no more than `most`.
fn list(title: &str, items: &[String], most: usize, text: &mut String) {
    if items.is_empty() {
        return;
    }
    let mut lines = String::new();
    let (mut left, mut longest) = (items.len(), 0);
    for item in items {
        let line = harmless(item);
        longest = longest.max(longest_run(&line));
        if FRAME + lines.len() + line.len() + 2 * longest > most {
            break;
        }
        lines.push_str(&line);
        lines.push('\n');
        left -= 1;
    }
    let _ = write!(text, "\n**{title}: {}**\n", items.len());
    if !lines.is_empty() {
        let _ = write!(text, "\n{}", fenced(lines.trim_end()));
    }
    left_out(left, text);
}

fn left_out(many: usize, text: &mut String) {
    if many > 0 {
        let _ = write!(text, "\n{many} more are left out here, for want of room.\n");
    }
}

fn credential<'a>(one: &'a ReportedCredential, report: &Report, gate: &Gate) -> Option<MarkdownRow<'a>> {
    let passes = gate.passes(one, report.at);
    let severity = one.status.severity.unwrap_or_default();
    if passes && severity == Severity::None {
        return None;
    }
    let (type_, expires) = (one.spec.type_.as_str(), expires(one));
    let object = object(&one.origin, &one.key.to_string());
    Some(MarkdownRow {
        rank: (!passes, severity),
        row: row([&object, type_, one.state().unwrap_or("-"), severity.as_str(), &expires, mark(passes)]),
        origin: &one.origin,
        findings: ReportedFinding::of_credential(one, report, gate),
    })
}

fn tenant<'a>(one: &'a ReportedTenant, gate: &Gate) -> Option<MarkdownRow<'a>> {
    let passes = gate.passes_tenant(one);
    let severity = one.status.severity.unwrap_or_default();
    // Of its credentials is told by themselves.
    let findings = ReportedFinding::of_tenant(one, gate);
    if findings.is_empty() {
        return None;
    }
    let next =
        one.status.next_deadline.as_ref().map_or("-".to_owned(), |next| lapsewatch_core::messages::at(next.time));
    let object = object(&one.origin, &one.key.to_string());
    Some(MarkdownRow {
        rank: (!passes, severity),
        row: row([&object, "MDMTenant", one.state().unwrap_or("-"), severity.as_str(), &next, mark(passes)]),
        origin: &one.origin,
        findings,
    })
}

fn mark(passes: bool) -> &'static str {
    if passes { "yes" } else { "**no**" }
}

fn row(cells: [&str; 6]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Its name; with the context where several were asked.
fn object(origin: &Origin, key: &str) -> String {
    match origin {
        Origin::Cluster(Some(context)) => format!("{} {}", code(context), code(key)),
        _ => code(key),
    }
}

fn place(origin: &Origin) -> String {
    match origin {
        Origin::Manifest(place) => code(&place.to_string()),
        Origin::Cluster(Some(context)) => format!("context {}", code(context)),
        Origin::Cluster(None) => String::new(),
    }
}

/// A text as a code span, also in a table.
fn code(text: &str) -> String {
    // A line of the table ends at a pipe, in code too, and a longer fence is as good as none to a reader.
    let text = harmless(text).replace('`', "'").replace('|', "\\|");
    format!("`{text}`")
}

/// Lines as a block of code, whose fence is longer than any within.
fn fenced(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}text\n{text}\n{fence}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// The URL of a runbook, whose letters the API limits to those of ASCII.
fn link(url: &str) -> String {
    let mut safe = String::new();
    for byte in url.bytes() {
        match byte {
            b'<' | b'>' | b'`' | b'|' | b'"' | b'\\' | b'*' | b'[' | b']' => {
                let _ = write!(safe, "%{byte:02X}");
            }
            b'!'..=b'~' => safe.push(char::from(byte)),
            _ => {}
        }
    }
    format!("<{safe}>")
}
