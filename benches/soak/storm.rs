//! Runs two replicas of the program with a relay and an API server of their own, and injects faults.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::script::{Fault, Timed};
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::relay::Relay;

/// The event delay of all operators of a soak, set with `--settle`.
pub const DELAY: Duration = Duration::from_secs(6);
const PATIENCE: Duration = Duration::from_secs(120);

/// A child process that is killed when the soak ends.
pub struct Program {
    command: Vec<String>,
    log: PathBuf,
    child: Child,
}

impl Program {
    pub fn start(command: Vec<String>, log: PathBuf) -> Self {
        let child = Self::spawn(&command, &log);
        Self { command, log, child }
    }

    /// Starts an operator for one namespace with this kubeconfig.
    pub fn operator(program: &str, kubeconfig: &Path, namespace: &str, log: PathBuf) -> Self {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let delay = format!("--settle={}s", DELAY.as_secs());
        let command = [
            program.to_owned(),
            "run".to_owned(),
            format!("--kubeconfig={}", text(kubeconfig)),
            format!("--namespace={namespace}"),
            "--leader-elect".to_owned(),
            format!("--lease-namespace={namespace}"),
            delay,
        ];
        Self::start(command.into(), log)
    }

    fn spawn(command: &[String], log: &Path) -> Child {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .args(command)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap()
    }

    fn signal(&self, signal: &str) {
        Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
    }

    /// Ends the process with this signal, and starts it again after a pause.
    async fn restart(&mut self, signal: &str, after: Duration) {
        self.signal(signal);
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE, "{:?} does not end", self.command);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(after).await;
        self.child = Self::spawn(&self.command, &self.log);
    }

    async fn suspend(&self, lasts: Duration) {
        self.signal("-STOP");
        tokio::time::sleep(lasts).await;
        self.signal("-CONT");
    }

    /// Restarts the process after an unexpected end, and returns a description of this failure.
    fn revive(&mut self) -> Option<String> {
        let status = self.child.try_wait().unwrap()?;
        self.child = Self::spawn(&self.command, &self.log);
        Some(format!("{} ended by itself with {status}", self.log.display()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub struct Storm {
    replicas: [Program; 2],
    server: Program,
    relay: Relay,
    address: SocketAddr,
}

impl Storm {
    /// Starts a second API server on the same etcd, and two replicas that connect to this server through the relay.
    pub async fn begin(bed: &Bed, program: &str, namespace: &str) -> Self {
        let arguments = std::fs::read(format!("/proc/{}/cmdline", bed.server_pid())).unwrap();
        let arguments = String::from_utf8(arguments).unwrap();
        let address: SocketAddr = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let changed = |argument: &str| match argument.split_once('=') {
            Some((name @ "--secure-port", _)) => format!("{name}={}", address.port()),
            Some((name @ ("--cert-dir" | "--audit-log-path"), path)) => format!("{name}={path}-second"),
            _ => argument.to_owned(),
        };
        let command = arguments.split_terminator('\0').map(changed).collect();
        let server = Program::start(command, bed.folder.join("second-server.log"));
        until_open(address).await;
        let relay = Relay::to(address).await;
        let mut kubeconfig: Value = serde_norway::from_str(&std::fs::read_to_string(&bed.kubeconfig).unwrap()).unwrap();
        kubeconfig["clusters"][0]["cluster"]["server"] = format!("https://{}", relay.address).into();
        let path = bed.folder.join("storm.kubeconfig");
        std::fs::write(&path, kubeconfig.to_string()).unwrap();
        let replica = |number: usize| {
            Program::operator(program, &path, namespace, bed.folder.join(format!("replica-{number}.log")))
        };
        Self { replicas: [replica(0), replica(1)], server, relay, address }
    }

    /// Injects the faults one after another in the order of their start times. Overlapping faults run in sequence.
    pub async fn breaks(&mut self, mut faults: Vec<Timed>) {
        faults.sort_by_key(|timed| timed.after);
        let begun = Instant::now();
        for Timed { fault, after, lasts } in faults {
            tokio::time::sleep(after.saturating_sub(begun.elapsed())).await;
            match fault {
                Fault::Kill(replica) => self.replicas[replica].restart("-KILL", lasts / 8).await,
                Fault::Terminate(replica) => self.replicas[replica].restart("-TERM", lasts / 8).await,
                Fault::Suspend(replica) => self.replicas[replica].suspend(lasts).await,
                Fault::Cut => {
                    self.relay.cut().await;
                    tokio::time::sleep(lasts).await;
                    self.relay.mend();
                }
                Fault::Mute => {
                    self.relay.hold_answers();
                    tokio::time::sleep(lasts).await;
                    self.relay.release_answers();
                }
                Fault::KillServer => {
                    self.server.restart("-KILL", lasts / 4).await;
                    until_open(self.address).await;
                }
                Fault::SuspendServer => self.server.suspend(lasts).await,
            }
        }
    }

    /// Restarts the processes that ended by themselves, and returns a description of each failure.
    pub fn revive(&mut self) -> Vec<String> {
        self.replicas.iter_mut().chain([&mut self.server]).filter_map(Program::revive).collect()
    }
}

async fn until_open(address: SocketAddr) {
    let begun = Instant::now();
    while tokio::net::TcpStream::connect(address).await.is_err() {
        assert!(begun.elapsed() < PATIENCE, "the second API server does not listen");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
