//! `lapsewatch check`: the same engine without a cluster. Manifests in, what the operator would say of them out.

mod credentials;
mod table;
mod tenants;

use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};

use crate::api::tenant_status::{MISSING, TenantNotification};
use crate::api::{Key, Severity, TenantCredentialSpec, TenantCredentialStatus};
use crate::args::CheckArgs;
use crate::exit::{ATTENTION, FAILED, FINE};
use crate::manifests::{self, Place, Problem};
use tenants::CheckedTenant;

/// What the operator would say of one TenantCredential.
struct Checked {
    place: Place,
    key: Key,
    spec: TenantCredentialSpec,
    status: TenantCredentialStatus,
}

/// One whose Secret is not among what was given, with what the cluster said of it, if it was asked.
struct Unread {
    key: Key,
    spec: TenantCredentialSpec,
    previous: TenantCredentialStatus,
}

/// What came of all that was given.
#[derive(Default)]
struct Report {
    /// Sorted by namespace and name.
    checked: Vec<Checked>,
    /// Likewise.
    tenants: Vec<CheckedTenant>,
    /// TenantCredentials without their Secret, and why.
    skipped: Vec<Problem>,
    /// What could not be read or understood.
    problems: Vec<Problem>,
    /// Parts of folders that are no manifests.
    passed_over: Vec<Problem>,
}

impl Report {
    fn code(&self) -> u8 {
        let attention = |checked: &Checked| checked.status.severity.unwrap_or_default() >= Severity::Warning;
        let is_missing = self.tenants.iter().any(|tenant| own(tenant).next().is_some());
        match self {
            _ if !self.problems.is_empty() || self.checked.is_empty() && !is_missing => FAILED,
            _ if is_missing || self.checked.iter().any(attention) => ATTENTION,
            _ => FINE,
        }
    }
}

/// What is said of a tenant itself, and not of one of its credentials.
fn own(tenant: &CheckedTenant) -> impl Iterator<Item = &TenantNotification> {
    tenant.status.notifications.iter().filter(|said| said.reason == MISSING)
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
    table::write(&report, out).and_then(|()| out.flush()).or_else(closed)?;
    Ok(report.code())
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
    if report.checked.is_empty() && report.skipped.is_empty() && report.problems.is_empty() {
        writeln!(err, "nothing was checked: there is no TenantCredential in what was given")?;
    } else if report.checked.is_empty() {
        writeln!(err, "nothing was checked")?;
    }
    err.flush()
}

fn check(args: &CheckArgs, now: DateTime<Utc>, stdin: &mut dyn Read) -> Report {
    let mut objects = manifests::read(&args.paths, stdin);
    let mut report = Report::default();
    let tenants = tenants::take(&mut objects);
    let mut credentials = credentials::read(&mut objects, &mut report);
    report.checked = credentials.assess(&tenants, now);
    report.tenants = tenants.assess(&report.checked, &credentials.unread, now);
    Report { problems: objects.problems, passed_over: objects.passed_over, ..report }
}
