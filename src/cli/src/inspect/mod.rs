//! `lapsewatch inspect`: files in hand, no manifest. What is it, whose, until when, and fit for what.

pub mod json;
mod text;

use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};

use crate::args::{InspectArgs, InspectFormat};
use crate::exit::{ATTENTION, FAILED, FINE};
use crate::local_files::{self, LocalAssessment, LocalCredential};
use lapsewatch_core::api::{Failure, Severity};

/// What came of it.
struct Inspection {
    /// The time of which it is said.
    at: DateTime<Utc>,
    /// What was read.
    in_hand: LocalCredential,
    /// What could not be, and why.
    problems: Vec<String>,
    /// What it is, or why that can't be told; none where no file could be read.
    look: Option<Result<LocalAssessment, Failure>>,
}

/// Looks at the files that `args` names, and gives the exit code. `now` is the clock's time, which `--at` goes before.
///
/// # Errors
/// When the result can't be written. A reader who has seen enough, as `head` has, is no error.
pub fn run(
    args: &InspectArgs,
    now: DateTime<Utc>,
    stdin: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let inspection = inspect(args, args.at.unwrap_or(now), stdin);
    for problem in &inspection.problems {
        writeln!(err, "error: {problem}")?;
    }
    if let Some(Err(failure)) = &inspection.look {
        writeln!(err, "error: {}", failure.message)?;
    }
    err.flush()?;
    let written = match args.output {
        InspectFormat::Text => text::write(&inspection, out),
        InspectFormat::Json => json::write(&inspection, out),
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(inspection.code()),
    }
}

fn inspect(args: &InspectArgs, now: DateTime<Utc>, stdin: &mut dyn Read) -> Inspection {
    let (mut in_hand, mut problems) = local_files::gather(&args.files, args.password_file.as_deref(), stdin);
    let look = (!in_hand.paths.is_empty()).then(|| local_files::look(&mut in_hand, args.type_, now, local_files::spec));
    if let Some(Ok(_)) = &look {
        // What is the matter with the files where nothing can be told is in the failure.
        problems.extend(local_files::not_understood(&in_hand));
    }
    Inspection { at: now, in_hand, problems, look }
}

impl Inspection {
    fn code(&self) -> u8 {
        match &self.look {
            Some(Ok(look)) if self.problems.is_empty() => match look.status.severity.unwrap_or_default() {
                Severity::None | Severity::Notice => FINE,
                Severity::Warning | Severity::Critical => ATTENTION,
            },
            _ => FAILED,
        }
    }
}
