//! Programs of other projects, and their verdicts on objects.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Value, json};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the path of a file in examples/gitops.
pub fn example(name: &str) -> PathBuf {
    root().join("examples/gitops").join(name)
}

/// Builds a module of tests/tools-go, and returns the folder of the result.
pub fn built(module: &str) -> PathBuf {
    let build = root().join("tests/tools-go/build");
    let output = Command::new(build).arg(module).stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "tests/tools-go/build {module} failed, see its output above");
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

fn program(module: &'static str, name: &str) -> Command {
    static ARGOCD: OnceLock<PathBuf> = OnceLock::new();
    static STATUS: OnceLock<PathBuf> = OnceLock::new();
    let folder = if module == "argocd" { &ARGOCD } else { &STATUS };
    Command::new(folder.get_or_init(|| built(module)).join(name))
}

/// Runs a program with this input, and returns its output.
pub fn answer(command: &mut Command, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writing = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    output
}

fn judged(command: &mut Command, objects: &[Value]) -> Vec<Value> {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    let output = answer(command, &list.to_string());
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(all.len(), objects.len(), "one verdict for each object");
    all
}

/// Argo CD's verdict on one object.
#[derive(Deserialize, Debug, Clone, PartialEq)]
pub struct Argo {
    pub status: String,
    #[serde(default)]
    pub message: String,
}

/// Returns Argo CD's verdicts from the health checks in the example's argocd-cm.
pub fn argo(objects: &[Value]) -> Vec<Argo> {
    argo_with(&example("argocd/argocd-cm.yaml"), objects)
}

pub fn argo_with(config_map: &Path, objects: &[Value]) -> Vec<Argo> {
    let all = judged(program("argocd", "health").arg(config_map), objects);
    all.into_iter().map(|one| serde_json::from_value(one).unwrap()).collect()
}

/// Runs Argo CD's own kind of tests on a folder in its layout. Returns the number of passed cases.
pub fn argo_tests(folder: &Path) -> Result<usize, String> {
    let output = answer(program("argocd", "health").arg("--tests").arg(folder), "");
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().parse().unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// The verdicts on one object by kstatus, by Flux's edition of kstatus, and by Flux with the example's
/// healthCheckExprs.
#[derive(Deserialize, Debug, Clone, PartialEq)]
pub struct Status {
    pub kstatus: String,
    pub flux: String,
    pub exprs: String,
}

pub fn status(objects: &[Value]) -> Vec<Status> {
    let all = judged(program("gitops", "status").arg(example("flux/kustomization.yaml")), objects);
    all.into_iter().map(|one| serde_json::from_value(one).unwrap()).collect()
}
