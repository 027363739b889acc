//! A process that a test runs, with its log and HTTP requests to it.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use regex::Regex;

/// The limit for an event that must happen.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// Retries until `get` returns a value.
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

/// A server on a port of its own choice. Dropping the value ends the process.
pub struct Process {
    child: Child,
    log: PathBuf,
    /// The address on which the server listens.
    pub address: String,
}

impl Process {
    /// Starts the server, and waits until its log contains the address, which the regular expression `address`
    /// captures.
    pub fn start(command: &mut Command, log: &Path, address: &str) -> Self {
        let file = File::create(log).unwrap();
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut process = Self { child, log: log.to_owned(), address: String::new() };
        let address = Regex::new(address).unwrap();
        process.address = await_some("an address in the log", || {
            let ended = process.child.try_wait().unwrap();
            assert!(ended.is_none(), "the process ended:\n{}", process.log());
            Some(address.captures(&process.log())?[1].to_owned())
        });
        process
    }

    /// Returns the complete log.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Sends a GET request and returns the body. None if the server does not answer.
    pub fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // With HTTP/1.0, the answer is not chunked.
        write!(stream, "GET {path} HTTP/1.0\r\nhost: {}\r\n\r\n", self.address).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer.split_once("\r\n\r\n")?.1.to_owned())
    }

    /// Sends SIGTERM, as Kubernetes does, and waits until the process has ended.
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
