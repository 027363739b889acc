//! Tests `lapsewatch verify` by running the binary as users do.

mod against;
mod canary;
mod input;
mod previous;
mod prompt;
mod recipe;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A date on which the fixtures are valid and not within any warning days.
const DAY: &str = "2030-06-15";

/// The result of a run.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    /// Returns the verdict, which is the first line.
    fn first(&self) -> &str {
        self.out.lines().next().unwrap_or_default()
    }

    #[track_caller]
    fn is(&self, code: i32, first: &str) -> &Self {
        assert_eq!((self.code, self.first()), (code, first), "\n{}\n{}", self.out, self.err);
        self
    }

    /// Asserts that the output contains `text`, regardless of line breaks.
    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        let flat = self.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(text), "{text}\n---\n{}", self.out);
        self
    }

    #[track_caller]
    fn says_nothing_of(&self, text: &str) -> &Self {
        assert!(!self.out.contains(text) && !self.err.contains(text), "{text}\n---\n{}\n{}", self.out, self.err);
        self
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Runs `lapsewatch verify` in the folder of the fixtures.
fn verify(args: &[&str], stdin: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
        .arg("verify")
        .args(args)
        .current_dir(fixtures())
        // The test must not use a cluster of the user who runs it.
        .env("KUBECONFIG", "/nowhere")
        .env("HOME", "/nowhere")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A run that does not read the standard input closes the pipe, so the write can fail.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().expect("ended by a signal"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs [`verify`] with the words of a command line on [`DAY`].
fn words(line: &str) -> Ran {
    let mut args: Vec<&str> = line.split_whitespace().collect();
    args.extend(["--at", DAY]);
    verify(&args, "")
}
