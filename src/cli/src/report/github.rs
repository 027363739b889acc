//! Writes the report as workflow commands of GitHub Actions. GitHub shows them as annotations beside the changed lines.
//!
//! GitHub shows at most ten errors, ten warnings and ten notices for each step. The worst findings come first. Findings
//! beyond these limits appear in the log as plain text.

use std::io::{self, Write};

use super::{Diagnostic, Gate, Origin, Report, ReportedFinding, Summary};
use crate::source::SourceLocation;
use lapsewatch_core::api::Severity;
use lapsewatch_core::sanitize::sanitize;

/// The maximum number of annotations that GitHub shows for each command (error, warning, notice) in one step.
const MOST: usize = 10;

/// One annotation of a workflow run.
struct Annotation {
    command: &'static str,
    place: Option<SourceLocation>,
    title: String,
    message: String,
}

/// Writes the report.
///
/// # Errors
/// Returns an error if the report can't be written.
pub fn write(report: &Report, gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    let problems = report.problems.iter().map(|one| of_problem("error", "cannot be read", one));
    let not_compared = report.not_compared.iter().map(|one| of_problem("error", "could not be compared", one));
    let findings = ReportedFinding::all(report, gate).into_iter().map(|one| of_finding(&one));
    let skipped = report.skipped.iter().map(|one| of_problem("notice", "skipped", one));
    // One notice is reserved for the summary at the end.
    let mut room = [("error", MOST), ("warning", MOST), ("notice", MOST - 1)];
    let mut beyond = 0;
    for annotation in problems.chain(not_compared).chain(findings).chain(skipped) {
        let of_command = room.iter_mut().find(|(command, _)| *command == annotation.command);
        match of_command.filter(|(_, left)| *left > 0) {
            Some((_, left)) => {
                *left -= 1;
                annotation.write(out)?;
            }
            None => {
                beyond += 1;
                annotation.write_plain(out)?;
            }
        }
    }
    let more = if beyond == 0 { String::new() } else { format!("; {beyond} more stand in the log") };
    let summary = Summary::from_report(report, gate);
    let message = format!("{summary}: {}{more}", summary.verdict());
    let title = format!("lapsewatch {}", report.command);
    Annotation { command: "notice", place: None, title, message }.write(out)
}

fn of_finding(finding: &ReportedFinding<'_>) -> Annotation {
    let command = match finding.severity {
        _ if finding.fails => "error",
        Severity::Critical | Severity::Warning => "warning",
        Severity::Notice | Severity::None => "notice",
    };
    let place = place(finding.origin);
    let runbook = finding.runbook_url.map(|url| format!("runbook: {url}"));
    let contact = finding.contact.map(|contact| format!("contact: {contact}"));
    let to_do = Some(finding.remedy).filter(|text| !text.is_empty()).map(|text| format!("to do: {text}"));
    let texts = [Some(finding.message.to_string()), Some(finding.impact.to_owned()), to_do, runbook, contact];
    let texts: Vec<String> = texts.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    let title = format!("{} {}: {}", finding.kind, finding.key, finding.reason);
    // Line breaks inside a text are removed, so that each text of the message is exactly one line.
    let message = texts.iter().map(|text| sanitize(text)).collect::<Vec<_>>().join("\n");
    Annotation { command, place, title, message }
}

fn place(origin: &Origin) -> Option<SourceLocation> {
    match origin {
        Origin::Manifest(place) => Some(place.clone()),
        Origin::Cluster(_) => None,
    }
}

fn of_problem(command: &'static str, what: &str, problem: &Diagnostic) -> Annotation {
    let title = match &problem.object {
        Some((kind, key)) => format!("{kind} {key}: {what}"),
        None => format!("a manifest {what}"),
    };
    let message = sanitize(&problem.message).into_owned();
    Annotation { command, place: place(&problem.origin), title, message }
}

impl Annotation {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "::{} ", self.command)?;
        // The standard input is not a file in the repository, so no line can be annotated.
        if let Some(place) = self.place.as_ref().filter(|place| !place.is_stdin()) {
            write!(out, "file={},", property(&place.path()))?;
            if let Some(line) = place.line {
                write!(out, "line={line},")?;
            }
        }
        writeln!(out, "title={}::{}", property(&self.title), data(&self.message))
    }

    fn write_plain(&self, out: &mut dyn Write) -> io::Result<()> {
        let place = self.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        let line = format!("{place}{}: {}", self.title, self.message.replace('\n', "; "));
        // A workflow command begins with `::`. This line begins with a word, so text from the input can't form a
        // command.
        writeln!(out, "{} {}", self.command, sanitize(&line))
    }
}

/// Escapes a message as `escapeData` in GitHub's actions/toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property as `escapeProperty` in GitHub's actions/toolkit does.
fn property(text: &str) -> String {
    data(&sanitize(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_ends_its_command_or_begins_another() {
        let hostile = "a,line=1::x\r\n::error::y %0A##[error]z";
        let place = SourceLocation { file: hostile.into(), line: Some(3), item: None };
        let annotation =
            Annotation { command: "error", place: Some(place), title: hostile.into(), message: hostile.into() };
        let mut out = Vec::new();
        annotation.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "::error file=a%2Cline=1%3A%3Ax??%3A%3Aerror%3A%3Ay %250A##(error]z,line=3,\
             title=a%2Cline=1%3A%3Ax??%3A%3Aerror%3A%3Ay %250A##(error]z::a,line=1::x%0D%0A::error::y %250A##[error]z\n"
        );
        let mut out = Vec::new();
        annotation.write_plain(&mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 1);
    }
}
