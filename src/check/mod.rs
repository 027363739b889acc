//! `lapsewatch check`: the same engine without a cluster. Manifests in, what the operator would say of them out.

mod credentials;
mod tenants;

use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};

use crate::api::{Key, TenantCredentialSpec, TenantCredentialStatus};
use crate::args::CheckArgs;
use crate::manifests;
use crate::report::{self, Gate, Report};

/// One whose Secret is not among what was given, with what the cluster said of it, if it was asked.
struct Unread {
    key: Key,
    spec: TenantCredentialSpec,
    previous: TenantCredentialStatus,
}

/// Checks what `args` names, and gives the exit code. `now` is the clock's time, which `--at` goes before.
///
/// # Errors
/// When the result can't be written. A reader who has seen enough, as `head` has, is no error.
pub fn run(
    args: &CheckArgs,
    now: DateTime<Utc>,
    stdin: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let report = check(args, args.at.unwrap_or(now), stdin);
    complain(&report, err).or_else(closed)?;
    report::table(&report, out).and_then(|()| out.flush()).or_else(closed)?;
    Ok(Gate::default().code(&report))
}

fn closed(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

fn complain(report: &Report, err: &mut dyn Write) -> io::Result<()> {
    for problem in &report.problems {
        writeln!(err, "error: {problem}")?;
    }
    for passed_over in &report.passed_over {
        writeln!(err, "passed over {passed_over}")?;
    }
    for skipped in &report.skipped {
        writeln!(err, "skipped {skipped}")?;
    }
    if report.credentials.is_empty() && report.skipped.is_empty() && report.problems.is_empty() {
        writeln!(err, "nothing was checked: there is no TenantCredential in what was given")?;
    } else if report.credentials.is_empty() {
        writeln!(err, "nothing was checked")?;
    }
    err.flush()
}

fn check(args: &CheckArgs, now: DateTime<Utc>, stdin: &mut dyn Read) -> Report {
    let mut objects = manifests::read(&args.paths, stdin);
    let mut report = Report::default();
    let tenants = tenants::take(&mut objects);
    let mut credentials = credentials::read(&mut objects, &mut report);
    report.credentials = credentials.assess(&tenants, now);
    report.tenants = tenants.assess(&report.credentials, &credentials.unread, now);
    Report { problems: objects.problems, passed_over: objects.passed_over, ..report }
}
