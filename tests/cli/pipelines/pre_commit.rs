//! Tests the pre-commit hook with pre-commit itself.

use std::fs;
use std::process::Command;

use crate::pipelines::{Ran, Scene, another_topic, commit, example, fine, git, path, ran, root, tool};

/// Runs pre-commit in the clone with its cache in a folder of the scene.
fn pre_commit(scene: &Scene, args: &[&str]) -> Ran {
    let mut pre_commit = Command::new(tool("pre-commit"));
    pre_commit.args(args).current_dir(scene.work()).env("PATH", path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
    ran(pre_commit.env("PRE_COMMIT_HOME", scene.at("pre-commit")).env("PRE_COMMIT_COLOR", "never"))
}

/// Creates the repository of the hook as users fetch it.
fn hooks(scene: &Scene) -> String {
    let hooks = scene.at("hooks");
    fs::create_dir(&hooks).unwrap();
    git(&hooks, &["init", "--quiet", "--initial-branch=main"]);
    fs::copy(root().join(".pre-commit-hooks.yaml"), hooks.join(".pre-commit-hooks.yaml")).unwrap();
    commit(&hooks, None);
    git(&hooks, &["tag", "v0.1.0"]);
    hooks.to_str().unwrap().to_owned()
}

/// Returns a DeclaredExpiry that expired in 2020.
fn lapsed() -> String {
    "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {name: support, namespace: acme}\n\
spec: {type: DeclaredExpiry, expirationTime: \"2020-01-01T00:00:00Z\"}\n"
        .to_owned()
}

#[test]
fn the_hook_and_the_example_are_what_pre_commit_takes() {
    let hooks = root().join(".pre-commit-hooks.yaml");
    ran(Command::new(tool("pre-commit")).arg("validate-manifest").arg(&hooks)).is(0);
    ran(Command::new(tool("pre-commit")).arg("validate-config").arg(example(".pre-commit-config.yaml"))).is(0);
}

#[test]
fn the_example_runs_before_a_commit() {
    let scene = Scene::new(None, &fine());
    let config = fs::read_to_string(example(".pre-commit-config.yaml")).unwrap();
    let config = config.replace("https://git.example/lapsewatch", &hooks(&scene));
    fs::write(scene.work().join(".pre-commit-config.yaml"), config).unwrap();
    git(&scene.work(), &["add", "."]);
    let passed = pre_commit(&scene, &["run", "--all-files"]);
    assert!(passed.is(0).out.contains("Passed"), "{}", passed.out);

    // The hook refuses the commit and prints the reason.
    pre_commit(&scene, &["install"]).is(0);
    fs::write(scene.work().join("manifests/support.yaml"), lapsed()).unwrap();
    let script = "git add . && git -c user.name=A -c user.email=a@acme.example commit -m Support";
    let home = scene.at("pre-commit");
    let refused = scene.bash(&[], script, &[("PRE_COMMIT_HOME", home.to_str().unwrap())]);
    assert!(
        refused.code == 1 && refused.err.contains("acme/support (DeclaredExpiry)"),
        "{}\n{}",
        refused.out,
        refused.err
    );
}

#[test]
fn by_default_it_looks_at_all_and_a_repository_without_a_credential_passes() {
    let scene = Scene::new(None, &another_topic());
    let hooks = hooks(&scene);
    let tried = pre_commit(&scene, &["try-repo", &hooks, "lapsewatch", "--all-files", "--verbose"]);
    assert!(tried.is(0).out.contains("checked 1, skipped 0"), "{}", tried.out);
    fs::remove_file(scene.work().join("manifests/acme.yaml")).unwrap();
    fs::write(scene.work().join("other.yaml"), "kind: ConfigMap\n").unwrap();
    git(&scene.work(), &["add", "--all", "."]);
    pre_commit(&scene, &["try-repo", &hooks, "lapsewatch", "--all-files"]).is(0);
    fs::write(scene.work().join("other.yaml"), lapsed()).unwrap();
    git(&scene.work(), &["add", "--all", "."]);
    pre_commit(&scene, &["try-repo", &hooks, "lapsewatch", "--all-files"]).is(1);
}
