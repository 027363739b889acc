//! `lapsewatch check` assesses manifests without a cluster and reports the findings that the operator would publish.

mod comparison;

use std::io::{self, BufWriter, Read, Write};

use chrono::{DateTime, Utc};

use crate::args::{CheckArgs, CheckOutput};
use crate::exit;
use crate::manifests;
use crate::offline::{credentials, previous, tenants};
use crate::report::{self, Diagnostic, Report, Summary};
use crate::terminal::Paint;
use comparison::Comparison;

/// Checks the input that `args` names, writes the result, and returns the exit code.
///
/// `now` is the time of the clock; `--at` takes precedence. `paint` colors the table.
///
/// # Errors
/// If the result can't be written. A reader that closes the pipe early, such as `head`, causes no error.
pub fn run(
    args: &CheckArgs,
    now: DateTime<Utc>,
    paint: Paint,
    stdin: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let report = check(args, args.at.unwrap_or(now), stdin);
    let gate = args.gate();
    let mut out = BufWriter::new(out);
    exit::accept_closed_pipe(complain(&report, args, err))?;
    let written = match args.output {
        CheckOutput::Table => report::table(&report, &gate, paint, &mut out),
        CheckOutput::Json => report::json(&report, &gate, &mut out),
        CheckOutput::Junit => report::junit(&report, &gate, &mut out),
        CheckOutput::Sarif => report::sarif(&report, &gate, &mut out),
        CheckOutput::Github => report::github(&report, &gate, &mut out),
        CheckOutput::Markdown => report::markdown(&report, &gate, &mut out),
    };
    exit::accept_closed_pipe(written.and_then(|()| out.flush()))?;
    Ok(gate.code(&report))
}

/// Writes the problems and notes to standard error. The table shows the counts itself, so the counts are added for the
/// other formats only.
fn complain(report: &Report, args: &CheckArgs, err: &mut dyn Write) -> io::Result<()> {
    let mut err = BufWriter::new(err);
    for problem in &report.problems {
        writeln!(err, "error: {problem}")?;
    }
    for passed_over in &report.passed_over {
        writeln!(err, "passed over {passed_over}")?;
    }
    for skipped in &report.skipped {
        writeln!(err, "skipped {skipped}")?;
    }
    for not_compared in &report.not_compared {
        writeln!(err, "not compared {not_compared}")?;
    }
    for note in &report.notes {
        writeln!(err, "note: {note}")?;
    }
    for removed in &report.removed {
        writeln!(err, "removed {removed}")?;
    }
    if report.credentials.is_empty() && report.skipped.is_empty() && report.problems.is_empty() {
        writeln!(err, "nothing was checked: there is no TenantCredential in what was given")?;
    } else if report.credentials.is_empty() {
        writeln!(err, "nothing was checked")?;
    }
    if args.output != CheckOutput::Table {
        writeln!(err, "{}", Summary::from_report(report, &args.gate()))?;
    }
    err.flush()
}

fn check(args: &CheckArgs, now: DateTime<Utc>, stdin: &mut dyn Read) -> Report {
    if let Some(problem) = previous::is_twice_stdin(&args.paths, &args.previous) {
        return Report { command: "check", at: now, problems: vec![problem.into()], ..Report::default() };
    }
    let before = (!args.previous.is_empty()).then(|| previous::read(&args.previous, stdin, now));
    let mut objects = manifests::read(&args.paths, stdin);
    let mut report = Report { command: "check", at: now, ..Report::default() };
    let removed = before.as_ref().map(|before| before.lend(&mut objects)).unwrap_or_default();
    report.removed = removed.into_iter().map(Diagnostic::from).collect();
    let comparison = before.as_ref().map(|before| Comparison::new(before, &objects));
    let tenants = tenants::take(&mut objects);
    let mut credentials = credentials::read(&mut objects, &mut report);
    credentials.set_aside(&tenants, &mut report);
    objects.passed_over.extend(credentials.without_tenant(&tenants));
    report.credentials = credentials.assess(&tenants, now);
    credentials.unread.extend(tenants.sealed_credentials());
    report.tenants = tenants.assess(&report.credentials, &credentials.unread, now);
    if let Some(comparison) = comparison {
        comparison.add_not_compared(&mut report);
    }
    if let Some(before) = before {
        report.changes = before.changes(&report.credentials);
        report.notes.extend(previous::empty(&args.previous, &before));
        // A problem with a line is a broken manifest of the previous state. The present state may already fix the
        // manifest, so the check does not fail. A problem without a line is a path that can't be read, probably a
        // mistake on the command line, so the check fails.
        let (unread, broken): (Vec<_>, _) = before.problems().iter().cloned().partition(|it| it.place.line.is_none());
        objects.problems.extend(unread);
        objects.passed_over.extend(broken);
        objects.passed_over.extend(before.left_out());
    }
    report.problems = objects.problems.into_iter().map(Diagnostic::from).collect();
    report.passed_over.extend(objects.passed_over.into_iter().map(Diagnostic::from));
    report.skipped.extend(objects.skipped.into_iter().map(Diagnostic::from));
    if args.strict {
        report.problems.append(&mut report.skipped);
    }
    report
}
