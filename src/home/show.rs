//! What was judged, in the form that was asked for.

use std::fmt::Write as _;
use std::io;

use chrono::{DateTime, Utc};

use super::page::{self, Look};
use super::{Judged, calendar, select};
use crate::api::Severity;
use crate::args::{StatusArgs, StatusFormat};
use crate::report::{Gate, Report};
use crate::terminal::Paint;

/// What goes to the output, what goes beside it, and the exit code.
///
/// # Errors
/// Never, but for what writes into memory.
pub fn show(
    args: &StatusArgs,
    mut judged: Judged,
    now: DateTime<Utc>,
    is_coloured: bool,
) -> io::Result<(String, String, u8)> {
    let gate = Gate { fail_on: args.fail_on };
    let code = gate.code(&report(&judged));
    let complaints = complaints(args, &judged);
    if args.min_severity > Severity::None {
        select::at_least(args.min_severity, &mut judged);
    }
    let look = |is_wide| Look { is_wide, paint: Paint::new(is_coloured), now };
    let page = match args.output {
        StatusFormat::Table => page::page(&judged, look(false))?,
        StatusFormat::Wide => page::page(&judged, look(true))?,
        StatusFormat::Ics => calendar::calendar(&judged.rows, now),
        StatusFormat::Json | StatusFormat::Yaml | StatusFormat::Markdown => String::new(),
    };
    Ok((page, complaints, code))
}

/// In the shape that all commands have.
fn report(judged: &Judged) -> Report {
    Report {
        credentials: judged.rows.iter().map(|row| row.credential.clone()).collect(),
        tenants: judged.tenants.clone(),
        problems: judged.problems.clone(),
        ..Report::default()
    }
}

fn complaints(args: &StatusArgs, judged: &Judged) -> String {
    let mut text = String::new();
    for problem in &judged.problems {
        let _ = writeln!(text, "error: {problem}");
    }
    for note in &judged.notes {
        let _ = writeln!(text, "note: {note}");
    }
    if judged.rows.is_empty() && judged.problems.is_empty() {
        let place = match (args.all_namespaces, args.namespaces.as_slice()) {
            (true, _) => "in any namespace".to_owned(),
            (false, []) => "in the context's namespace; all namespaces are shown with -A".to_owned(),
            (false, names) => format!("in {}", names.join(", ")),
        };
        let such = if args.tenants.is_empty() && args.types.is_empty() { "" } else { " of what was asked for" };
        let _ = writeln!(text, "there is no TenantCredential{such} {place}");
    }
    text
}
