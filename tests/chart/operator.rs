//! The real binary, run as the chart's Pod runs it: with its arguments, and with a token of its ServiceAccount.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::account::release;
use crate::bed::Bed;
use crate::helm::template;
use crate::rendered::of_kind;

/// An operator that runs, as long as it is held.
pub struct Operator {
    child: Child,
    port: u16,
    log: PathBuf,
    /// As the server knows it.
    pub user: String,
}

impl Operator {
    /// That of the release in `home`, whose account is there. Without namespaces it watches all.
    pub fn start(bed: &Bed, home: &str, namespaces: &[String]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (port_set, watched) =
            (format!("--set=service.port={port}"), format!("--set=namespaces={{{}}}", namespaces.join(",")));
        let mut more = vec![port_set.as_str()];
        more.extend((!namespaces.is_empty()).then_some(watched.as_str()));
        let objects = template(&release(home), home, &more).unwrap();
        let pod = &of_kind(&objects, "Deployment")[0]["spec"]["template"]["spec"];
        let account = pod["serviceAccountName"].as_str().unwrap();
        let args: Vec<&str> =
            pod["containers"][0]["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
        let log = bed.folder.join(format!("{home}.log"));
        let child = Command::new(env!("CARGO_BIN_EXE_lapsewatch"))
            .args(args)
            .arg("--kubeconfig")
            .arg(with_token(bed, home, account))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self { child, port, log, user: format!("system:serviceaccount:{home}:{account}") }
    }

    /// What it answers to GET: the status code, and the body.
    pub fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Tells it to stop as Kubernetes does, and waits until it has.
    pub fn stop(&mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(self.child.wait().unwrap().success(), "{}", self.log());
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A kubeconfig with a token of this account, from the TokenRequest API, and with nothing else.
fn with_token(bed: &Bed, namespace: &str, account: &str) -> PathBuf {
    let token = bed.kubectl_ok(&["create", "token", account, "-n", namespace], "");
    let mut kubeconfig: Value = serde_norway::from_str(&fs::read_to_string(&bed.kubeconfig).unwrap()).unwrap();
    kubeconfig["users"][0]["user"] = json!({"token": token.trim()});
    let path = bed.folder.join(format!("token-{namespace}"));
    fs::write(&path, kubeconfig.to_string()).unwrap();
    path
}

/// Waits until it holds.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(90), "{what}");
        std::thread::sleep(Duration::from_millis(250));
    }
}
