//! Runs the recipe for merge requests in docs/verify.md unchanged except for the date.

use std::path::Path;
use std::process::{Command, Output};

use crate::verify::fixtures;

fn sh(folder: &Path, script: &str) -> Output {
    let bin = Path::new(env!("CARGO_BIN_EXE_lapsewatch")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    Command::new("bash")
        .args(["-c", &format!("set -e\n{script}")])
        .current_dir(folder)
        .env("PATH", path)
        .env("HOME", folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@example.com")])
        .envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@example.com")])
        .output()
        .unwrap()
}

#[track_caller]
fn ok(folder: &Path, script: &str) {
    let output = sh(folder, script);
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
}

fn manifests(folder: &Path, certificate: &str) {
    let pem = std::fs::read_to_string(fixtures().join(certificate)).unwrap();
    let text = format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {{name: acme, namespace: mdm}}\nspec: {{type: APNsCertificate, secretRef: {{name: acme}}}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {{name: acme, namespace: mdm}}\nstringData: {{push.pem: {pem:?}}}\n"
    );
    std::fs::create_dir_all(folder.join("deploy")).unwrap();
    std::fs::write(folder.join("deploy/acme.yaml"), text).unwrap();
}

#[test]
fn a_merge_request_is_held_against_the_branch_it_goes_into() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verify.md")).unwrap();
    let block =
        page.split("```sh\n").find(|block| block.starts_with("git worktree")).unwrap().split("```").next().unwrap();
    // The fixtures are valid in 2030 and 2031.
    let block = block.replace("lapsewatch check", "lapsewatch check --at 2030-12-02");
    for (certificate, code, said) in [("apns/b.pem", 1, "IdentityChanged"), ("apns/a-renewed.pem", 0, "Renewed")] {
        let root = tempfile::TempDir::new().unwrap();
        let origin = root.path().join("origin");
        manifests(&origin, "apns/a.pem");
        ok(&origin, "git init -q -b main . && git add deploy && git commit -q -m base");
        ok(root.path(), "git clone -q origin work");
        let work = root.path().join("work");
        manifests(&work, certificate);
        let output = sh(&work, &block);
        let out = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{out}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(out.contains(said), "{said}\n{out}");
    }
}
