//! Compares the output of each format with a snapshot, for a folder that contains every kind of input.

use crate::check::check;
use crate::check::scene::{AT, scene};

/// Compares the output with a snapshot in the folder that other tests use too.
fn golden(format: &str, more: &[&str]) {
    let folder = scene();
    let ran = check(folder.path(), &[&AT, &["-o", format], more, &["."]].concat(), b"");
    assert_eq!(ran.code, 2, "{}", ran.err);
    insta::with_settings!({snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(format!("check__{format}"), format!("{}\n=== standard error\n{}", ran.out, ran.err));
    });
}

#[test]
fn table() {
    golden("table", &["--within", "45d"]);
}

#[test]
fn json() {
    golden("json", &["--within", "45d"]);
}

#[test]
fn junit() {
    golden("junit", &["--within", "45d"]);
}

#[test]
fn sarif() {
    golden("sarif", &["--within", "45d"]);
}

#[test]
fn github() {
    golden("github", &["--within", "45d"]);
}

#[test]
fn markdown() {
    golden("markdown", &["--within", "45d"]);
}
