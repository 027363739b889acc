//! Measures for `make bench` the cost of a scrape of 10,000 credentials with the real binary on a real API server.
//! Prints the table of docs/benchmarks.md.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "it ends where something fails, and measures real time"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use futures::stream::{self, StreamExt};
use serde_json::json;

use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::objects;

const NAMESPACES: usize = 100;
const EACH: usize = 100;
/// The number of credentials in each namespace that expire within a week and therefore have findings.
const DUE: usize = 10;
const SCRAPES: u32 = 50;
/// The number of scrapes after which the memory usage is measured first.
const FIRST: u32 = 5;

fn main() {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(measure());
}

async fn measure() {
    let bed = Bed::bare();
    bed.install_crds().unwrap();
    let operator = Operator::start(&bed);
    let namespaces = bed.namespaces("team", NAMESPACES);
    let client = bed.client().await;
    let soon = (Utc::now() + TimeDelta::days(5)).to_rfc3339();
    stream::iter((0..NAMESPACES * EACH).map(|n| (n, &namespaces[n % NAMESPACES])))
        .for_each_concurrent(16, |(n, namespace)| {
            let (client, soon) = (&client, &soon);
            async move {
                if n / NAMESPACES < DUE {
                    let spec = json!({"type": "DeclaredExpiry", "expirationTime": soon});
                    objects::create_of(client, namespace, "TenantCredential", &format!("contract-{n:06}"), spec).await;
                } else {
                    objects::create(client, namespace, &format!("vpp-token-{n:06}"), n).await;
                }
            }
        })
        .await;
    let begun = Instant::now();
    while operator.scrape().matches("\nlapsewatch_severity{").count() < NAMESPACES * EACH {
        assert!(begun.elapsed() < Duration::from_secs(600), "not all are assessed");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    tokio::time::sleep(Duration::from_secs(40)).await;

    let rest = operator.memory("VmRSS");
    let text = operator.scrape();
    let mut after_first = 0.0;
    let plain = mean(
        &operator,
        || drop(operator.scrape()),
        |scrape| {
            if scrape == FIRST {
                after_first = operator.memory("VmRSS");
            }
        },
    );
    let zipped = mean(&operator, || drop(operator.ask("accept-encoding: gzip\r\n")), |_| {});
    println!(
        "| a scrape of 10,000 credentials, 1,000 of them due | plain | gzip, as Prometheus asks for |\n|---|---|---|"
    );
    let of = |what: fn(&Mean) -> f64| (what(&plain), what(&zipped));
    let (one, other) = of(|mean| mean.cpu.as_secs_f64() * 1000.0);
    println!("| CPU time, mean of {SCRAPES} | {one:.1} ms | {other:.1} ms |");
    let (one, other) = of(|mean| mean.took.as_secs_f64() * 1000.0);
    println!("| time, mean of {SCRAPES} | {one:.1} ms | {other:.1} ms |");
    println!(
        "| size | {:.2} MB | {:.2} MB |",
        text.len() as f64 / 1e6,
        operator.ask("accept-encoding: gzip\r\n").len() as f64 / 1e6
    );
    println!(
        "\n{} series. RSS {rest:.1} MiB before any scrape of all, {after_first:.1} MiB after {FIRST}, {:.1} MiB after {}.",
        text.lines().filter(|line| !line.starts_with('#')).count(),
        operator.memory("VmRSS"),
        2 * SCRAPES
    );
}

struct Mean {
    cpu: Duration,
    took: Duration,
}

fn mean(operator: &Operator, scrape: impl Fn(), mut after: impl FnMut(u32)) -> Mean {
    let (cpu, begun) = (operator.cpu(), Instant::now());
    for number in 1..=SCRAPES {
        scrape();
        after(number);
    }
    Mean { cpu: (operator.cpu() - cpu) / SCRAPES, took: begun.elapsed() / SCRAPES }
}

/// The running operator.
struct Operator {
    process: Child,
    address: String,
}

impl Operator {
    fn start(bed: &Bed) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
            .args(["run", "--listen", "127.0.0.1:0", "--kubeconfig"])
            .arg(&bed.kubeconfig)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        let line = log.by_ref().map(Result::unwrap).find(|line| line.contains("listening")).unwrap();
        let address = line.rsplit_once("address=").unwrap().1.trim().to_owned();
        // A full pipe would block the operator, so its output is read and dropped.
        std::thread::spawn(move || log.for_each(drop));
        Self { process, address }
    }

    fn scrape(&self) -> String {
        let answer = String::from_utf8(self.ask("")).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200") && body.ends_with("# EOF\n"), "{head}");
        body.to_owned()
    }

    /// Returns the complete response to a scrape with these headers.
    fn ask(&self, headers: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET /metrics HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    /// Returns a memory field of /proc/PID/status, in MiB.
    fn memory(&self, field: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// Returns the user and system time so far, with a resolution of 10 ms.
    fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        // The name in parentheses may contain spaces. utime and stime are the 12th and 13th fields after it (proc(5)).
        let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
