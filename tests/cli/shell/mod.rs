//! Tests the command line in shells, in kubectl and in a terminal: examples, completions, manual pages and the kubectl
//! plugin.

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

/// The path of the binary under test.
const LAPSEWATCH: &str = env!("CARGO_BIN_EXE_lapsewatch");

/// Returns the root folder of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a program and returns its output. Panics if the program fails.
#[track_caller]
fn output(command: &mut Command) -> String {
    let (code, out, err) = ran(command);
    assert_eq!(code, 0, "{command:?}\n{out}\n{err}");
    out
}

/// Runs a program and returns its exit code, standard output and standard error.
#[track_caller]
fn ran(command: &mut Command) -> (i32, String, String) {
    let ran = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ran.status.code().expect("ended by a signal"), text(ran.stdout), text(ran.stderr))
}

/// True if a program is on the PATH. Tests that need an optional program are skipped if the program is missing.
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if !is_there {
        eprintln!("not tried: {program} is not installed here");
    }
    is_there
}

/// Creates a folder with kubectl and with links of these names to the binary. Returns the folder and a PATH that begins
/// with this folder.
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

/// Returns the path of the kubectl that the tests with an API server use.
fn kubectl() -> &'static Path {
    static ASSETS: OnceLock<PathBuf> = OnceLock::new();
    ASSETS.get_or_init(|| built("tests/control-plane/build", &[]).join("kubectl"))
}

/// Runs a build script of the repository and returns the folder that the script prints.
fn built(script: &str, args: &[&str]) -> PathBuf {
    let script = root().join(script);
    let built = Command::new(&script).args(args).stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    assert!(built.status.success(), "{} failed", script.display());
    PathBuf::from(String::from_utf8(built.stdout).unwrap().trim_end())
}

/// Returns a kubectl command without the user's settings.
fn run_kubectl(path: &OsStr, home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("kubectl");
    command.env("PATH", path).env("HOME", home).env_remove("KUBECONFIG").env("KUBECTL_KUBERC", "false");
    command.current_dir(root()).args(args);
    command
}
