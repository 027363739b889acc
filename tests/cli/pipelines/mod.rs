//! Tests the examples in examples/pipelines/. They are valid by the published schemas. Their own steps run in bash,
//! without the services, in a repository with a base branch and a merge request.

mod github;
mod gitlab;
mod pre_commit;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The result of a command.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    #[track_caller]
    fn is(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "\n{}\n{}", self.out, self.err);
        self
    }
}

fn ran(command: &mut Command) -> Ran {
    let ran = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    Ran {
        code: ran.status.code().expect("ended by a signal"),
        out: String::from_utf8_lossy(&ran.stdout).into_owned(),
        err: String::from_utf8_lossy(&ran.stderr).into_owned(),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn example(name: &str) -> PathBuf {
    root().join("examples/pipelines").join(name)
}

fn parsed(path: &Path) -> Value {
    serde_norway::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Returns the path of a third-party tool in the version that tests/tools pins.
fn tool(name: &str) -> PathBuf {
    let script = root().join("tests/tools/install");
    let built = Command::new(&script).stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    assert!(built.status.success(), "{} failed", script.display());
    Path::new(String::from_utf8(built.stdout).unwrap().trim_end()).join("venv/bin").join(name)
}

/// Validates a file with a schema that is built into check-jsonschema.
#[track_caller]
fn fits(schema: &str, file: &Path) {
    ran(Command::new(tool("check-jsonschema")).args(["--builtin-schema", schema]).arg(file)).is(0);
    // The schema also refuses a changed file, so the check above is meaningful.
    let broken = TempDir::new().unwrap();
    let other = broken.path().join(file.file_name().unwrap());
    let text = fs::read_to_string(file).unwrap();
    let changed =
        text.replace("    runs-on:", "    run-on:").replace("  script:", "  scripts:").replace("  entry:", "  entri:");
    let changed = changed.replace("repo:", "repos:");
    assert_ne!(changed, text);
    fs::write(&other, changed).unwrap();
    ran(Command::new(tool("check-jsonschema")).args(["--builtin-schema", schema]).arg(other)).is(1);
}

/// Returns a PATH that begins with the folder of the lapsewatch binary.
fn path() -> OsString {
    let own = Path::new(env!("CARGO_BIN_EXE_lapsewatch")).parent().unwrap().to_owned();
    let before = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths([own].into_iter().chain(std::env::split_paths(&before))).unwrap()
}

/// A repository with a base branch, and a runner's clone in which a merge request is checked out.
struct Scene {
    folder: TempDir,
}

impl Scene {
    /// Creates the base branch with the manifest `before` and the merge request with `after`. Without `before`, the
    /// base branch has no folder manifests/.
    fn new(before: Option<&str>, after: &str) -> Self {
        let scene = Self { folder: TempDir::new().unwrap() };
        let upstream = scene.at("upstream");
        fs::create_dir(&upstream).unwrap();
        git(&upstream, &["init", "--quiet", "--initial-branch=main"]);
        fs::write(upstream.join("README.md"), "of a team\n").unwrap();
        commit(&upstream, before);
        git(&upstream, &["checkout", "--quiet", "-b", "renewal"]);
        commit(&upstream, Some(after));
        git(&scene.at(""), &["clone", "--quiet", "upstream", "work"]);
        scene
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn work(&self) -> PathBuf {
        self.at("work")
    }

    /// Runs a script in the clone without the git settings of the machine.
    fn bash(&self, args: &[&str], script: &str, env: &[(&str, &str)]) -> Ran {
        let mut bash = Command::new("bash");
        bash.args(args).args(["-c", script]).current_dir(self.work()).env("PATH", path());
        bash.env("GIT_CONFIG_GLOBAL", "/dev/null").envs(env.iter().copied());
        ran(&mut bash)
    }
}

fn commit(folder: &Path, manifests: Option<&str>) {
    if let Some(text) = manifests {
        fs::create_dir_all(folder.join("manifests")).unwrap();
        fs::write(folder.join("manifests/acme.yaml"), text).unwrap();
    }
    git(folder, &["add", "."]);
    git(folder, &["-c", "user.name=A", "-c", "user.email=a@acme.example", "commit", "--quiet", "-m", "A change"]);
}

#[track_caller]
fn git(folder: &Path, args: &[&str]) {
    ran(Command::new("git").env("GIT_CONFIG_GLOBAL", "/dev/null").current_dir(folder).args(args)).is(0);
}

/// Returns a TenantCredential and its Secret with these fixtures, which are valid until 2031.
fn apns(certificate: &str, key: &str) -> String {
    let fixture = |name: &str| fs::read_to_string(root().join("tests/fixtures/apns").join(name)).unwrap();
    format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {{name: acme-apns, namespace: acme}}\n\
spec: {{type: APNsCertificate, secretRef: {{name: acme-apns}}, warnBeforeDays: [1]}}\n---\napiVersion: v1\nkind: Secret\n\
metadata: {{name: acme-apns, namespace: acme}}\nstringData:\n  push.pem: {:?}\n  push.key: {:?}\n",
        fixture(certificate),
        fixture(key)
    )
}

/// Returns a valid credential. [`another_topic`] returns a changed version of the same object.
fn fine() -> String {
    apns("a.pem", "a.key")
}

/// Returns the renewed credential of [`fine`].
fn renewed() -> String {
    apns("a-renewed.pem", "a.key")
}

/// Returns a credential that is valid by itself, but would require every device to enroll again.
fn another_topic() -> String {
    apns("b.pem", "b.key")
}
