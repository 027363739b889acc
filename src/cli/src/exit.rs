//! Exit codes. Every command that assesses credentials uses the same codes.

use std::io;

/// The command succeeded, and nothing needs attention.
pub const FINE: u8 = 0;
/// At least one finding needs attention.
pub const ATTENTION: u8 = 1;
/// At least one input could not be read or assessed, or there was nothing to assess.
pub const FAILED: u8 = 2;
/// `run` ended because of a defect of lapsewatch itself (EX_SOFTWARE of sysexits.h). Start `run` again.
pub const DEFECT: u8 = 70;

/// Turns the error of a closed pipe into success. A reader such as `head` closes the pipe after the lines that it
/// needs.
///
/// # Errors
/// Returns every error except a closed pipe.
pub fn accept_closed_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
