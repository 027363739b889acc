//! A process that a test runs, its log, and what it is asked by HTTP.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use regex::Regex;

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// Tries until there is an answer.
#[track_caller]
pub fn await_some<T>(what: &str, mut get: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(got) = get() {
            return got;
        }
        assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} for {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A server on a port of its own choice. It ends when it is dropped.
pub struct Process {
    child: Child,
    log: PathBuf,
    /// Where it listens.
    pub address: String,
}

impl Process {
    /// Starts it, and waits until its log tells where it listens: what `address` captures.
    pub fn start(command: &mut Command, log: &Path, address: &str) -> Self {
        let file = File::create(log).unwrap();
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut process = Self { child, log: log.to_owned(), address: String::new() };
        let address = Regex::new(address).unwrap();
        process.address = await_some("an address in the log", || {
            let ended = process.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended:\n{}", process.log());
            Some(address.captures(&process.log())?[1].to_owned())
        });
        process
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Its answer to a GET; none where it does not answer.
    pub fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // Of HTTP/1.0, so that the answer comes in one piece.
        write!(stream, "GET {path} HTTP/1.0\r\nhost: {}\r\n\r\n", self.address).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer.split_once("\r\n\r\n")?.1.to_owned())
    }

    /// Ends it as Kubernetes does, and waits until it has ended.
    pub fn stop(mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        let ended = await_some("its end", || self.child.try_wait().unwrap());
        assert!(ended.success(), "{ended}:\n{}", self.log());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
