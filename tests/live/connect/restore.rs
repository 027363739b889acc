//! Tests that a real etcd below a real API server can be restored from an older backup: the operator sees the restored
//! objects.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::connect::empty_bed;
use lapsewatch_test_support::cluster::bed::Bed;

/// The limit for the start of a server, and for the operator to see a change. It allows for a busy machine.
const PATIENCE: Duration = Duration::from_secs(150);

/// A process that ends with the test.
struct Server(Child);

impl Server {
    fn start(program: &Path, args: &[String], log: &Path) -> Self {
        let file = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        Self(command.spawn().unwrap())
    }

    fn signal(&self, signal: &str) {
        Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap();
    }

    fn stop(mut self, signal: &str) {
        self.signal(signal);
        self.0.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An etcd and an API server with the keys of the test bed, whose data can be restored.
struct Plane {
    bed: &'static Bed,
    folder: TempDir,
    etcd_port: u16,
    port: u16,
    kubeconfig: PathBuf,
    etcd: Option<Server>,
    api: Option<Server>,
}

impl Plane {
    fn new() -> Self {
        let (bed, folder) = (empty_bed(), TempDir::new().unwrap());
        let port = free_port();
        let text = std::fs::read_to_string(&bed.kubeconfig).unwrap();
        let mut kubeconfig: Value = serde_norway::from_str(&text).unwrap();
        kubeconfig["clusters"][0]["cluster"]["server"] = format!("https://127.0.0.1:{port}").into();
        let path = folder.path().join("kubeconfig");
        std::fs::write(&path, kubeconfig.to_string()).unwrap();
        Self { bed, folder, etcd_port: free_port(), port, kubeconfig: path, etcd: None, api: None }
    }

    fn own(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn etcd_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.etcd_port)
    }

    fn start_etcd(&mut self) {
        let url = self.etcd_url();
        let args = [
            format!("--data-dir={}", self.own("etcd").display()),
            format!("--listen-client-urls={url}"),
            format!("--advertise-client-urls={url}"),
            "--listen-peer-urls=http://127.0.0.1:0".to_owned(),
            "--log-level=warn".to_owned(),
        ];
        self.etcd = Some(Server::start(&self.bed.assets.join("etcd"), &args, &self.own("etcd.log")));
        self.until_ready();
    }

    fn stop_etcd(&mut self) {
        self.etcd.take().unwrap().stop("-TERM");
    }

    fn start(&mut self) {
        let key = |name: &str| self.bed.folder.join(name).display().to_string();
        let args = [
            format!("--etcd-servers={}", self.etcd_url()),
            "--bind-address=127.0.0.1".to_owned(),
            "--advertise-address=127.0.0.1".to_owned(),
            "--endpoint-reconciler-type=none".to_owned(),
            format!("--secure-port={}", self.port),
            format!("--cert-dir={}", self.own("certs").display()),
            format!("--tls-cert-file={}", key("server.crt")),
            format!("--tls-private-key-file={}", key("server.key")),
            format!("--client-ca-file={}", key("ca.crt")),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            format!("--service-account-key-file={}", key("service-account.pub")),
            format!("--service-account-signing-key-file={}", key("service-account.key")),
            "--authorization-mode=RBAC".to_owned(),
            "--service-cluster-ip-range=10.0.0.0/24".to_owned(),
            "--disable-admission-plugins=ServiceAccount".to_owned(),
        ];
        self.api = Some(Server::start(&self.bed.assets.join("kube-apiserver"), &args, &self.own("api.log")));
        self.start_etcd();
    }

    fn until_ready(&self) {
        let begun = Instant::now();
        while self.kubectl(&["get", "--raw", "/readyz"], "").is_err() {
            assert!(begun.elapsed() < PATIENCE, "{}", std::fs::read_to_string(self.own("api.log")).unwrap());
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    fn stop(&mut self) {
        // With SIGTERM the API server would wait for open watches.
        self.api.take().unwrap().stop("-KILL");
        self.stop_etcd();
    }

    fn kubectl(&self, args: &[&str], input: &str) -> Result<String, String> {
        let mut command = Command::new(self.bed.assets.join("kubectl"));
        command.arg("--kubeconfig").arg(&self.kubeconfig).args(args).env("HOME", self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    fn apply(&self, object: &Value) {
        self.kubectl(&["apply", "--server-side", "--force-conflicts", "-f", "-"], &object.to_string()).unwrap();
    }

    fn secret(&self, file: &str) {
        let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file)).unwrap();
        self.apply(&json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "acme", "namespace": "default"},
            "data": {"push.pem": STANDARD.encode(bytes)}}));
    }

    fn credential(&self, name: &str, spec: Value) {
        self.apply(&json!({"apiVersion": "lapsewatch.dev/v1alpha1", "kind": "TenantCredential",
            "metadata": {"name": name, "namespace": "default"}, "spec": spec}));
    }

    /// Waits until this part of a status has the expected value.
    fn until(&self, name: &str, path: &str, expected: &str, log: &Path) {
        let begun = Instant::now();
        loop {
            let is = self.kubectl(&["get", "tcred", name, "-o", &format!("jsonpath={{{path}}}")], "");
            if is.as_deref() == Ok(expected) {
                return;
            }
            let log = || std::fs::read_to_string(log).unwrap();
            assert!(begun.elapsed() < PATIENCE, "{name}: {path} is {is:?}, not {expected}:\n{}", log());
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn after_a_restore_of_etcd_the_operator_sees_what_is_there() {
    let mut plane = Plane::new();
    let own = |plane: &Plane, name: &str| plane.folder.path().join(name);
    plane.start();
    plane.kubectl(&["apply", "--server-side", "-f", "-"], &lapsewatch_cli::crds::yaml().unwrap()).unwrap();
    plane.kubectl(&["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"], "").unwrap();
    plane.secret("apns/a.pem");
    plane.credential("acme", json!({"type": "APNsCertificate", "secretRef": {"name": "acme"}}));
    let (log, listen) = (own(&plane, "operator.log"), free_port());
    let kubeconfig = plane.kubeconfig.display().to_string();
    let listen_on = format!("127.0.0.1:{listen}");
    let args = ["run", "--kubeconfig", &kubeconfig, "--listen", &listen_on].map(str::to_owned);
    let operator = Server::start(Path::new(env!("CARGO_BIN_EXE_lapsewatch")), &args, &log);
    plane.until("acme", ".status.conditions[?(@.type=='Ready')].reason", "Assessed", &log);

    // A backup is made. Afterwards three hundred objects are created, and a credential that the backup does not
    // contain.
    plane.stop();
    copy(&own(&plane, "etcd"), &own(&plane, "backup"));
    plane.start();
    let filler = |n: usize| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("n-{n}"), "namespace": "default"}});
    let items: Vec<Value> = (0..300).map(filler).collect();
    plane
        .kubectl(&["create", "-f", "-"], &json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string())
        .unwrap();
    plane.credential("later", json!({"type": "DeclaredExpiry", "expirationTime": "2050-01-01T00:00:00Z"}));
    plane.until("later", ".status.conditions[?(@.type=='Ready')].reason", "Assessed", &log);
    assert!(get(listen, "/metrics").contains("name=\"later\""));

    // The backup is restored while the operator is paused. While the API server fills its caches, it refuses a future
    // resourceVersion. Later it accepts one without an error, and the operator meets this case.
    operator.signal("-STOP");
    plane.stop();
    std::fs::remove_dir_all(own(&plane, "etcd")).unwrap();
    copy(&own(&plane, "backup"), &own(&plane, "etcd"));
    plane.start();
    plane.kubectl(&["get", "tcred", "later"], "").expect_err("the object is missing after the restore");
    operator.signal("-CONT");
    plane.secret("apns/a-renewed.pem");
    plane.until("acme", ".status.lastChange.reason", "Renewed", &log);
    // Each kind has its own watch, and the operator notices the restore at the next watch of that kind.
    let begun = Instant::now();
    let metrics = loop {
        let metrics = get(listen, "/metrics");
        if !metrics.contains("name=\"later\"") {
            break metrics;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "{metrics}");
        std::thread::sleep(Duration::from_millis(200));
    };
    assert!(metrics.contains("name=\"acme\""), "{metrics}");
    assert!(get(listen, "/readyz").contains("200 OK"));
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("state was put back"), "{text}");
}
