//! Runs `lapsewatch` in a pseudoterminal with tests/fixtures as the working directory.

use std::path::Path;
use std::process::Command;

use rexpect::session::{PtySession, spawn_command};

/// Starts `lapsewatch` in a new pseudoterminal. Reads time out after 30 seconds.
pub fn at_a_terminal(args: &[&str]) -> PtySession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lapsewatch"));
    command.args(args).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"));
    spawn_command(command, Some(30_000)).unwrap()
}

/// Waits until the program ends. Returns the rest of the terminal output and the exit code.
pub fn end(mut session: PtySession) -> (String, i32) {
    let shown = session.exp_eof().unwrap();
    // The type of the status can't be named here, so its debug text is parsed: `Exited(Pid(7), 0)`.
    let status = format!("{:?}", session.process().wait().unwrap());
    let code = status.strip_prefix("Exited(").and_then(|rest| rest.rsplit_once(", ")?.1.strip_suffix(')'));
    (shown, code.unwrap_or_else(|| panic!("{status}")).parse().unwrap())
}
