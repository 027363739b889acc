//! What a shell, kubectl and a reader at a terminal have of the command line: examples that are right, completions,
//! manual pages, the plugin.

mod completions;
mod examples;
mod krew;
mod man;
mod plugin;
mod start;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The binary.
const LAPSEWATCH: &str = env!("CARGO_BIN_EXE_lapsewatch");

/// The project's own folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a program prints; the test fails where it does.
#[track_caller]
fn output(command: &mut Command) -> String {
    let (code, out, err) = ran(command);
    assert_eq!(code, 0, "{command:?}\n{out}\n{err}");
    out
}

/// Its exit code, its output and what it complains of.
#[track_caller]
fn ran(command: &mut Command) -> (i32, String, String) {
    let ran = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().expect("ended by a signal"), text(ran.stdout), text(ran.stderr))
}

/// Whether a program is on the PATH. What only some machines have is tried where it is.
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !is_there {
        eprintln!("not tried: {program} is not installed here");
    }
    is_there
}

/// A folder with kubectl and, where asked for, the plugin, under its own name and as kubectl looks for it; and the PATH
/// that has it first.
fn with_kubectl(names: &[&str]) -> (TempDir, std::ffi::OsString) {
    let folder = TempDir::new().unwrap();
    std::os::unix::fs::symlink(kubectl(), folder.path().join("kubectl")).unwrap();
    for name in names {
        // Not with fs::copy: a process that another test starts meanwhile would hold the file open for writing (ETXTBSY).
        assert!(Command::new("cp").arg(LAPSEWATCH).arg(folder.path().join(name)).status().unwrap().success());
    }
    let before = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([folder.path().to_owned()].into_iter().chain(std::env::split_paths(&before)));
    (folder, path.unwrap())
}

/// The kubectl that the tests of the API server use.
fn kubectl() -> &'static Path {
    static ASSETS: OnceLock<PathBuf> = OnceLock::new();
    ASSETS.get_or_init(|| built("tests/control-plane/build", &[]).join("kubectl"))
}

/// The folder that one of the project's scripts builds, once, and names.
fn built(script: &str, args: &[&str]) -> PathBuf {
    let script = root().join(script);
    let built = Command::new(&script).args(args).stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    assert!(built.status.success(), "{} failed", script.display());
    PathBuf::from(String::from_utf8(built.stdout).unwrap().trim_end())
}

/// kubectl, with nothing of the user's own settings.
fn run_kubectl(path: &OsStr, home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("kubectl");
    command.env("PATH", path).env("HOME", home).env_remove("KUBECONFIG").env("KUBECTL_KUBERC", "false");
    command.current_dir(root()).args(args);
    command
}
