//! Runs the entry point as the image's user, in a root folder that contains only the image's files.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::image::archive::Archive;

pub struct Root {
    folder: TempDir,
}

/// The result of a run.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A process that is still running.
pub struct Running(Child);

impl Root {
    pub fn of(archive: &Archive) -> Self {
        let folder = tempfile::tempdir().unwrap();
        archive.image("amd64").unpack(folder.path());
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Adds a file, as a volume would.
    pub fn add(&self, name: &str, content: &[u8]) {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        // Without root's permissions, a user namespace with one user makes it possible to change the root folder.
        let privileged = crate::image::output(Command::new("id").arg("-u")) == "0";
        let mut command = Command::new(if privileged { "chroot" } else { "unshare" });
        match privileged {
            true => command.arg("--userspec=65532:65532").arg(self.folder.path()),
            false => command.arg("--map-root-user").arg(format!("--root={}", self.folder.path().display())),
        };
        command.arg("/lapsewatch").args(args).env_clear().env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        command
    }

    pub fn run(&self, args: &[&str], stdin: &str) -> Ran {
        ran(&mut self.command(args), stdin)
    }

    pub fn start(&self, args: &[&str]) -> Running {
        Running(self.command(args).stdin(Stdio::null()).spawn().unwrap())
    }
}

/// Runs the same command with the binary of these tests.
pub fn here(args: &[&str], stdin: &str) -> Ran {
    ran(Command::new(env!("CARGO_BIN_EXE_lapsewatch")).args(args).env_clear(), stdin)
}

fn ran(command: &mut Command, stdin: &str) -> Ran {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The process may end before it has read the whole input.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

impl Running {
    /// Sends SIGTERM, as a kubelet does, and returns the exit code.
    pub fn end(mut self) -> Option<i32> {
        // chroot and unshare replace themselves with the program, so the process ID is the program's.
        crate::image::output(Command::new("kill").args(["-TERM", &self.0.id().to_string()]));
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The process still runs if the test failed earlier.
        let _ = self.0.kill();
    }
}
