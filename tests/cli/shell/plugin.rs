//! Tests the plugin `kubectl-lapsewatch` with the real kubectl.

use std::process::Command;

use crate::shell::{LAPSEWATCH, output, ran, run_kubectl, with_kubectl};

#[test]
fn kubectl_finds_the_plugin_and_passes_on_all_that_it_is_given() {
    let (folder, path) = with_kubectl(&["kubectl-lapsewatch"]);
    let kubectl = |args: &[&str]| ran(&mut run_kubectl(&path, folder.path(), args));
    let listed = kubectl(&["plugin", "list"]).1;
    assert!(listed.contains(&format!("{}/kubectl-lapsewatch", folder.path().display())), "{listed}");

    // The plugin prints the same output and returns the same exit code as the program itself.
    for args in [
        &["check", "--at", "2030-01-01", "examples/apns.yaml"][..],
        &["check", "--at", "2020-01-01", "examples/declared.yaml"],
        &["check", "no-such-folder"],
        &["crds"],
        &["--version"],
    ] {
        let itself = ran(Command::new(LAPSEWATCH).args(args).current_dir(crate::shell::root()));
        let plugin = kubectl(&[&["lapsewatch"], args].concat());
        assert_eq!(plugin, itself, "{args:?}");
    }
}

#[test]
fn help_and_examples_call_it_as_its_user_does() {
    let (folder, path) = with_kubectl(&["kubectl-lapsewatch"]);
    let kubectl = |args: &[&str]| output(&mut run_kubectl(&path, folder.path(), args));
    let help = kubectl(&["lapsewatch", "--help"]);
    assert!(help.contains("Usage: kubectl lapsewatch <COMMAND>"), "{help}");
    let help = kubectl(&["lapsewatch", "check", "--help"]);
    assert!(help.contains("Usage: kubectl lapsewatch check "), "{help}");
    assert!(help.contains("\n  kubectl lapsewatch check deploy/ "), "{help}");
    assert!(help.contains("| kubectl lapsewatch check -"), "{help}");
    assert!(!help.contains("kubectl kubectl"), "{help}");
    let (code, _, said) = ran(&mut run_kubectl(&path, folder.path(), &["lapsewatch", "chek"]));
    assert!(code == 2 && said.contains("Usage: kubectl lapsewatch <COMMAND>"), "{said}");

    let help = output(Command::new(LAPSEWATCH).args(["check", "--help"]));
    assert!(help.contains("Usage: lapsewatch check ") && !help.contains("kubectl lapsewatch"), "{help}");
}

#[test]
fn a_link_to_the_program_is_the_plugin_too() {
    let (folder, path) = with_kubectl(&[]);
    std::os::unix::fs::symlink(LAPSEWATCH, folder.path().join("kubectl-lapsewatch")).unwrap();
    let help = output(&mut run_kubectl(&path, folder.path(), &["lapsewatch", "--help"]));
    assert!(help.contains("Usage: kubectl lapsewatch <COMMAND>"), "{help}");
}
