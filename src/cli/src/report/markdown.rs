//! Writes the report as a comment for a merge request: counts, a table of findings, and the details of each finding.
//!
//! All text from the input is placed in code, so that Markdown, HTML, links and mentions have no effect.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::table::{block, expires};
use super::{Diagnostic, Gate, Origin, Report, ReportedCredential, ReportedFinding, ReportedTenant, Summary};
use crate::terminal::Paint;
use lapsewatch_core::api::Severity;
use lapsewatch_core::sanitize::sanitize;

/// The maximum length in bytes. GitHub limits a comment to 65,536 characters. A character has at least one byte, so a
/// limit in bytes suffices.
const MOST: usize = 65_000;
/// The maximum length of the table in bytes, which leaves room for the details of the worst findings.
const MOST_OF_TABLE: usize = 25_000;
/// The maximum length of the list of parts that could not be read, in bytes.
const MOST_OF_PROBLEMS: usize = 15_000;
/// The maximum length of all lists below the table, in bytes.
const MOST_OF_LISTS: usize = 15_000;
/// The number of bytes reserved for the text around a list or a finding: its title, the fence of the code block, and
/// the note on omitted lines.
const FRAME: usize = 300;

/// One row of the table, with the findings shown below the table.
struct MarkdownRow<'a> {
    rank: (bool, Severity),
    row: String,
    origin: &'a Origin,
    findings: Vec<ReportedFinding<'a>>,
}

/// Writes the report.
///
/// # Errors
/// Returns an error if the report can't be written.
pub fn write(report: &Report, gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(text(report, gate).as_bytes())
}

fn text(report: &Report, gate: &Gate) -> String {
    let mut entries: Vec<MarkdownRow<'_>> =
        report.credentials.iter().filter_map(|one| credential(one, report, gate)).collect();
    entries.extend(report.tenants.iter().filter_map(|one| tenant(one, gate)));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.rank));
    let mut text = head(&Summary::from_report(report, gate), report);
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
        // The remaining space is divided equally among the remaining lists, so that a short list leaves more for the
        // next lists.
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

/// Writes the table. Rows beyond [`MOST_OF_TABLE`] bytes are left out.
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

/// Writes the findings of each object in the layout of the terminal output, until the comment has its maximum length.
fn details(entries: &[MarkdownRow<'_>], text: &mut String) {
    let mut left = entries.len();
    for entry in entries {
        let Some(first) = entry.findings.first() else {
            left -= 1;
            continue;
        };
        let mut said = Vec::new();
        // Writing to a vector can't fail. The text is written to a vector first, because its length decides whether
        // there is room for it.
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

/// Formats problems, each on a line.
fn lines(problems: &[Diagnostic]) -> Vec<String> {
    problems.iter().map(Diagnostic::to_string).collect()
}

/// Writes a list with one line for each item. The lines, the title and the fence of the code block have at most `most`
/// bytes together.
fn list(title: &str, items: &[String], most: usize, text: &mut String) {
    if items.is_empty() {
        return;
    }
    let mut lines = String::new();
    let (mut left, mut longest) = (items.len(), 0);
    for item in items {
        let line = sanitize(item);
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
        row: row([&object, type_, one.state().unwrap_or("-"), severity.as_str(), &expires, yes_or_no(passes)]),
        origin: &one.origin,
        findings: ReportedFinding::of_credential(one, report, gate),
    })
}

fn tenant<'a>(one: &'a ReportedTenant, gate: &Gate) -> Option<MarkdownRow<'a>> {
    let passes = gate.passes_tenant(one);
    let severity = one.status.severity.unwrap_or_default();
    // The credentials of the tenant have rows of their own.
    let findings = ReportedFinding::of_tenant(one, gate);
    if findings.is_empty() {
        return None;
    }
    let next =
        one.status.next_deadline.as_ref().map_or("-".to_owned(), |next| lapsewatch_core::messages::at(next.time));
    let object = object(&one.origin, &one.key.to_string());
    Some(MarkdownRow {
        rank: (!passes, severity),
        row: row([&object, "MDMTenant", one.state().unwrap_or("-"), severity.as_str(), &next, yes_or_no(passes)]),
        origin: &one.origin,
        findings,
    })
}

fn yes_or_no(passes: bool) -> &'static str {
    if passes { "yes" } else { "**no**" }
}

fn row(cells: [&str; 6]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Formats the object's name, with the context if several contexts were queried.
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

/// Formats a text as a code span that is also valid in a table cell.
fn code(text: &str) -> String {
    // A pipe ends a table cell even in code (GitHub Flavored Markdown, "Tables"), so it is escaped. Backticks are
    // replaced, because several backticks around the text would be hard to read.
    let text = sanitize(text).replace('`', "'").replace('|', "\\|");
    format!("`{text}`")
}

/// Formats lines as a code block, with a fence longer than any run of backticks in the text.
fn fenced(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}text\n{text}\n{fence}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// Formats the URL of a runbook as a link. The API allows only ASCII characters in this URL.
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
