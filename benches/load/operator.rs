//! Runs the operator binary for the benchmark.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{PATIENCE, USER};
use lapsewatch_test_support::cluster::bed::Bed;

/// The running operator, with a Kubernetes user of its own.
pub struct Operator {
    process: Child,
    log: std::path::PathBuf,
}

impl Operator {
    pub fn start(bed: &Bed) -> Self {
        let log = bed.folder.join("operator.log");
        let process = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
            .args(["run", "--kubeconfig"])
            .arg(bed.kubeconfig_as(USER, "default"))
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self { process, log }
    }

    /// Waits until the operator has listed all objects.
    pub fn until_watching(&self) {
        let begun = Instant::now();
        while !std::fs::read_to_string(&self.log).unwrap().contains("watching") {
            assert!(begun.elapsed() < PATIENCE, "it does not begin to watch");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn memory(&self, field: &str) -> String {
        let status = std::fs::read_to_string(Path::new("/proc").join(self.process.id().to_string()).join("status"));
        let status = status.unwrap_or_default();
        let kib =
            status.lines().find_map(|line| line.strip_prefix(field)?.split_whitespace().nth(1)?.parse::<u64>().ok());
        kib.map_or_else(|| "unknown".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0))
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().ok();
        self.process.wait().ok();
    }
}
