//! Runs the real binary like the chart's Pod: with the Pod's arguments, no other environment, and the ServiceAccount
//! files in the place where a kubelet mounts them.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::chart::rendered::of_kind;
use lapsewatch_test_support::cluster::account::release;
use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::helm::template;

/// A running operator; dropping the value stops the process.
pub struct Operator {
    child: Child,
    port: u16,
    log: PathBuf,
    /// The user name that the API server sees.
    pub user: String,
}

impl Operator {
    /// Starts the operator of the release in `home`, whose ServiceAccount exists already. Without namespaces, the
    /// operator watches all of them.
    pub fn start(bed: &Bed, home: &str, namespaces: &[String]) -> Self {
        let port = free_port();
        let (port_set, watched) =
            (format!("--set=service.port={port}"), format!("--set=namespaces={{{}}}", namespaces.join(",")));
        let mut more = vec![port_set.as_str()];
        more.extend((!namespaces.is_empty()).then_some(watched.as_str()));
        let objects = template(&release(home), home, &more).unwrap();
        Self::of(bed, of_kind(&objects, "Deployment")[0], port)
    }

    /// Starts the container of a Deployment's Pod, which listens on this port.
    pub fn of(bed: &Bed, deployment: &Value, port: u16) -> Self {
        let home = deployment["metadata"]["namespace"].as_str().unwrap();
        let pod = &deployment["spec"]["template"]["spec"];
        let account = pod["serviceAccountName"].as_str().unwrap();
        let args: Vec<&str> =
            pod["containers"][0]["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
        let log = bed.folder.join(format!("{home}.log"));
        let (mounted, server) = service_account(bed, home, account);
        let (host, server_port) = server.rsplit_once(':').unwrap();
        let child = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", IN_A_POD, "sh"])
            .arg(mounted)
            .arg(env!("CARGO_BIN_EXE_lapsewatch"))
            .args(args)
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
            .env("KUBERNETES_SERVICE_HOST", host)
            .env("KUBERNETES_SERVICE_PORT", server_port)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self { child, port, log, user: format!("system:serviceaccount:{home}:{account}") }
    }

    /// Sends a GET request, and returns the status code and the body.
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

    /// Sends SIGTERM, as Kubernetes does, and waits until the process has ended.
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

/// Mounts the folder `$1` where a kubelet mounts the ServiceAccount, and then replaces the shell with the remaining
/// arguments. Only that process sees the mount.
const IN_A_POD: &str = "mount -t tmpfs tmpfs /var/run && mkdir -p /var/run/secrets/kubernetes.io &&
    ln -s \"$1\" /var/run/secrets/kubernetes.io/serviceaccount && shift && exec \"$@\"";

/// Writes the files that a kubelet mounts for this account, and returns their folder and the server's address. The
/// token comes from the TokenRequest API.
fn service_account(bed: &Bed, namespace: &str, account: &str) -> (PathBuf, String) {
    let kubeconfig: Value = serde_norway::from_str(&fs::read_to_string(&bed.kubeconfig).unwrap()).unwrap();
    let cluster = &kubeconfig["clusters"][0]["cluster"];
    let ca = STANDARD.decode(cluster["certificate-authority-data"].as_str().unwrap()).unwrap();
    let token = bed.kubectl_ok(&["create", "token", account, "-n", namespace], "");
    let folder = bed.folder.join(format!("serviceaccount-{namespace}"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("token"), token.trim()).unwrap();
    fs::write(folder.join("ca.crt"), ca).unwrap();
    fs::write(folder.join("namespace"), namespace).unwrap();
    let server = cluster["server"].as_str().unwrap().strip_prefix("https://").unwrap();
    (folder, server.to_owned())
}

/// Returns a port on which no process listens.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until the condition is true.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(90), "{what}");
        std::thread::sleep(Duration::from_millis(250));
    }
}
