//! `lapsewatch inspect` shows what the credential in local files is: its identity, its expiry and its use. No manifest
//! is needed.

pub mod json;
mod text;

use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};

use crate::args::{InspectArgs, InspectFormat};
use crate::exit::{self, ATTENTION, FAILED, FINE};
use crate::local_files::{self, LocalAssessment, LocalCredential};
use lapsewatch_core::api::{Failure, Severity};

/// The result of an inspection.
struct Inspection {
    /// The time of the assessment.
    at: DateTime<Utc>,
    /// The files that were read.
    in_hand: LocalCredential,
    /// A sentence for each file that could not be read or has an unknown content.
    problems: Vec<String>,
    /// The credential, or the reason why the files contain none. None if no file could be read.
    look: Option<Result<LocalAssessment, Failure>>,
}

/// Inspects the files that `args` names, writes the result, and returns the exit code.
///
/// `now` is the time of the clock; `--at` takes precedence.
///
/// # Errors
/// If the result can't be written. A reader that closes the pipe early, such as `head`, causes no error.
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
    exit::accept_closed_pipe(written.and_then(|()| out.flush()))?;
    Ok(inspection.code())
}

fn inspect(args: &InspectArgs, now: DateTime<Utc>, stdin: &mut dyn Read) -> Inspection {
    let (mut in_hand, mut problems) = local_files::gather(&args.files, args.password_file.as_deref(), stdin);
    let look = (!in_hand.paths.is_empty()).then(|| local_files::look(&mut in_hand, args.type_, now, local_files::spec));
    if let Some(Ok(_)) = &look {
        // Only if a credential was found: otherwise the failure already describes the problem of each file.
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
