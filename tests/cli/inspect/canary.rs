//! Tests that the output of `inspect`, and the messages of `new` besides the manifests, contain nothing secret.

use std::fs;

use tempfile::TempDir;

use crate::files::{Ran, run};
use lapsewatch_test_support::canary::{Search, cases};

#[test]
fn nothing_of_a_file_is_printed() {
    let cases = cases();
    let search = Search::of(&cases);
    for case in &cases {
        let folder = TempDir::new().unwrap();
        let mut files = Vec::new();
        for (name, value) in &case.values {
            fs::write(folder.path().join(name), value).unwrap();
            if *name != "password" {
                files.push(*name);
            }
        }
        let has_password = files.len() < case.values.len();
        let password = if has_password { &["--password-file", "password"][..] } else { &[] };
        let as_type = ["--type", case.type_];
        for output in ["text", "json"] {
            let named = [&["inspect", "-o", output][..], password, &as_type, &files].concat();
            let ran = run(folder.path(), &named, b"");
            assert_eq!(is_told(&ran), case.is_read(), "{}: {} {}", case.name, ran.out, ran.err);
            search.finds_nothing(case.name, &format!("{}\n{}", ran.out, ran.err));
            // Without a type, the file can be read as another type, and then the output contains its subject.
            let any = run(folder.path(), &[&["inspect", "-o", output][..], password, &files].concat(), b"");
            if case.is_read() || any.code == 2 {
                search.finds_nothing(case.name, &format!("{}\n{}", any.out, any.err));
            }
        }
        let of_files: Vec<&str> = files.iter().flat_map(|file| ["--file", file]).collect();
        let new = [&["new", "--tenant", "acme", "--force"][..], password, &as_type, &of_files].concat();
        let ran = run(folder.path(), &new, b"");
        assert_eq!(is_told(&ran), case.is_read(), "{}: {}", case.name, ran.err);
        search.finds_nothing(case.name, &ran.err);
        if ran.code != 0 {
            assert_eq!(ran.out, "", "{}", case.name);
        }
        let without = run(folder.path(), &[&new[..], &["--without-secret"]].concat(), b"");
        search.finds_nothing(case.name, &format!("{}\n{}", without.out, without.err));
    }
}

/// True if the credential is read. With files, an additional note or broken key is reported as an error of its own.
fn is_told(ran: &Ran) -> bool {
    ran.code != 2 || ran.err.contains("Give the right file in its place, or leave it out")
}
