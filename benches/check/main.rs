//! Measures the CPU time of `lapsewatch check` with 10,000 manifests, and of a bare start. Prints the table of
//! docs/benchmarks.md.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "it ends where something fails, and measures real time"
)]

mod cpu;
mod manifests;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use manifests::Mix;

fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    let of = |name: &str| folder.path().join(name);
    println!("| `lapsewatch` | CPU | elapsed |");
    println!("|---|---|---|");
    for (mix, name, what) in [
        (Mix::Repository, "repository", "2,000 TenantCredentials, their Secrets, 100 MDMTenants, 5,900 others"),
        (Mix::Ours, "ours", "4,900 TenantCredentials, their Secrets, 100 MDMTenants"),
        (Mix::Others, "others", "one TenantCredential among 9,999 others"),
    ] {
        manifests::write(&of(name), mix);
        measure(&format!("check: {what}"), 10, &["check", "--at", "2030-01-01"], &of(name));
    }
    std::fs::write(of("one.yaml"), manifests::DECLARED).unwrap();
    measure("check: one DeclaredExpiry", 200, &["check", "--at", "2030-01-01"], &of("one.yaml"));
    measure("--version", 200, &["--version"], Path::new(""));
}

/// Measures and prints the mean of this number of runs.
fn measure(what: &str, runs: u32, args: &[&str], path: &Path) {
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lapsewatch"));
        command.args(args).args((!path.as_os_str().is_empty()).then_some(path));
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        // Any other exit code means that some input could not be checked.
        assert!(matches!(status.code(), Some(0 | 1)), "{what}: {status}");
    };
    // The first run warms the file cache.
    run();
    let (begun, before) = (Instant::now(), cpu::of_children());
    (0..runs).for_each(|_| run());
    let (took, cpu) = (begun.elapsed() / runs, (cpu::of_children() - before) / runs);
    println!("| {what} | {} ms | {} ms |", millis(cpu), millis(took));
}

fn millis(time: std::time::Duration) -> String {
    let millis = time.as_secs_f64() * 1e3;
    if millis < 10.0 { format!("{millis:.1}") } else { format!("{millis:.0}") }
}
