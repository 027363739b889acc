//! Tests of the chart as a subchart of a chart that has TenantCredentials, as docs/install.md describes it.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use lapsewatch_test_support::cluster::bed::Bed;
use lapsewatch_test_support::cluster::helm::{chart, helm};

const CREDENTIAL: &str = "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata:\n  name: contract\n  \
    annotations: {}\nspec:\n  type: DeclaredExpiry\n  expirationTime: \"2031-01-01T00:00:00Z\"\n";

/// Returns a chart that depends on lapsewatch's chart and has one TenantCredential with these annotations.
fn parent(annotations: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    let dependency = format!("  - name: lapsewatch\n    version: {}\n", env!("CARGO_PKG_VERSION"));
    let about = format!("apiVersion: v2\nname: mdm\nversion: 1.0.0\ndependencies:\n{dependency}");
    fs::write(path.join("Chart.yaml"), about).unwrap();
    fs::create_dir_all(path.join("templates")).unwrap();
    fs::create_dir_all(path.join("charts")).unwrap();
    let copied = Command::new("cp").arg("-r").args([chart(), path.join("charts/lapsewatch")]).status().unwrap();
    assert!(copied.success());
    let credential = CREDENTIAL.replace("annotations: {}", &format!("annotations: {{{annotations}}}"));
    fs::write(path.join("templates/credential.yaml"), credential).unwrap();
    folder
}

fn install(bed: &Bed, verb: &str, parent: &Path, more: &[&str]) -> Result<(), String> {
    let parent = parent.to_str().unwrap();
    let args = [&[verb, "mdm", parent, "--namespace", "mdm", "--create-namespace"][..], more].concat();
    let args: Vec<&str> = args.into_iter().filter(|arg| verb == "install" || *arg != "--create-namespace").collect();
    let output = helm(Some(&bed.kubeconfig), &args);
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn exists(bed: &Bed) -> bool {
    bed.kubectl(&["--cache-dir=subchart", "get", "tcred", "contract", "-n", "mdm"]).status.success()
}

#[test]
fn a_credential_beside_the_subchart_needs_its_definition_first() {
    let bed = Bed::bare();
    let plain = parent("");
    // Helm resolves all kinds of a release before it creates any object.
    let told = install(&bed, "install", plain.path(), &[]).expect_err("the definition is in the same release");
    assert!(told.contains("TenantCredential"), "{told}");
    assert!(!exists(&bed));

    // A hook is installed after the definitions. Each upgrade deletes the hook's object and creates it again, so its
    // history is lost.
    let hook = parent("helm.sh/hook: \"post-install,post-upgrade\"");
    let uid = || bed.kubectl_ok(&["get", "tcred", "contract", "-n", "mdm", "-o=jsonpath={.metadata.uid}"], "");
    install(&bed, "install", hook.path(), &[]).unwrap();
    let before = uid();
    install(&bed, "upgrade", hook.path(), &[]).unwrap();
    assert_ne!(uid(), before);
}

#[test]
fn with_the_definitions_in_the_parents_folder_of_definitions_one_release_does() {
    let bed = Bed::bare();
    let parent = parent("");
    let definitions = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
    assert!(Command::new("cp").arg("-r").args([definitions, parent.path().join("crds")]).status().unwrap().success());
    for verb in ["install", "upgrade"] {
        install(&bed, verb, parent.path(), &["--set=lapsewatch.crds.enabled=false"]).unwrap();
        assert!(exists(&bed));
    }
}

#[test]
fn with_the_definitions_installed_before_it_is_an_object_as_any_other() {
    let bed = Bed::bare();
    bed.install_crds().unwrap();
    let plain = parent("");
    install(&bed, "install", plain.path(), &["--set=lapsewatch.crds.enabled=false"]).unwrap();
    assert!(exists(&bed));
    install(&bed, "upgrade", plain.path(), &["--set=lapsewatch.crds.enabled=false"]).unwrap();
    let uninstalled = helm(Some(&bed.kubeconfig), &["uninstall", "mdm", "--namespace", "mdm"]);
    assert!(uninstalled.status.success(), "{}", String::from_utf8_lossy(&uninstalled.stderr));
    assert!(!exists(&bed), "the object is deleted with the release");
}
