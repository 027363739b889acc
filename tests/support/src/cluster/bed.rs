//! One control plane for all tests of a run: etcd and kube-apiserver, with the project's CRDs installed.
//!
//! It runs as long as this process keeps the pipe to its supervisor open. After a normal end, a panic, Ctrl-C or a
//! kill, the control plane stops and its files are deleted. No destructor is needed.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;
use serde_json::{Value, json};

/// The location of the control plane, and access to it.
pub struct Bed {
    /// An administrator's kubeconfig.
    pub kubeconfig: PathBuf,
    /// The server's audit log, see `audit`.
    pub audit_log: PathBuf,
    /// The folder with kube-apiserver, etcd and kubectl.
    pub assets: PathBuf,
    /// A folder for files, which is deleted with the control plane.
    pub folder: PathBuf,
    namespaces: AtomicUsize,
    supervisor: Child,
}

/// Returns the shared control plane of this run, ready for use.
pub fn bed() -> &'static Bed {
    static BED: OnceLock<Result<Bed, String>> = OnceLock::new();
    let start = || {
        let bed = Bed::start()?;
        bed.install_crds()?;
        Ok(bed)
    };
    match BED.get_or_init(start) {
        Ok(bed) => bed,
        Err(why) => panic!("there is no control plane to test against: {why}"),
    }
}

/// The supervisor's output when the server is ready.
#[derive(Deserialize)]
struct Ready {
    kubeconfig: PathBuf,
    audit_log: PathBuf,
    assets: PathBuf,
}

impl Bed {
    /// Starts a control plane for one test, without the CRDs. Dropping the value stops it.
    pub fn bare() -> Self {
        Self::start().unwrap_or_else(|why| panic!("there is no control plane to test against: {why}"))
    }

    fn start() -> Result<Self, String> {
        let build = crate::root().join("tests/control-plane/build");
        let built = Command::new(&build)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|e| format!("{} can't be run: {e}", build.display()))?;
        if !built.status.success() {
            return Err(format!("{} failed; it says why above", build.display()));
        }
        let assets = PathBuf::from(String::from_utf8_lossy(&built.stdout).trim());
        let mut supervisor = Command::new(assets.join("control-plane-up"))
            .arg("--assets")
            .arg(&assets)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(|e| format!("control-plane-up can't be started: {e}"))?;
        let mut line = String::new();
        let out = supervisor.stdout.take().ok_or("control-plane-up has no output")?;
        BufReader::new(out).read_line(&mut line).map_err(|e| e.to_string())?;
        let ready: Ready =
            serde_json::from_str(&line).map_err(|_| "it did not become ready; it says why above".to_owned())?;
        let folder = ready.kubeconfig.parent().ok_or("no folder")?.to_owned();
        Ok(Self {
            kubeconfig: ready.kubeconfig,
            audit_log: ready.audit_log,
            assets: ready.assets,
            folder,
            namespaces: AtomicUsize::new(1),
            supervisor,
        })
    }

    /// Installs the CRDs, and returns when they can be used.
    ///
    /// # Errors
    /// kubectl's error output if the installation fails.
    pub fn install_crds(&self) -> Result<(), String> {
        let crds = lapsewatch_cli::crds::yaml().map_err(|e| e.to_string())?;
        // A separate discovery cache, because the installation changes the server's kinds.
        for args in [
            ["--cache-dir=bare", "apply", "--server-side", "-f", "-"].as_slice(),
            &["--cache-dir=bare", "wait", "--for=condition=Established", "--timeout=60s", "-f", "-"],
        ] {
            let output = self.kubectl_with(args, &crds);
            if !output.status.success() {
                return Err(format!("the CRDs can't be installed: {}", String::from_utf8_lossy(&output.stderr)));
            }
        }
        Ok(())
    }

    /// Returns the process ID of the API server.
    pub fn server_pid(&self) -> u32 {
        let supervisor = self.supervisor.id().to_string();
        let output = Command::new("pgrep").args(["-P", &supervisor, "kube-apiserver"]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().parse().expect("one API server")
    }

    /// Creates a namespace that no other test uses.
    pub fn namespace(&self, prefix: &str) -> String {
        self.namespaces(prefix, 1).remove(0)
    }

    /// Creates several namespaces with one call.
    pub fn namespaces(&self, prefix: &str, count: usize) -> Vec<String> {
        let first = self.namespaces.fetch_add(count, Ordering::Relaxed);
        let names: Vec<String> = (first..first + count).map(|number| format!("{prefix}-{number}")).collect();
        let namespace = |name| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        let items: Vec<Value> = names.iter().map(namespace).collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
        self.kubectl_ok(&["create", "-f", "-"], &list.to_string());
        names
    }
}
